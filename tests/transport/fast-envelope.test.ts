import { describe, expect, it } from 'vitest';
import { envelopeCommands, isSafeMailbox } from '../../src/transport/fast-envelope.ts';
import { parseRelayUrl } from '../../src/transport/relay-url.ts';
import { createSmtpTransport } from '../../src/transport/smtp.ts';
import { connected, messageNumber, yes } from '../contracts/transport.ts';
import { startOddRelay } from '../helpers/odd-relay.ts';

describe('an envelope as commands', () => {
  it('names sender, recipient and, where it is asked for, the size', () => {
    const envelope = { from: 'b+1@news.example', to: "o'brien+x=y@a.b.example" };
    expect(envelopeCommands(envelope, 12)).toEqual({
      mail: 'MAIL FROM:<b+1@news.example> SIZE=12',
      rcpt: "RCPT TO:<o'brien+x=y@a.b.example>",
    });
    expect(envelopeCommands({ ...envelope, from: '' }, undefined)).toMatchObject({ mail: 'MAIL FROM:<>' });
  });

  it.each([
    '',
    'a',
    '@b.example',
    'a@',
    '@hub.example:a@b.example',
    'a b@c.example',
    'a@b.example ',
    'a@b.example>',
    '<a@b.example',
    'a@b.example\r\n',
    'a@b.example\nRCPT TO:<c@d.example>',
    'a@b.example\0',
    'a@b.example\u0085',
    'a@b.example\u2028x',
    'ä@b.example',
    'a@bücher.example',
    'a@b.example\x7f',
    'a@b.example\u010d\u010a',
    `${'a'.repeat(251)}@b.c`,
  ])('refuses to write %j, as a message that no relay could take', (address) => {
    const from = 'b@news.example';
    const refusal = { code: 553, class: 'message', action: 'reject', suppress: false };
    expect(envelopeCommands({ from, to: address }, 1)).toMatchObject({
      type: 'refused',
      refusal: { ...refusal, stage: 'rcpt', enhanced: '5.1.3', reply: expect.stringMatching(/^[ -~]+$/) },
    });
    if (address === '') return;
    expect(envelopeCommands({ from: address, to: from }, 1)).toMatchObject({
      type: 'refused',
      refusal: { ...refusal, stage: 'mail', enhanced: '5.1.7' },
    });
  });

  it('is never anything but one safe MAIL and one safe RCPT, whatever 100,000 nasty addresses are sent', async () => {
    const commands: string[] = [];
    const relay = await startOddRelay(async (caller) => {
      await caller.greet(['PIPELINING']);
      for (;;) {
        commands.push(await caller.heard('DATA\r\n'));
        caller.say('250 Ok', '250 Ok', '354 go on');
        await caller.heard('\r\n.\r\n');
        caller.say('250 Ok');
      }
    });
    const transport = createSmtpTransport(parseRelayUrl(relay.url), { messagesPerConnection: 1e9 });
    try {
      const connection = await connected(transport);
      const random = generator(20260302);
      const message = { ...messageNumber(1), raw: Buffer.from('x\r\n') };
      const taken: string[] = [];
      let refused = 0;
      for (let n = 0; n < 100_000; n += 1) {
        const to = nastyAddress(random);
        const outcome = await connection.send({ ...message, envelope: { from: 'b@news.example', to } }, yes);
        if (outcome.type === 'accepted') taken.push(to);
        else {
          refused += 1;
          if (outcome.type !== 'refused' || outcome.refusal.class !== 'message')
            throw new Error(JSON.stringify(to));
        }
      }
      expect(taken.every(isSafeMailbox)).toBe(true);
      expect(taken.length).toBeGreaterThan(1000);
      expect(refused).toBeGreaterThan(50_000);
      const written = taken.map((to) => `MAIL FROM:<b@news.example>\r\nRCPT TO:<${to}>\r\nDATA\r\n`);
      expect(commands).toEqual(written);
      for (const command of commands) {
        expect(command).toMatch(
          /^MAIL FROM:<b@news\.example>\r\nRCPT TO:<[!-;=?-~]+@[!-;=?-~]+>\r\nDATA\r\n$/,
        );
      }
    } finally {
      await transport.close();
      await relay.stop();
    }
  }, 60_000);
});

const pieces = [
  ...[
    'a',
    'b.c',
    'reader',
    '+tag',
    '@',
    'x.example',
    '@y.example',
    '.',
    '-',
    '_',
    '"',
    '\\',
    ',',
    ':',
    ';',
    '%',
    '=',
    '/',
  ],
  ...[
    '\r',
    '\n',
    '\r\n',
    '\0',
    ' ',
    '\t',
    '<',
    '>',
    '><',
    '\v',
    '\f',
    '\x7f',
    '\x80',
    '\x85',
    '\xa0',
    '\xad',
  ],
  ...[
    '\u010a',
    '\u010d',
    '\u560a',
    '\u2028',
    '\u2029',
    '\ufeff',
    '\ufffd',
    '\ud800',
    '\u{1f4a9}',
    'ä',
    '＜',
    '＞',
    '＠',
  ],
  ...[
    '>\r\nRCPT TO:<z@z.example',
    ' SIZE=1',
    '\r\n.\r\n',
    '\r\nDATA\r\n',
    '> NOTIFY=NEVER',
    '%0d%0a',
    '=0D=0A',
    '\\r\\n',
  ],
];

function nastyAddress(random: () => number): string {
  const pick = () => pieces[Math.floor(random() * pieces.length)] ?? '';
  // Half of them are a good address with one thing wrong, or nothing.
  if (random() < 0.5)
    return `reader-${Math.floor(random() * 1e6)}${pick()}@${pick()}x.example${random() < 0.5 ? '' : pick()}`;
  return Array.from({ length: 1 + Math.floor(random() * 6) }, pick).join('');
}

/** mulberry32: the same addresses on every run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
