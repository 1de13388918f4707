/** One question to a Redis over its unix socket, in the inline form of the protocol: for when nobody knows if it lives. */
import { createConnection } from 'node:net';

export type Answer =
  /** What it said up to the first line break; empty when it closed without a word. */
  | { readonly type: 'reply'; readonly text: string }
  /** Nothing listens there. */
  | { readonly type: 'absent' }
  /** It took the question, or its queue is full, and nothing came in time. */
  | { readonly type: 'silent' };

/** Never rejects. @param timeoutMs for the whole exchange */
export function ask(socket: string, command: 'PING' | 'SHUTDOWN', timeoutMs: number): Promise<Answer> {
  return new Promise((resolve) => {
    let text = '';
    const connection = createConnection(socket);
    const finish = (answer: Answer) => {
      clearTimeout(limit);
      connection.destroy();
      resolve(answer);
    };
    const limit = setTimeout(() => finish({ type: 'silent' }), timeoutMs);
    connection.on('connect', () => connection.write(`${command}\r\n`));
    connection.on('data', (chunk) => {
      text += chunk.toString();
      if (text.includes('\n')) finish({ type: 'reply', text: text.trim() });
    });
    connection.on('end', () => finish({ type: 'reply', text: text.trim() }));
    connection.on('error', (error: NodeJS.ErrnoException) => {
      const isAbsent = error.code === 'ENOENT' || error.code === 'ECONNREFUSED';
      finish({ type: isAbsent ? 'absent' : 'silent' });
    });
  });
}
