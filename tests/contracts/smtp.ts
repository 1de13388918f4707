/**
 * What the SMTP transport does whoever speaks, nodemailer or we ourselves, and whether messages go after DATA or in
 * chunks. Its tests call `itSpeaksSmtp` with a path.
 */
import { createHash } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseRelayUrl } from '../../src/transport/relay-url.ts';
import { createSmtpTransport, type SmtpOptions } from '../../src/transport/smtp.ts';
import type { SmtpPath } from '../../src/transport/speaker.ts';
import {
  type Connection,
  isConnection,
  type SendOutcome,
  type Transport,
} from '../../src/transport/transport.ts';
import { type SinkOptions, type SinkRule, type SmtpSink, startSmtpSink } from '../helpers/smtp-sink.ts';
import { connected, itIsATransport, messageNumber, no, sha256, yes } from './transport.ts';

const cleanUp: (() => Promise<void>)[] = [];
async function hashes(sink: SmtpSink): Promise<(string | undefined)[]> {
  return (await sink.record()).map((received) => received.sha256);
}

/** Short where a test waits for it, long everywhere else. */
const impatient = { connectMs: 5000, greetingMs: 150, commandMs: 150, bodyMs: 150, dotMs: 150, quitMs: 150 };

/** What a stage can do to us, and what must come of it; `times` makes room for the HELO after a refused EHLO. */
const misdeeds = {
  drop: { drop: true },
  hang: { hang: true },
  421: { reply: '421 4.3.0 closing' },
  451: { reply: '451 4.3.0 not now' },
  550: { reply: '550 5.0.0 no' },
} satisfies Record<string, Partial<SinkRule>>;

/** @param chunking whether the server offers CHUNKING */
export function itSpeaksSmtp(path: SmtpPath, { chunking = false } = {}): void {
  /** No BDAT is ever seen by a server that does not offer it, and no DATA by one that does. */
  const stages = chunking ? (['mail', 'rcpt'] as const) : (['mail', 'rcpt', 'data'] as const);

  async function startSink(options: SinkOptions = {}): Promise<SmtpSink> {
    const sink = await startSmtpSink({ chunking, ...options });
    cleanUp.push(sink.stop);
    return sink;
  }

  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  });

  const transportTo = (url: string, options: SmtpOptions = {}): Transport => {
    const transport = createSmtpTransport(parseRelayUrl(url), { path, ...options });
    cleanUp.push(() => transport.close());
    return transport;
  };

  describe('the SMTP transport', () => {
    itIsATransport(async () => {
      const sink = await startSmtpSink({ chunking });
      const transport = createSmtpTransport(parseRelayUrl(sink.url), { path });
      return {
        transport,
        delivered: async () => (await sink.record()).map((received) => received.sha256 ?? ''),
        stop: async () => {
          await transport.close();
          await sink.stop();
        },
      };
    });

    it('says in the envelope who sends and who gets it, and reads the queue id from the reply', async () => {
      const sink = await startSink({ keep: 'raw' });
      const connection = await connected(transportTo(sink.url));
      const message = messageNumber(3);
      expect(await connection.send(message, yes)).toEqual({
        type: 'accepted',
        reply: '250 2.0.0 Ok: queued as 00000001',
        queueId: '00000001',
      });
      expect(await sink.record()).toMatchObject([
        {
          from: 'b+1@news.example',
          rcpt: 'reader-3@example.invalid',
          messageId: message.messageId,
          raw: message.raw,
        },
      ]);
    });

    it('brings lines that start with dots through as they are', async () => {
      const sink = await startSink({ keep: 'raw' });
      const raw = Buffer.from('Subject: dots\r\n\r\n.\r\n..\r\n.a\r\n\r\n.\r\nend\r\n');
      const outcome = await (await connected(transportTo(sink.url))).send({ ...messageNumber(1), raw }, yes);
      expect(outcome.type).toBe('accepted');
      expect((await sink.record())[0]?.raw?.toString()).toBe(raw.toString());
    });

    it.each([1, 255, 256, 257, 16_384, 3_000_000])('sends a body of %i octets unharmed', async (octets) => {
      const sink = await startSink();
      const raw = Buffer.from(`${'x'.repeat(70)}\r\n`.repeat(Math.ceil(octets / 72)).slice(0, octets));
      const outcome = await (await connected(transportTo(sink.url))).send({ ...messageNumber(1), raw }, yes);
      expect(outcome.type).toBe('accepted');
      const ended = raw.toString().endsWith('\r\n') ? raw : Buffer.concat([raw, Buffer.from('\r\n')]);
      expect(await hashes(sink)).toEqual([createHash('sha256').update(ended).digest('hex')]);
    });

    it('takes nothing but the dot to be the end: it does not leave before the gate says yes', async () => {
      const sink = await startSink({ keep: 'raw', rules: [{ at: 'body', delayMs: 0 }] });
      const connection = await connected(transportTo(sink.url));
      const outcome = await connection.send(messageNumber(1, 100_000), async () => {
        await sink.reached('body');
        return false;
      });
      expect(outcome).toEqual({ type: 'withheld' });
      // Of chunks the relay forgets what it has; nothing but the end of the connection takes back what follows DATA.
      expect(connection.usable).toBe(chunking);
      expect((await sink.stats()).reached.dot).toBeUndefined();
    });
  });

  describe.each(['drop', 'hang', '421', '451', '550'] as const)(
    'an SMTP server that answers with %s',
    (misdeed) => {
      const isReply = 'reply' in misdeeds[misdeed];
      const rule = (at: SinkRule['at'], more: Partial<SinkRule> = {}): SinkRule => ({
        at,
        ...misdeeds[misdeed],
        ...more,
      });

      it.each(['greeting', 'ehlo'] as const)(
        'at %s gives no connection, and rejects nobody',
        async (stage) => {
          const sink = await startSink({ rules: [rule(stage)] });
          const opened = await transportTo(sink.url, { timeouts: impatient }).connect();
          if (isConnection(opened)) throw new Error('it opened');
          if (isReply) {
            expect(opened).toMatchObject({
              type: 'refused',
              refusal: { stage, code: Number(misdeed), class: 'host', action: 'defer', suppress: false },
            });
          } else expect(opened).toMatchObject({ type: 'broken', stage });
        },
      );

      describe.each([true, false])('with PIPELINING %s', (pipelining) => {
        it.runIf(chunking && isReply)('at the first chunk', async () => {
          const sink = await startSink({ pipelining, rules: [rule('body')] });
          const connection = await connected(transportTo(sink.url, { timeouts: impatient }));
          const outcome = await connection.send(messageNumber(1), yes);
          expect(outcome).toMatchObject({
            type: 'refused',
            refusal: { stage: 'body', code: Number(misdeed) },
          });
          expect(await sink.record()).toEqual([]);
          expect(connection.usable).toBe(misdeed !== '421');
        });

        it.each(stages)('at %s', async (stage) => {
          const sink = await startSink({ pipelining, rules: [rule(stage)] });
          const connection = await connected(transportTo(sink.url, { timeouts: impatient }));
          let asked = false;
          const outcome = await connection.send(messageNumber(1), async () => {
            asked = true;
            return true;
          });
          if (isReply) {
            const action = misdeed === '550' ? 'reject' : 'defer';
            expect(outcome).toMatchObject({
              type: 'refused',
              refusal: { stage, code: Number(misdeed), action },
            });
          } else expect(outcome).toMatchObject({ type: 'broken', stage });
          expect(asked).toBe(false);
          expect(await sink.record()).toEqual([]);
          expect(connection.usable).toBe(misdeed === '451' || misdeed === '550');
        });
      });

      it('at the body', async () => {
        if (misdeed === 'hang') return;
        const sink = await startSink({ rules: [rule('body')] });
        const connection = await connected(transportTo(sink.url, { timeouts: impatient }));
        let asked = 0;
        const outcome = await connection.send(messageNumber(1), async () => {
          asked += 1;
          await vi.waitUntil(() => !connection.usable);
          return true;
        });
        // What the server does may come before the gate is asked, or while it is; a chunk is answered before.
        if (chunking) expect(asked).toBe(0);
        const stage = asked === 0 ? 'body' : 'gate';
        if (isReply)
          expect(outcome).toMatchObject({ type: 'refused', refusal: { stage, code: Number(misdeed) } });
        else expect(outcome).toMatchObject({ type: 'broken', stage });
        expect(await sink.record()).toEqual([]);
        expect(connection.usable).toBe(chunking && (misdeed === '451' || misdeed === '550'));
        if (!connection.usable) return;
        await sink.setRules([]);
        expect((await connection.send(messageNumber(2), yes)).type).toBe('accepted');
        expect(await hashes(sink)).toEqual([sha256(messageNumber(2))]);
      });

      it.each([
        ['dot', {}, 0],
        ['dot, having taken the message', { record: true }, 1],
      ] as const)('at the %s', async (_, more, recorded) => {
        const sink = await startSink({ rules: [rule('dot', more)] });
        const connection = await connected(transportTo(sink.url, { timeouts: impatient }));
        const outcome = await connection.send(messageNumber(1), yes);
        if (isReply) {
          expect(outcome).toMatchObject({
            type: 'refused',
            refusal: { stage: 'dot', code: Number(misdeed) },
          });
        } else expect(outcome.type).toBe('unknown');
        expect(await sink.record()).toHaveLength(recorded);
        expect(connection.usable).toBe(misdeed === '451' || misdeed === '550');
      });
    },
  );

  describe('an SMTP server that is not there, or slow, or odd', () => {
    it('is broken at connect when nobody listens', async () => {
      const sink = await startSink();
      await sink.down();
      expect(await transportTo(sink.url).connect()).toMatchObject({ type: 'broken', stage: 'connect' });
      await sink.up();
      expect(isConnection(await transportTo(sink.url).connect())).toBe(true);
    });

    it.each(['drop', 'hang'] as const)(
      'that takes the call and then %ss is broken before its greeting',
      async (deed) => {
        const sink = await startSink({ rules: [{ at: 'connect', ...misdeeds[deed] }] });
        const opened = await transportTo(sink.url, { timeouts: impatient }).connect();
        expect(opened).toMatchObject({ type: 'broken', stage: 'greeting' });
      },
    );

    it('that stops reading breaks at the body, and the gate is not asked', async () => {
      const sink = await startSink({ rules: [{ at: 'body', hang: true }] });
      const connection = await connected(transportTo(sink.url, { timeouts: impatient }));
      let asked = false;
      const outcome = await connection.send(messageNumber(1, 30_000_000), async () => {
        asked = true;
        return true;
      });
      expect(outcome).toMatchObject({ type: 'broken', stage: 'body' });
      expect(asked).toBe(false);
    });

    it('that drops at the body is never accepted, however fast the gate', async () => {
      const sink = await startSink({ rules: [{ at: 'body', drop: true }] });
      const connection = await connected(transportTo(sink.url));
      const outcome = await connection.send(messageNumber(1, 200_000), yes);
      expect(['broken', 'unknown']).toContain(outcome.type);
      expect(await sink.record()).toEqual([]);
    });

    it.skipIf(chunking)('that says 250 before the dot has accepted nothing', async () => {
      const sink = await startSink({
        rules: [{ at: 'data', reply: '354 go on\r\n250 2.0.0 Ok: queued as EARLY' }],
      });
      const connection = await connected(transportTo(sink.url));
      const outcome = await connection.send(messageNumber(1), async () => {
        await vi.waitUntil(() => !connection.usable);
        return true;
      });
      expect(outcome).toMatchObject({ type: 'broken' });
      expect(await sink.record()).toEqual([]);
    });

    it('that answers the dot late is waited for, as long as it may take', async () => {
      const sink = await startSink({ rules: [{ at: 'dot', delayMs: 300 }] });
      const connection = await connected(
        transportTo(sink.url, { timeouts: { ...impatient, commitMs: 50, dotMs: 20_000 } }),
      );
      expect((await connection.send(messageNumber(1), yes)).type).toBe('accepted');
    });

    it('that refuses a recipient after several lines is quoted on one', async () => {
      const reply = '550-5.1.1 The email account that you tried to reach\r\n550 5.1.1 does not exist.';
      const sink = await startSink({ rules: [{ at: 'rcpt', reply }] });
      const outcome = await (await connected(transportTo(sink.url))).send(messageNumber(1), yes);
      expect(outcome).toEqual({
        type: 'refused',
        refusal: {
          stage: 'rcpt',
          code: 550,
          enhanced: '5.1.1',
          reply: '550 5.1.1 The email account that you tried to reach does not exist.',
          class: 'no-mailbox',
          action: 'reject',
          suppress: true,
        },
      });
    });

    it.skipIf(chunking)(
      'that takes DATA though it refused the recipient gets an empty message, and the next one goes well',
      async () => {
        const sink = await startSink({
          rules: [
            { at: 'rcpt', reply: '550 5.1.1 no', times: 1 },
            { at: 'data', reply: '354 go on', times: 1 },
          ],
        });
        const connection = await connected(transportTo(sink.url));
        expect(await connection.send(messageNumber(1), yes)).toMatchObject({
          refusal: { stage: 'rcpt', code: 550 },
        });
      },
    );
  });

  describe('an SMTP connection', () => {
    it.each([true, false])(
      'goes on after a refused recipient, reset first (PIPELINING %s)',
      async (pipelining) => {
        const sink = await startSink({
          pipelining,
          rules: [{ at: 'rcpt', matching: 'reader-1@', reply: '550 5.1.1 no' }],
        });
        const connection = await connected(transportTo(sink.url));
        for (const n of [0, 1, 2, 1, 3]) {
          expect((await connection.send(messageNumber(n), yes)).type).toBe(n === 1 ? 'refused' : 'accepted');
        }
        expect(await hashes(sink)).toEqual([0, 2, 3].map((n) => sha256(messageNumber(n))));
        expect(await sink.stats()).toMatchObject({ connections: 1, reached: { rset: 2 } });
      },
    );

    it.each(['drop', 'hang', '451'] as const)(
      'is not used again when RSET meets with %s',
      async (misdeed) => {
        const sink = await startSink({
          rules: [
            { at: 'rcpt', reply: '450 4.2.0 later' },
            { at: 'rset', ...misdeeds[misdeed] },
          ],
        });
        const connection = await connected(transportTo(sink.url, { timeouts: impatient }));
        expect((await connection.send(messageNumber(1), yes)).type).toBe('refused');
        // On the fast path RSET goes with the next envelope.
        if (path === 'plain') expect(connection.usable).toBe(false);
        expect(await connection.send(messageNumber(2), yes)).toMatchObject({ type: 'broken', stage: 'mail' });
        expect(connection.usable).toBe(false);
        expect(await sink.record()).toEqual([]);
      },
    );

    it('is used up after so many messages', async () => {
      const sink = await startSink();
      const connection = await connected(transportTo(sink.url, { messagesPerConnection: 3 }));
      const usable: boolean[] = [];
      for (let n = 0; n < 3; n += 1) {
        await connection.send(messageNumber(n), yes);
        usable.push(connection.usable);
      }
      expect(usable).toEqual([true, true, false]);
    });

    it('notices that the server hung up between two messages', async () => {
      const sink = await startSink();
      const connection = await connected(transportTo(sink.url));
      await connection.send(messageNumber(1), yes);
      await sink.dropConnections();
      await vi.waitUntil(() => !connection.usable);
      expect(await connection.send(messageNumber(2), yes)).toMatchObject({ type: 'broken', stage: 'mail' });
      expect(await sink.record()).toHaveLength(1);
    });

    it('sends one message at a time', async () => {
      const sink = await startSink();
      const connection = await connected(transportTo(sink.url));
      const [first, second] = await Promise.all([
        connection.send(messageNumber(1), yes),
        connection.send(messageNumber(2), yes),
      ]);
      expect([first.type, second.type]).toEqual(['accepted', 'broken']);
      expect(await hashes(sink)).toEqual([sha256(messageNumber(1))]);
    });

    it('says QUIT when it is closed, and gives up after a moment when nobody answers', async () => {
      const sink = await startSink();
      await (await connected(transportTo(sink.url))).close();
      await sink.reached('quit');
      await sink.setRules([{ at: 'quit', hang: true }]);
      const connection = await connected(transportTo(sink.url, { timeouts: { quitMs: 20 } }));
      await connection.close();
      expect(connection.usable).toBe(false);
      await vi.waitUntil(async () => (await sink.stats()).open === 0);
    });

    it('closed in the middle of an envelope is broken', async () => {
      const sink = await startSink({ rules: [{ at: 'rcpt', hang: true }] });
      const connection = await connected(transportTo(sink.url));
      const sending = connection.send(messageNumber(1), yes);
      await sink.reached('rcpt');
      await connection.close();
      expect((await sending).type).toBe('broken');
    });

    it('closed before the dot has sent nothing; closed after it does not know', async () => {
      const sink = await startSink({ rules: [{ at: 'dot', hang: true }] });
      const before = await connected(transportTo(sink.url));
      const early = await before.send(messageNumber(1), async () => {
        await before.close();
        return true;
      });
      expect(early).toMatchObject({ type: 'broken', stage: 'gate' });
      const after = await connected(transportTo(sink.url));
      const sending = after.send(messageNumber(2), yes);
      await sink.reached('dot');
      await after.close();
      expect((await sending).type).toBe('unknown');
    });

    it('waits for the gate before it tells that the connection broke', async () => {
      const sink = await startSink();
      const connection = await connected(transportTo(sink.url));
      const events: string[] = [];
      const sending = connection.send(messageNumber(1), async () => {
        await sink.dropConnections();
        await vi.waitUntil(() => !connection.usable);
        events.push('gate');
        return false;
      });
      const outcome = await sending.finally(() => events.push('outcome'));
      expect(events).toEqual(['gate', 'outcome']);
      expect(outcome).toEqual({ type: 'withheld' });
    });

    it('writes no dot once the commit deadline has passed', async () => {
      const sink = await startSink();
      let now = 0;
      const transport = transportTo(sink.url, { monotonic: () => now, timeouts: { commitMs: 30_000 } });
      const late = await (await connected(transport)).send(messageNumber(1), async () => {
        now += 30_000;
        return true;
      });
      expect(late).toMatchObject({ type: 'broken', stage: 'gate' });
      const justInTime = await (await connected(transport)).send(messageNumber(2), async () => {
        now += 20_000;
        return true;
      });
      expect(justInTime.type).toBe('accepted');
      expect(await hashes(sink)).toEqual([sha256(messageNumber(2))]);
    });

    it('does not send what no relay could take: a forged recipient, a message over the limit', async () => {
      const sink = await startSink({ extensions: ['SIZE 1000'] });
      const connection = await connected(transportTo(sink.url));
      const forged = {
        ...messageNumber(1, 100),
        envelope: { from: 'a@b.example', to: 'x@y.example>\r\nRCPT TO:<z@y.example' },
      };
      expect(await connection.send(forged, yes)).toMatchObject({
        type: 'refused',
        refusal: { code: 553, class: 'message', action: 'reject', suppress: false },
      });
      expect(await connection.send(messageNumber(1, 2000), yes)).toMatchObject({
        type: 'refused',
        refusal: { code: 552, enhanced: '5.3.4', class: 'message', action: 'reject', suppress: false },
      });
      expect((await connection.send(messageNumber(1, 100), yes)).type).toBe('accepted');
      expect((await sink.stats()).reached.mail).toBe(1);
    });

    it('keeps a hundred messages apart over ten connections to a server that fails now and then', async () => {
      const rules: SinkRule[] = [
        { at: 'rcpt', reply: '450 4.2.0 later', every: 7 },
        { at: 'dot', drop: true, record: true, every: 11 },
        { at: 'dot', drop: true, every: 13 },
        { at: 'dot', reply: '451 4.3.0 not now', every: 9 },
      ];
      const sink = await startSink({ rules });
      const transport = transportTo(sink.url, { messagesPerConnection: 6 });
      const outcomes = new Map<number, SendOutcome>();
      let next = 0;
      const work = async () => {
        let connection: Connection | undefined;
        for (let n = next++; n < 100; n = next++) {
          if (!connection?.usable) {
            await connection?.close();
            connection = await connected(transport);
          }
          outcomes.set(n, await connection.send(messageNumber(n), n % 10 === 0 ? no : yes));
        }
      };
      await Promise.all(Array.from({ length: 10 }, work));
      const received = new Set(await hashes(sink));
      const inRecord = (n: number) => received.has(sha256(messageNumber(n)));
      for (const [n, outcome] of outcomes) {
        if (outcome.type === 'accepted') expect(inRecord(n)).toBe(true);
        else if (outcome.type !== 'unknown') expect(inRecord(n)).toBe(false);
      }
      expect([...outcomes.values()].filter(({ type }) => type === 'unknown').length).toBeGreaterThan(5);
      expect(received.size).toBe((await sink.record()).length);
    });
  });

  describe('TLS and AUTH', () => {
    const auth = { user: 'me', pass: 's3cret/päss' };
    const withUser = (url: string) => url.replace('://', `://me:${encodeURIComponent(auth.pass)}@`);

    it.each([['PLAIN'], ['LOGIN'], ['CRAM-MD5', 'LOGIN']])(
      'logs in with %s over STARTTLS',
      async (...methods) => {
        const sink = await startSink({ tls: true, auth: { ...auth, methods }, requireAuth: true });
        const connection = await connected(transportTo(withUser(sink.url)));
        expect((await connection.send(messageNumber(1), yes)).type).toBe('accepted');
        expect((await sink.stats()).reached).toMatchObject({ starttls: 1, auth: 1 });
        expect(await hashes(sink)).toEqual([sha256(messageNumber(1))]);
      },
    );

    it('does not get in with a wrong password, rejects nobody for it, and tells nobody the password', async () => {
      const sink = await startSink({ auth: { user: 'me', pass: 'another' } });
      const outcome = await transportTo(withUser(sink.url)).connect();
      expect(outcome).toMatchObject({
        type: 'refused',
        refusal: { stage: 'auth', code: 535, class: 'authentication', action: 'defer', suppress: false },
      });
    });

    it('strikes out the password where the relay echoes it', async () => {
      const token = Buffer.from(`\0me\0${auth.pass}`).toString('base64');
      const reply = `500 5.5.2 unknown: AUTH PLAIN ${token} (${auth.pass})`;
      const sink = await startSink({ auth, rules: [{ at: 'auth', reply }] });
      const outcome = await transportTo(withUser(sink.url)).connect();
      expect(outcome).toMatchObject({ refusal: { reply: '500 5.5.2 unknown: AUTH PLAIN *** (***)' } });
    });

    it('is broken at AUTH when the relay offers none, drops or hangs', async () => {
      const none = await startSink();
      expect(await transportTo(withUser(none.url)).connect()).toMatchObject({
        type: 'broken',
        stage: 'auth',
      });
      for (const misdeed of ['drop', 'hang'] as const) {
        const sink = await startSink({ auth, rules: [{ at: 'auth', ...misdeeds[misdeed] }] });
        const opened = await transportTo(withUser(sink.url), { timeouts: impatient }).connect();
        expect(opened).toMatchObject({ type: 'broken', stage: 'auth' });
      }
    });

    it.each(['drop', 'hang', '451'] as const)(
      'gives no connection when STARTTLS meets with %s',
      async (misdeed) => {
        const sink = await startSink({ tls: true, rules: [{ at: 'starttls', ...misdeeds[misdeed] }] });
        const opened = await transportTo(sink.url, { timeouts: impatient }).connect();
        if (misdeed === '451')
          expect(opened).toMatchObject({ refusal: { stage: 'starttls', class: 'host', action: 'defer' } });
        else expect(opened).toMatchObject({ type: 'broken', stage: 'starttls' });
      },
    );

    const outside =
      Object.values(networkInterfaces())
        .flat()
        .find((address) => address?.family === 'IPv4' && !address.internal)?.address ?? '';
    describe.runIf(outside !== '')('beyond this machine', () => {
      it('trusts no certificate that nobody vouches for', async () => {
        const sink = await startSink({ tls: true, host: outside });
        expect(await transportTo(sink.url).connect()).toMatchObject({ type: 'broken', stage: 'starttls' });
      });

      it('sends no password in the clear', async () => {
        const sink = await startSink({ auth, host: outside });
        const opened = await transportTo(withUser(sink.url)).connect();
        expect(opened).toMatchObject({ type: 'refused', refusal: { stage: 'starttls', action: 'defer' } });
        expect((await sink.stats()).reached.auth).toBeUndefined();
      });
    });
  });
}
