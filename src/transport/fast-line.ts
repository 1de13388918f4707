/**
 * The socket of a connection that nodemailer has opened, taken over: from now on we write the commands and read the
 * replies. All that we know of nodemailer's insides is here, and `tests/transport/fast-line.test.ts` holds it to it.
 */
import { Socket } from 'node:net';
import { createReplyReader, type Reply } from './fast-replies.ts';
import { oneLine } from './replies.ts';
import type { Wire } from './smtp-wire.ts';

export interface FastLine {
  readonly socket: Socket;
  /** RFC 2920. */
  readonly pipelining: boolean;
  /** RFC 3030. */
  readonly chunking: boolean;
  /** RFC 1870; `max` is 0 where the relay tells none. */
  readonly size: { readonly offered: boolean; readonly max: number };
  /** Says who gets the replies; while nobody does, any reply loses the connection (RFC 5321 §3.8: a 421 does). */
  listen(onReply: ((reply: Reply) => void) | undefined): void;
}

/** @returns undefined, with everything as it was, when nodemailer is not built or does not stand as we know it */
export function takeOver(wire: Wire): FastLine | undefined {
  const inside = insideOf(wire.smtp);
  if (inside === undefined) return undefined;
  const { socket, onData, extensions, maxSize } = inside;

  let listener: ((reply: Reply) => void) | undefined;
  const lose = (what: string): void => wire.lose(new Error(what));
  const reader = createReplyReader((reply) => {
    if (listener === undefined) lose(`the relay said unasked: ${oneLine(reply.text)}`);
    else listener(reply);
  });
  socket.on('data', (chunk: Buffer) => {
    const fault = reader.read(chunk);
    if (fault !== undefined) lose(`the relay sent ${fault}`);
  });
  // A relay that has closed its side cannot answer any more.
  socket.once('end', () => {
    reader.end();
    lose('the relay hung up');
  });
  socket.off('data', onData);

  return {
    socket,
    pipelining: extensions.includes('PIPELINING'),
    chunking: wire.dialogue.offers('CHUNKING'),
    size: { offered: extensions.includes('SIZE'), max: maxSize },
    listen(onReply) {
      listener = onReply;
    },
  };
}

interface Inside {
  readonly socket: Socket;
  readonly onData: (chunk: Buffer) => void;
  readonly extensions: readonly unknown[];
  readonly maxSize: number;
}

/** What SMTPConnection of nodemailer 10 keeps to itself, as far as it is what we take it for. */
function insideOf(smtp: object): Inside | undefined {
  const { _socket, _onSocketData, _supportedExtensions, _maxAllowedSize, ...more } = smtp as Readonly<
    Record<string, unknown>
  >;
  if (!(_socket instanceof Socket) || typeof _onSocketData !== 'function') return undefined;
  if (!Array.isArray(_supportedExtensions) || typeof _maxAllowedSize !== 'number') return undefined;
  const readers = _socket.listeners('data');
  if (readers.length !== 1 || readers[0] !== _onSocketData) return undefined;
  // Nothing half read, nothing read and not yet looked at, no reply owed.
  const { _remainder, _responseQueue, _responseActions } = more;
  if (_remainder !== '' || !isEmpty(_responseQueue) || !isEmpty(_responseActions)) return undefined;
  return {
    socket: _socket,
    onData: _onSocketData as Inside['onData'],
    extensions: _supportedExtensions,
    maxSize: _maxAllowedSize,
  };
}

function isEmpty(list: unknown): boolean {
  return Array.isArray(list) && list.length === 0;
}
