/** What relays do that they must not, on both paths. Each speaks for itself in `startOddRelay`. */
import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseRelayUrl } from '../../src/transport/relay-url.ts';
import { createSmtpTransport, type SmtpOptions } from '../../src/transport/smtp.ts';
import type { Connection } from '../../src/transport/transport.ts';
import { connected, messageNumber, yes } from '../contracts/transport.ts';
import { type Caller, type OddRelay, startOddRelay } from '../helpers/odd-relay.ts';

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

const ready = ['250 2.1.0 Ok', '250 2.1.5 Ok', '354 go on'];
const message = messageNumber(1);
const short = { commandMs: 150, bodyMs: 150, dotMs: 150, quitMs: 50 };

describe.each(['fast', 'plain'] as const)('an odd relay, on the %s path', (path) => {
  async function meet(
    serve: (caller: Caller) => Promise<void>,
    options: SmtpOptions = {},
  ): Promise<{ connection: Connection; relay: OddRelay }> {
    const relay = await startOddRelay(serve);
    cleanUp.push(relay.stop);
    const transport = createSmtpTransport(parseRelayUrl(relay.url), {
      path,
      ...options,
      timeouts: { quitMs: 50, ...options.timeouts },
    });
    cleanUp.push(() => transport.close());
    const connection = await connected(transport);
    expect(transport.path).toBe(path);
    return { connection, relay };
  }
  /** After a greeting; pipelining unless said otherwise. */
  const meetAfterGreeting = (serve: (caller: Caller) => Promise<void>, options?: SmtpOptions) =>
    meet(async (caller) => {
      await caller.greet(['PIPELINING']);
      await serve(caller);
    }, options);
  /** One that takes the envelope, and the message up to its dot. */
  const meetAtDot = (serve: (caller: Caller) => Promise<void>, options?: SmtpOptions) =>
    meetAfterGreeting(async (caller) => {
      await caller.heard('DATA\r\n');
      caller.say(...ready);
      await caller.heard('\r\n.\r\n');
      await serve(caller);
    }, options);

  it('that sends one octet at a time is understood', async () => {
    const { connection } = await meet(async (caller) => {
      const dribble = async (text: string) => {
        for (const octet of text) {
          caller.socket.write(octet);
          await new Promise((resolve) => setImmediate(resolve));
        }
      };
      await dribble('220 odd.invalid\r\n');
      await caller.heard('\r\n');
      await dribble('250-odd.invalid\r\n250 PIPELINING\r\n');
      for (let n = 0; n < 2; n += 1) {
        await caller.heard('DATA\r\n');
        await dribble('250-2.1.0\r\n250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 go on\r\n');
        await caller.heard('\r\n.\r\n');
        await dribble('250 2.0.0 Ok: queued as 4F2kQz\r\n');
      }
    });
    for (let n = 0; n < 2; n += 1) {
      expect(await connection.send(message, yes)).toEqual({
        type: 'accepted',
        reply: '250 2.0.0 Ok: queued as 4F2kQz',
        queueId: '4F2kQz',
      });
    }
  });

  it.each(['hello?\r\n', '\0\x01\x02\xff\r\n', '999 what\r\n'])(
    'that answers the envelope with %j breaks the connection',
    async (garbage) => {
      const { connection } = await meetAfterGreeting(
        async (caller) => {
          await caller.heard('DATA\r\n');
          caller.socket.write(garbage.repeat(3), 'latin1');
        },
        { timeouts: short },
      );
      expect((await connection.send(message, yes)).type).toBe('broken');
    },
  );

  it.each(['hello?\r\n', '354 more\r\n'])(
    'that answers the dot with %j leaves nobody knowing',
    async (garbage) => {
      const { connection } = await meetAtDot(async ({ socket }) => void socket.write(garbage), {
        timeouts: short,
      });
      expect((await connection.send(message, yes)).type).toBe('unknown');
      expect(connection.usable).toBe(false);
    },
  );

  it.each([
    ['a line', 'x'.repeat(65_536)],
    ['a reply', '250-and more\r\n'.repeat(5000)],
  ])('that never ends %s is not listened to for ever', async (_, piece) => {
    const { connection, relay } = await meetAfterGreeting(async ({ socket, heard }) => {
      await heard('DATA\r\n');
      while (!socket.destroyed) {
        if (!socket.write(piece)) await once(socket, 'drain').catch(() => {});
      }
    });
    expect(await connection.send(message, yes)).toMatchObject({ type: 'broken', stage: 'mail' });
    await relay.gone;
  });

  it('that says 250 with its 354, before a single octet of the message, has accepted nothing', async () => {
    const { connection, relay } = await meetAfterGreeting(async (caller) => {
      await caller.heard('DATA\r\n');
      caller.say(...ready, '250 2.0.0 Ok: queued as EARLY');
    });
    const outcome = await connection.send(message, async () => {
      await vi.waitUntil(() => !connection.usable);
      return true;
    });
    expect(outcome.type).toBe('broken');
    expect((await relay.gone).all().toString()).not.toContain('\r\n.\r\n');
  });

  it('that says everything twice is not trusted', async () => {
    const { connection, relay } = await meetAfterGreeting(async (caller) => {
      await caller.heard('DATA\r\n');
      caller.say(...ready, ...ready, '250 Ok');
    });
    const outcome = await connection.send(message, async () => {
      await vi.waitUntil(() => !connection.usable);
      return true;
    });
    expect(outcome.type).toBe('broken');
    expect((await relay.gone).all().toString()).not.toContain('\r\n.\r\n');
  });

  it.each(['421 4.4.2 idle for too long', '250 by the way', 'hello?'])(
    'that says %j between two messages is left',
    async (words) => {
      const { connection } = await meetAtDot(async (caller) => {
        caller.say('250 Ok');
        caller.say(words);
      });
      expect((await connection.send(message, yes)).type).toBe('accepted');
      await vi.waitUntil(() => !connection.usable);
      expect(await connection.send(message, yes)).toMatchObject({ type: 'broken', stage: 'mail' });
    },
  );

  it('that says 421 but does not hang up is left all the same', async () => {
    const farewell = '421 4.3.2 shutting down';
    const early = await meetAfterGreeting(async (caller) => {
      await caller.heard('DATA\r\n');
      caller.say(farewell);
    });
    const refusal = { code: 421, class: 'host', action: 'defer' };
    expect(await early.connection.send(message, yes)).toMatchObject({
      type: 'refused',
      refusal: { ...refusal, stage: 'mail' },
    });
    expect(early.connection.usable).toBe(false);
    const late = await meetAtDot(async (caller) => caller.say(farewell));
    expect(await late.connection.send(message, yes)).toMatchObject({
      type: 'refused',
      refusal: { ...refusal, stage: 'dot' },
    });
    expect(late.connection.usable).toBe(false);
  });

  it('that closes its side between two messages is left', async () => {
    const { connection } = await meetAtDot(async (caller) => {
      caller.say('250 Ok');
      caller.socket.end();
    });
    expect((await connection.send(message, yes)).type).toBe('accepted');
    await vi.waitUntil(() => !connection.usable);
  });

  it('that closes its side before DATA is answered breaks the connection', async () => {
    const { connection } = await meetAfterGreeting(async (caller) => {
      await caller.heard('DATA\r\n');
      caller.socket.end('250 Ok\r\n');
    });
    expect(await connection.send(message, yes)).toMatchObject({ type: 'broken', stage: 'rcpt' });
  });

  it('that closes its side while the gate is asked gets no dot', async () => {
    const { connection, relay } = await meetAfterGreeting(async (caller) => {
      await caller.heard('DATA\r\n');
      caller.socket.end(ready.map((line) => `${line}\r\n`).join(''));
    });
    const outcome = await connection.send(message, async () => {
      await vi.waitUntil(() => !connection.usable);
      return true;
    });
    expect(outcome).toMatchObject({ type: 'broken' });
    expect((await relay.gone).all().toString()).not.toContain('\r\n.\r\n');
  });

  it('that closes its side instead of answering the dot leaves nobody knowing', async () => {
    const { connection } = await meetAtDot(async ({ socket }) => void socket.end());
    expect((await connection.send(message, yes)).type).toBe('unknown');
  });

  it('that hangs up in the middle of its no has said no', async () => {
    const { connection } = await meetAtDot(async ({ socket }) => void socket.end('550 5.7.1 spam'));
    expect(await connection.send(message, yes)).toMatchObject({
      type: 'refused',
      refusal: { stage: 'dot', code: 550, reply: '550 5.7.1 spam' },
    });
    expect(connection.usable).toBe(false);
  });

  it('that hangs up in the middle of its yes has not said it', async () => {
    const { connection } = await meetAtDot(async ({ socket }) => void socket.end('250 2.0.0 Ok: queu'));
    expect((await connection.send(message, yes)).type).toBe('unknown');
  });

  it('that wants a message whose sender it refused gets no end of one', async () => {
    const { connection, relay } = await meetAfterGreeting(async (caller) => {
      await caller.heard('DATA\r\n');
      caller.say('451 4.3.0 not you', '250 Ok', '354 go on');
    });
    expect(await connection.send(message, yes)).toMatchObject({
      type: 'refused',
      refusal: { stage: 'mail' },
    });
    expect(connection.usable).toBe(false);
    expect((await relay.gone).all().toString()).toMatch(/DATA\r\n$/);
  });

  it('that wants a message whose recipient it refused gets an empty one, and the next goes well', async () => {
    const { connection, relay } = await meetAfterGreeting(async (caller) => {
      await caller.heard('DATA\r\n');
      caller.say('250 Ok', '550 5.1.1 nobody', '354 go on');
      await caller.heard('.\r\n');
      caller.say('554 no valid recipients');
      await caller.heard('RSET\r\n');
      if (path === 'plain') caller.say('250 Ok');
      await caller.heard('DATA\r\n');
      caller.say(...(path === 'plain' ? [] : ['250 Ok']), ...ready);
      await caller.heard('\r\n.\r\n');
      caller.say('250 Ok');
      await caller.heard('QUIT\r\n');
      caller.socket.end('221 Bye\r\n');
    });
    expect(await connection.send(message, yes)).toMatchObject({
      type: 'refused',
      refusal: { stage: 'rcpt' },
    });
    expect((await connection.send(message, yes)).type).toBe('accepted');
    await connection.close();
    const said = (await relay.gone).all().toString();
    expect(said.match(/\r\n\.\r\n/g)).toHaveLength(2);
    expect(said).toContain('DATA\r\n.\r\nRSET\r\n');
  });
});

describe('the fast path', () => {
  async function connectionTo(serve: (caller: Caller) => Promise<void>) {
    const relay = await startOddRelay(serve);
    cleanUp.push(relay.stop);
    const transport = createSmtpTransport(parseRelayUrl(relay.url), { timeouts: { quitMs: 50 } });
    cleanUp.push(() => transport.close());
    return { connection: await connected(transport), relay };
  }

  it('writes the envelope at once, the RSET after a refusal with it, where the relay offers PIPELINING', async () => {
    const packets: string[] = [];
    const { connection } = await connectionTo(async (caller) => {
      await caller.greet(['PIPELINING']);
      caller.socket.on('data', (chunk) => packets.push(chunk.toString('latin1')));
      await caller.heard('DATA\r\n');
      caller.say('250 Ok', '450 4.2.0 later', '503 5.5.1 no recipient');
      await caller.heard('DATA\r\n');
      caller.say('250 Ok', ...ready);
      await caller.heard('\r\n.\r\n');
      caller.say('250 Ok');
    });
    expect((await connection.send(message, yes)).type).toBe('refused');
    expect((await connection.send(message, yes)).type).toBe('accepted');
    const envelope = `MAIL FROM:<${message.envelope.from}>\r\nRCPT TO:<${message.envelope.to}>\r\nDATA\r\n`;
    expect(packets.slice(0, 2)).toEqual([envelope, `RSET\r\n${envelope}`]);
  });

  it('says one command at a time where it does not', async () => {
    const { connection } = await connectionTo(async (caller) => {
      await caller.greet(['SIZE 50000']);
      for (const [command, reply] of [
        [`MAIL FROM:<${message.envelope.from}> SIZE=${message.raw.length}\r\n`, '250 Ok'],
        [`RCPT TO:<${message.envelope.to}>\r\n`, '250 Ok'],
        ['DATA\r\n', '354 go on'],
      ] as const) {
        expect(await caller.heard('\r\n')).toBe(command);
        expect(caller.unread).toBe('');
        caller.say(reply);
      }
      await caller.heard('\r\n.\r\n');
      caller.say('250 Ok');
    });
    expect((await connection.send(message, yes)).type).toBe('accepted');
  });

  it('says nothing more to a relay without PIPELINING that has said no, but RSET before the next', async () => {
    const { connection } = await connectionTo(async (caller) => {
      await caller.greet([]);
      await caller.heard('\r\n');
      caller.say('250 Ok');
      await caller.heard('\r\n');
      caller.say('550 5.1.1 nobody');
      expect(await caller.heard('\r\n')).toBe('RSET\r\n');
      caller.say('421 4.3.0 closing');
    });
    expect(await connection.send(message, yes)).toMatchObject({
      type: 'refused',
      refusal: { stage: 'rcpt' },
    });
    expect(await connection.send(message, yes)).toMatchObject({
      type: 'refused',
      refusal: { stage: 'mail', code: 421, class: 'host', action: 'defer' },
    });
    expect(connection.usable).toBe(false);
  });

  it('has written all but the last 256 octets when it asks the gate, and nothing more when that says no', async () => {
    const { connection, relay } = await connectionTo(async (caller) => {
      await caller.greet(['PIPELINING']);
      await caller.heard('DATA\r\n');
      caller.say(...ready);
    });
    const outcome = await connection.send(message, async () => false);
    expect(outcome).toEqual({ type: 'withheld' });
    const said = (await relay.gone).all();
    const body = said.subarray(said.indexOf('DATA\r\n') + 6);
    expect(body.equals(message.raw.subarray(0, -256))).toBe(true);
  });

  it('keeps the first no when the relay hangs up before it has answered the rest', async () => {
    const { connection } = await connectionTo(async (caller) => {
      await caller.greet(['PIPELINING']);
      await caller.heard('DATA\r\n');
      caller.socket.end('250 Ok\r\n550 5.1.1 nobody\r\n');
    });
    expect(await connection.send(message, yes)).toMatchObject({ type: 'refused', refusal: { code: 550 } });
    expect(connection.usable).toBe(false);
  });

  it('does not go on for one that has closed its side and reads no more', async () => {
    const { connection } = await connectionTo(async (caller) => {
      await caller.greet(['PIPELINING']);
      await caller.heard('DATA\r\n');
      caller.socket.pause();
      caller.socket.end(ready.map((line) => `${line}\r\n`).join(''));
    });
    const outcome = await connection.send(messageNumber(1, 30_000_000), yes);
    expect(outcome).toMatchObject({ type: 'broken', stage: 'body' });
    expect(connection.usable).toBe(false);
  });

  it('takes nothing for a reply that only begins with a 2', async () => {
    const { connection } = await connectionTo(async (caller) => {
      await caller.greet(['PIPELINING']);
      await caller.heard('DATA\r\n');
      caller.say('2 5 0', '2', '354 go on');
    });
    expect(await connection.send(message, yes)).toMatchObject({ type: 'broken', stage: 'mail' });
  });

  it('takes a 2xx to DATA for a reply to something else', async () => {
    const { connection } = await connectionTo(async (caller) => {
      await caller.greet(['PIPELINING']);
      await caller.heard('DATA\r\n');
      caller.say('250 Ok', '250 Ok', '250 Ok');
    });
    expect(await connection.send(message, yes)).toMatchObject({ type: 'broken', stage: 'data' });
  });

  it('gives nobody the next message when the last could not be forgotten', async () => {
    const { connection, relay } = await connectionTo(async (caller) => {
      await caller.greet(['PIPELINING']);
      await caller.heard('DATA\r\n');
      caller.say('250 Ok', '250 Ok', '451 4.3.0 not now');
      await caller.heard('DATA\r\n');
      caller.say('451 4.3.0 cannot', '503 5.5.1 nested', '250 Ok', '354 go on');
    });
    expect((await connection.send(message, yes)).type).toBe('refused');
    expect(await connection.send(messageNumber(2), yes)).toMatchObject({ type: 'broken', stage: 'mail' });
    expect((await relay.gone).all().toString()).toMatch(/DATA\r\n$/);
  });
});

describe('a relay that takes chunks', () => {
  const [first, last] = [message.raw.subarray(0, -256), message.raw.subarray(-256)];
  const envelope = `MAIL FROM:<${message.envelope.from}>\r\nRCPT TO:<${message.envelope.to}>\r\n`;
  const begun = `${envelope}BDAT ${first.length}\r\n${first.toString('latin1')}`;
  const ended = `BDAT 256 LAST\r\n${last.toString('latin1')}`;
  const takes = ['250 2.1.0 Ok', '250 2.1.5 Ok', '250 2.0.0 a chunk'];

  async function connectionTo(serve: (caller: Caller) => Promise<void>, options: SmtpOptions = {}) {
    const relay = await startOddRelay(async (caller) => {
      await caller.greet(['CHUNKING', 'PIPELINING']);
      await serve(caller);
    });
    cleanUp.push(relay.stop);
    const transport = createSmtpTransport(parseRelayUrl(relay.url), {
      ...options,
      timeouts: { quitMs: 50, ...options.timeouts },
    });
    cleanUp.push(() => transport.close());
    return { connection: await connected(transport), relay };
  }
  const all = async (relay: OddRelay) => (await relay.gone).all().toString('latin1');
  /** Goes on once the connection is lost. */
  const yesWhenLost = (connection: Connection) => async () => {
    await vi.waitUntil(() => !connection.usable);
    return true;
  };

  it('gets the envelope and all but the last 256 octets at once, and those after the gate', async () => {
    const { connection, relay } = await connectionTo(async (caller) => {
      for (let n = 0; n < 2; n += 1) {
        expect(await caller.heard(begun)).toBe(begun);
        expect(caller.unread).toBe('');
        caller.say(...takes);
        await caller.heard(ended);
        caller.say('250 2.0.0 Ok: queued as 4F2kQz');
      }
      caller.socket.end();
    });
    const gate = vi.fn(yes);
    const accepted = { type: 'accepted', reply: '250 2.0.0 Ok: queued as 4F2kQz', queueId: '4F2kQz' };
    expect(await connection.send(message, gate)).toEqual(accepted);
    expect(await connection.send(message, gate)).toEqual(accepted);
    expect(await all(relay)).toMatch(new RegExp(`^EHLO [^\r]+\r\n.{${2 * (begun + ended).length}}$`, 's'));
    expect(gate).toHaveBeenCalledTimes(2);
  });

  it('gets DATA all the same where its configuration says so', async () => {
    const { connection } = await connectionTo(
      async (caller) => {
        expect(await caller.heard('DATA\r\n')).toBe(`${envelope}DATA\r\n`);
        caller.say(...ready);
        await caller.heard('\r\n.\r\n');
        caller.say('250 Ok');
      },
      { chunking: false },
    );
    expect((await connection.send(message, yes)).type).toBe('accepted');
  });

  it('forgets, over the same connection, what the gate said no to', async () => {
    const { connection } = await connectionTo(async (caller) => {
      await caller.heard(begun);
      caller.say(...takes);
      expect(await caller.heard(begun)).toBe(`RSET\r\n${begun}`);
      caller.say('250 2.0.0 forgotten', ...takes);
      expect(await caller.heard(ended)).toBe(ended);
      caller.say('250 Ok');
    });
    expect(await connection.send(message, async () => false)).toEqual({ type: 'withheld' });
    expect(connection.usable).toBe(true);
    expect((await connection.send(message, yes)).type).toBe('accepted');
  });

  it.each([
    ['its recipient', ['250 Ok', '550 5.1.1 nobody', '503 5.5.1 no recipient'], 'rcpt'],
    ['its recipient, but not the chunk', ['250 Ok', '550 5.1.1 nobody', '250 Ok'], 'rcpt'],
    ['the chunk', ['250 Ok', '250 Ok', '452 4.3.1 no room'], 'body'],
  ] as const)('that refuses %s gets no last one, and RSET before the next', async (_, replies, stage) => {
    const { connection } = await connectionTo(async (caller) => {
      await caller.heard(begun);
      caller.say(...replies);
      expect(await caller.heard(begun)).toBe(`RSET\r\n${begun}`);
      caller.say('250 2.0.0 Ok', ...takes);
      await caller.heard(ended);
      caller.say('250 Ok');
    });
    const gate = vi.fn(yes);
    expect(await connection.send(message, gate)).toMatchObject({ type: 'refused', refusal: { stage } });
    expect(gate).not.toHaveBeenCalled();
    expect((await connection.send(message, gate)).type).toBe('accepted');
  });

  it('that refuses the last chunk gets RSET before the next message', async () => {
    const { connection } = await connectionTo(async (caller) => {
      await caller.heard(begun);
      caller.say(...takes);
      await caller.heard(ended);
      caller.say('451 4.3.0 not now');
      expect(await caller.heard(begun)).toBe(`RSET\r\n${begun}`);
      caller.say('250 2.0.0 Ok', ...takes);
      await caller.heard(ended);
      caller.say('250 Ok');
    });
    expect(await connection.send(message, yes)).toMatchObject({ type: 'refused', refusal: { stage: 'dot' } });
    expect((await connection.send(message, yes)).type).toBe('accepted');
  });

  it.each([
    ['takes a chunk from a sender it refused', ['451 4.3.0 not you', '250 Ok', '250 Ok'], 'refused'],
    ['answers the chunk as it would DATA', ['250 Ok', '250 Ok', '354 go on'], 'broken'],
    ['says more than it was asked', [...takes, '250 2.0.0 Ok: queued as EARLY'], 'broken'],
    ['closes while the gate is asked', takes, 'broken', 'close'],
  ] as const)('that %s is left before the last chunk', async (_, replies, type, end?: 'close') => {
    const { connection, relay } = await connectionTo(async (caller) => {
      await caller.heard(begun);
      caller.say(...replies);
      if (end === 'close') caller.socket.end();
    });
    expect((await connection.send(message, yesWhenLost(connection))).type).toBe(type);
    expect(connection.usable).toBe(false);
    expect(await all(relay)).not.toContain('LAST');
  });

  it.each([
    ['500 5.5.2 what', ['250 Ok', '250 Ok'], 'broken'],
    ['502 5.5.1 not here', ['250 Ok', '250 Ok'], 'broken'],
    ['503 5.5.1 not now', ['250 Ok', '250 Ok'], 'broken'],
    ['502 5.5.1 not here', ['250 Ok', '550 5.1.1 nobody'], 'refused'],
  ] as const)(
    'that offers it and answers %j to it is left, and gets DATA from then on',
    async (answer, replies, type) => {
      const relay = await startOddRelay(async (caller) => {
        await caller.greet(['CHUNKING', 'PIPELINING']);
        await caller.heard(envelope);
        if (caller.unread.startsWith('BDAT')) {
          await caller.heard(first.toString('latin1'));
          // What was in the chunk is taken for commands.
          return caller.say(...replies, answer, '500 5.5.2 what', '250 Ok');
        }
        await caller.heard('DATA\r\n');
        caller.say(...ready);
        await caller.heard('\r\n.\r\n');
        caller.say('250 Ok');
      });
      cleanUp.push(relay.stop);
      const transport = createSmtpTransport(parseRelayUrl(relay.url), { timeouts: { quitMs: 50 } });
      cleanUp.push(() => transport.close());
      const gate = vi.fn(yes);
      const connection = await connected(transport);
      expect((await connection.send(message, gate)).type).toBe(type);
      expect(connection.usable).toBe(false);
      expect(gate).not.toHaveBeenCalled();
      expect((await (await connected(transport)).send(message, gate)).type).toBe('accepted');
    },
  );

  it('that refuses to forget what the gate said no to gets no other message', async () => {
    const { connection, relay } = await connectionTo(async (caller) => {
      await caller.heard(begun);
      caller.say(...takes);
      await caller.heard(begun);
      caller.say('451 4.3.0 cannot', '503 5.5.1 nested', '250 Ok', '250 Ok');
    });
    expect((await connection.send(message, async () => false)).type).toBe('withheld');
    expect(await connection.send(message, yes)).toMatchObject({ type: 'broken', stage: 'mail' });
    expect(connection.usable).toBe(false);
    expect(await all(relay)).not.toContain('LAST');
  });

  it('is taken leave of after a no of the gate, and never gets the rest', async () => {
    const { connection, relay } = await connectionTo(async (caller) => {
      await caller.heard(begun);
      caller.say(...takes);
      expect(await caller.heard('\r\n')).toBe('QUIT\r\n');
      caller.socket.end('221 Bye\r\n');
    });
    expect((await connection.send(message, async () => false)).type).toBe('withheld');
    await connection.close();
    expect((await all(relay)).endsWith(`${begun}QUIT\r\n`)).toBe(true);
  });

  it('that does not answer the last chunk leaves nobody knowing', async () => {
    const { connection } = await connectionTo(
      async (caller) => {
        await caller.heard(begun);
        caller.say(...takes);
      },
      { timeouts: short },
    );
    expect((await connection.send(message, yes)).type).toBe('unknown');
    expect(connection.usable).toBe(false);
  });
});
