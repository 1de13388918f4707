/** The SMTP server that everything is sent to: a process of its own that counts, and costs as little as may be. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface CountingSink {
  readonly url: string;
  /** Resolves with their number once so many messages have been accepted since the start. */
  accepted(count: number): Promise<number>;
  stop(): Promise<void>;
}

export async function startSink(): Promise<CountingSink> {
  const child = fork(join(import.meta.dirname, 'sink-process.js'), [], { execArgv: [] });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  const pending = new Map<number, (accepted: number) => void>();
  let lastId = 0;
  child.on('message', ({ id, accepted }: { id: number; accepted: number }) => {
    pending.get(id)?.(accepted);
    pending.delete(id);
  });
  return {
    url: `smtp://127.0.0.1:${port}`,
    accepted: (count) =>
      new Promise((resolve) => {
        const id = ++lastId;
        pending.set(id, resolve);
        child.send({ id, count });
      }),
    stop: async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
