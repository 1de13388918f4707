/** The wire: Postfix's smtp-source, C that does nothing but write to sockets. What no sender can be faster than here. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { Contender } from './measure.ts';

/** Null where smtp-source is not installed (it comes with Postfix). */
export function createWire(smtpUrl: string, messages: number, octets: number): Contender | null {
  const path = ['/usr/sbin/smtp-source', 'smtp-source'].find((each) => !spawnSync(each, ['-h']).error);
  if (path === undefined) return null;
  const { hostname, port } = new URL(smtpUrl);
  return {
    name: 'the wire: smtp-source -d, 10 connections',
    messages,
    pids: [],
    prepare: async () => {},
    send: async () => {
      const args = ['-d', '-s', '10', '-l', String(octets), '-m', String(messages)];
      const child = spawn(
        path,
        [...args, '-f', 'a@news.example', '-t', 'b@readers.example', `inet:${hostname}:${port}`],
        {
          stdio: ['ignore', 'ignore', 'inherit'],
        },
      );
      const [status] = await once(child, 'exit');
      if (status !== 0) throw new Error(`smtp-source ended with ${status}`);
    },
    reset: async () => {},
    close: async () => {},
  };
}
