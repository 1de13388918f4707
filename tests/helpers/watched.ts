/** What a program writes, and waiting until it has written something. */
import type { Readable } from 'node:stream';

export interface Watched {
  /** All of it so far. */
  text(): string;
  /** Resolves once this has been written. @param ended rejects it when it resolves first */
  shows(text: string, ended: Promise<unknown>): Promise<void>;
}

export function watch(stream: Readable): Watched {
  let written = '';
  const listeners = new Set<() => void>();
  stream.on('data', (chunk: Buffer) => {
    written += chunk;
    for (const listener of listeners) listener();
  });
  return {
    text: () => written,
    shows: (text, ended) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!written.includes(text)) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        void ended.then(() =>
          reject(new Error(`ended without showing ${JSON.stringify(text)}:\n${written}`)),
        );
        look();
      }),
  };
}
