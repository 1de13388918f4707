/**
 * A relay whose every octet a test writes itself, for what no honest SMTP server does. It lives in the test's process.
 *
 *   const relay = await startOddRelay(async (caller) => {
 *     await caller.greet(['PIPELINING']);
 *     await caller.heard('DATA\r\n');
 *     caller.say('250 Ok', '250 Ok', '354 go on');
 *   });
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface Caller {
  readonly socket: Socket;
  /** What came since the last `heard`, as latin1. */
  readonly unread: string;
  /** All octets that ever came. */
  readonly all: () => Buffer;
  /** Resolves with what came up to and with this text; never when it does not come. */
  heard(text: string): Promise<string>;
  /** Lines, in one packet. */
  say(...lines: string[]): void;
  /** 220, and an answer to EHLO. */
  greet(extensions: readonly string[]): Promise<void>;
}

export interface OddRelay {
  readonly url: string;
  /** Resolves with the next caller whose connection is closed. */
  readonly gone: Promise<Caller>;
  readonly stop: () => Promise<void>;
}

/** @param serve run for each connection; what it throws is ignored once the connection is closed */
export async function startOddRelay(serve: (caller: Caller) => Promise<void>): Promise<OddRelay> {
  const open = new Set<Socket>();
  const { promise: gone, resolve: onGone } = withResolvers<Caller>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    open.add(socket);
    const caller = callerOn(socket);
    socket.on('error', () => {});
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      open.delete(socket);
      onGone(caller);
    });
    void serve(caller);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    gone,
    stop: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function callerOn(socket: Socket): Caller {
  const chunks: Buffer[] = [];
  let unread = '';
  let check = (): void => {};
  socket.on('data', (chunk) => {
    chunks.push(chunk);
    unread += chunk.toString('latin1');
    check();
  });
  const caller: Caller = {
    socket,
    get unread() {
      return unread;
    },
    all: () => Buffer.concat(chunks),
    heard: (text) =>
      new Promise((resolve) => {
        check = () => {
          const at = unread.indexOf(text);
          if (at < 0) return;
          check = () => {};
          const found = unread.slice(0, at + text.length);
          unread = unread.slice(at + text.length);
          resolve(found);
        };
        check();
      }),
    say(...lines) {
      socket.write(lines.map((line) => `${line}\r\n`).join(''));
    },
    async greet(extensions) {
      caller.say('220 odd.invalid ESMTP');
      await caller.heard('\r\n');
      const all = ['odd.invalid', ...extensions];
      caller.say(...all.map((line, at) => `250${at === all.length - 1 ? ' ' : '-'}${line}`));
    },
  };
  return caller;
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
