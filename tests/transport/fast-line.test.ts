/**
 * What the fast path knows of nodemailer's insides. When one of these fails after an upgrade, `src/transport/fast-line.ts`
 * has to learn the new ones; until then every connection takes the plain path by itself.
 */
import { createRequire } from 'node:module';
import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { SMTPServer } from 'smtp-server';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { takeOver } from '../../src/transport/fast-line.ts';
import { parseRelayUrl } from '../../src/transport/relay-url.ts';
import { createSmtpTransport } from '../../src/transport/smtp.ts';
import { defaultSmtpTimeouts } from '../../src/transport/smtp-timeouts.ts';
import { openWire, type Wire } from '../../src/transport/smtp-wire.ts';
import { connected, messageNumber, no, sha256, yes } from '../contracts/transport.ts';
import { type SinkOptions, type SmtpSink, startSmtpSink } from '../helpers/smtp-sink.ts';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function startSink(options: SinkOptions = {}): Promise<SmtpSink> {
  const sink = await startSmtpSink(options);
  cleanUp.push(sink.stop);
  return sink;
}

async function wireTo(url: string): Promise<Wire> {
  const settings = { relay: parseRelayUrl(url), name: undefined, timeouts: defaultSmtpTimeouts };
  const opened = await openWire(settings, () => {});
  if ('type' in opened) throw new Error(`no connection: ${JSON.stringify(opened)}`);
  cleanUp.push(opened.destroy);
  return opened;
}

const inside = (smtp: object) => smtp as Record<string, unknown>;
const auth = { user: 'me', pass: 's3cret' };
const withUser = (url: string) => url.replace('://', `://${auth.user}:${auth.pass}@`);

describe('nodemailer keeps to itself, as the fast path knows it,', () => {
  it.each([
    ['in the clear', {}, (url: string) => url, Socket],
    ['after STARTTLS', { tls: true }, (url: string) => url, TLSSocket],
    ['after STARTTLS and AUTH', { tls: true, auth }, withUser, TLSSocket],
    ['after AUTH', { auth }, withUser, Socket],
  ] as const)(
    '%s: its socket, one reader on it, the extensions, and nothing owed or left over',
    async (_, options, url, kind) => {
      const sink = await startSink({ ...options, extensions: ['SIZE 123456', '8BITMIME'] });
      const { smtp, socket } = await wireTo(url(sink.url));
      const { _socket, _onSocketData, _supportedExtensions, _maxAllowedSize } = inside(smtp);
      expect(_socket).toBeInstanceOf(kind);
      expect(_socket).toBe(socket);
      expect(socket.listeners('data')).toEqual([_onSocketData]);
      expect(_supportedExtensions).toEqual(['8BITMIME', 'PIPELINING', 'SIZE']);
      expect(_maxAllowedSize).toBe(123456);
      const { _remainder, _responseQueue, _responseActions } = inside(smtp);
      expect([_remainder, _responseQueue, _responseActions]).toEqual(['', [], []]);
    },
  );

  it('no reader that goes on when it is taken off', async () => {
    const sink = await startSink();
    const wire = await wireTo(sink.url);
    const before = inside(wire.smtp).lastServerResponse;
    const line = takeOver(wire);
    const answered = new Promise((resolve) => line?.listen(resolve));
    wire.socket.write('NOOP\r\n');
    expect(await answered).toEqual({ code: 250, text: '250 2.0.0 Ok' });
    expect(inside(wire.smtp).lastServerResponse).toBe(before);
    expect(wire.alive).toBe(true);
  });

  it.each([true, false])(
    'what EHLO was answered last, CHUNKING %s, after STARTTLS and AUTH too',
    async (chunking) => {
      const sink = await startSink({ tls: true, auth, chunking, extensions: ['X-CHUNKING', 'SIZE 123456'] });
      const wire = await wireTo(withUser(sink.url));
      expect(takeOver(wire)?.chunking).toBe(chunking);
    },
  );

  it('no quiet end: it still tells when the socket fails or closes', async () => {
    const sink = await startSink();
    const wire = await wireTo(sink.url);
    takeOver(wire);
    const lost = new Promise<Error>((resolve) => wire.watch(resolve));
    wire.socket.destroy(new Error('cable cut'));
    expect((await lost).message).toBe('cable cut');
    expect(wire.alive).toBe(false);
  });
});

describe('taking over', () => {
  it.each([
    ['the socket has another name', (smtp: object) => Reflect.set(smtp, '_socket', { on() {} })],
    ['the reader has another name', (smtp: object) => Reflect.deleteProperty(smtp, '_onSocketData')],
    ['the extensions are no list', (smtp: object) => Reflect.set(smtp, '_supportedExtensions', new Set())],
    ['the size limit is no number', (smtp: object) => Reflect.deleteProperty(smtp, '_maxAllowedSize')],
    ['half a line has been read', (smtp: object) => Reflect.set(smtp, '_remainder', '25')],
    ['a reply is yet to be looked at', (smtp: object) => Reflect.set(smtp, '_responseQueue', ['250 Ok'])],
    ['a reply is owed', (smtp: object) => Reflect.set(smtp, '_responseActions', [() => {}])],
  ])('is left alone, and nothing touched, when %s', async (_, change) => {
    const sink = await startSink();
    const wire = await wireTo(sink.url);
    const { socket } = wire;
    const readers = socket.listeners('data');
    cleanUp.push(() => socket.destroy());
    change(wire.smtp);
    expect(takeOver(wire)).toBeUndefined();
    expect(socket.listeners('data')).toEqual(readers);
    expect(socket.listenerCount('end')).toBe(1 + new Socket().listenerCount('end'));
  });

  it('gives way to the plain path, visibly, when a connection cannot be taken over', async () => {
    const sink = await startSink();
    const transport = createSmtpTransport(parseRelayUrl(sink.url));
    cleanUp.push(transport.close);
    const prototype = inside(SMTPConnection.prototype);
    const original = prototype._onConnect as () => void;
    prototype._onConnect = function (this: { _socket: Socket }) {
      original.call(this as never);
      this._socket.on('data', () => {});
    };
    try {
      expect(transport.path).toBe('fast');
      const connection = await connected(transport);
      expect(transport.path).toBe('plain');
      expect((await connection.send(messageNumber(1), yes)).type).toBe('accepted');
    } finally {
      prototype._onConnect = original;
    }
    await connected(transport);
    expect(transport.path).toBe('fast');
    expect((await sink.record()).map((received) => received.sha256)).toEqual([sha256(messageNumber(1))]);
  });
});

describe('the fast path over TLS', () => {
  it('delivers small and large after STARTTLS, and withholds', async () => {
    const sink = await startSink({ tls: true, auth, requireAuth: true });
    const transport = createSmtpTransport(parseRelayUrl(withUser(sink.url)));
    cleanUp.push(transport.close);
    const connection = await connected(transport);
    expect(transport.path).toBe('fast');
    const messages = [100, 45_000, 3_000_000, 2000].map((octets, n) => messageNumber(n, octets));
    for (const message of messages) expect((await connection.send(message, yes)).type).toBe('accepted');
    expect(await connection.send(messageNumber(9, 45_000), no)).toEqual({ type: 'withheld' });
    await vi.waitUntil(async () => (await sink.stats()).open === 0);
    expect((await sink.record()).map((received) => received.sha256)).toEqual(messages.map(sha256));
  });

  it('delivers where TLS comes first', async () => {
    const sizes: number[] = [];
    const { key, cert } = createRequire(import.meta.url)('smtp-server/lib/tls-options.js')();
    const server = new SMTPServer({
      secure: true,
      key,
      cert,
      authOptional: true,
      onData(stream, _session, callback) {
        let size = 0;
        stream.on('data', (chunk: Buffer) => {
          size += chunk.length;
        });
        stream.on('end', () => {
          sizes.push(size);
          callback();
        });
      },
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    cleanUp.push(() => new Promise<void>((resolve) => server.close(resolve)));
    const { port } = server.server.address() as { port: number };
    const transport = createSmtpTransport(parseRelayUrl(`smtps://127.0.0.1:${port}`));
    cleanUp.push(transport.close);
    const connection = await connected(transport);
    expect(transport.path).toBe('fast');
    const message = messageNumber(1, 45_000);
    expect((await connection.send(message, yes)).type).toBe('accepted');
    expect((await connection.send(message, yes)).type).toBe('accepted');
    expect(sizes).toEqual([message.raw.length, message.raw.length]);
  });
});
