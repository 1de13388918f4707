import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { queueIdOf } from '../../src/transport/queue-id.ts';
import type { Refusal, ReplyClass } from '../../src/transport/refusal.ts';
import { classify, evidenceOf, oneLine } from '../../src/transport/replies.ts';
import type { Stage } from '../../src/transport/stage.ts';
import { replyCases } from './reply-cases.ts';

const stages: readonly Stage[] = [
  ...(['connect', 'greeting', 'ehlo', 'starttls', 'auth', 'mail'] as const),
  ...(['rcpt', 'data', 'body', 'gate', 'dot'] as const),
];

const anyReply = fc
  .tuple(
    fc.integer({ min: 400, max: 599 }),
    fc.constantFrom('', '5.1.1 ', '5.7.1 ', '4.2.2 ', '5.2.1 '),
    fc.string(),
  )
  .map(([code, enhanced, text]) => `${code} ${enhanced}${text}`);

describe('a reply', () => {
  it('is tested with texts of many relays, each once', () => {
    expect(new Set(replyCases.map(([, stage, reply]) => `${stage} ${reply}`)).size).toBe(replyCases.length);
    expect(replyCases.length).toBeGreaterThanOrEqual(300);
    expect(new Set(replyCases.map(([source]) => source)).size).toBeGreaterThanOrEqual(60);
  });

  it.each(replyCases)('of %s at %s is understood: %j', (_, stage, reply, verdict) => {
    const { class: found, action, suppress } = classify(stage, reply);
    expect(`${found} ${action}${suppress ? ' suppress' : ''}`).toBe(verdict);
  });

  it.each([
    ['QQ', '550 Mailbox not found. http://service.mail.qq.com/cgi-bin/help?subtype=1&&no=1000728'],
    ['NetEase', '550 User not found: someone@163.com'],
    ['Exim', '550 No such user here'],
    [
      'Yahoo',
      "554 delivery error: dd This user doesn't have a yahoo.com account (x@yahoo.com) [0] - mta1061.mail.ne1.yahoo.com",
    ],
    ['ezweb', '550 <otsu@ezweb.ne.jp>: User unknown'],
    ['wrong code', '550 5.7.1 550 User Unknown: mikeneko@example.org'],
  ])('without a code made for it rejects this issue and suppresses nobody: %s', (_, reply) => {
    expect(classify('rcpt', reply)).toMatchObject({ class: 'no-mailbox', action: 'reject', suppress: false });
  });

  it('suppresses nobody before a recipient was named', () => {
    for (const stage of ['connect', 'greeting', 'ehlo', 'starttls', 'auth', 'mail'] as const) {
      expect(classify(stage, '550 5.1.1 no such user').suppress).toBe(false);
    }
  });

  it('is told on one line, its codes once', () => {
    const { reply, code, enhanced } = classify(
      'rcpt',
      '550-5.1.1 first\r\n550-5.1.1 second\n550 5.1.1  third\r\n',
    );
    expect({ reply, code, enhanced }).toEqual({
      reply: '550 5.1.1 first second third',
      code: 550,
      enhanced: '5.1.1',
    });
    expect(oneLine('250-2.0.0 fine\r\n250 2.0.0 really')).toBe('250 2.0.0 fine really');
    expect(classify('dot', `550 ${'x'.repeat(5000)}`).reply).toHaveLength(1000);
    expect(classify('dot', '550 a\0b\u001b[31mc').reply).toBe('550 a b [31mc');
  });

  it('is the same line whether it is short and plain or has to be taken apart', () => {
    const text = fc.array(
      fc.constantFrom(' ', '  ', 'Ok', '2.0.0', '250 ', '\t', '\r\n', 'ü', '\u2028', 'x'.repeat(400)),
    );
    fc.assert(
      fc.property(fc.constantFrom('250 ', '250-', '250', '550 ', '354 '), text, (code, words) => {
        const reply = `${code}${words.join('')}`;
        expect(oneLine(reply)).toBe(classify('dot', reply).reply);
      }),
      { numRuns: 2000 },
    );
  });

  it('has no enhanced code where an IP address or a version looks like one', () => {
    expect(classify('rcpt', '550 5.9.1.4 is listed').enhanced).toBeUndefined();
    expect(classify('rcpt', '550 sendmail 5.1.1').enhanced).toBeUndefined();
    expect(classify('rcpt', '550 #5.1.0 Address rejected.').enhanced).toBe('5.1.0');
  });

  it('of any text at any stage is a refusal that suppresses by a code of the address alone', () => {
    fc.assert(
      fc.property(fc.constantFrom(...stages), anyReply, (stage, text) => {
        const refusal: Refusal = classify(stage, text);
        expect(refusal.code).toBe(Number(text.slice(0, 3)));
        if (refusal.code < 500) expect(refusal.action).toBe('defer');
        if (refusal.suppress) {
          expect(refusal).toMatchObject({ class: 'no-mailbox', action: 'reject' });
          expect(refusal.enhanced === '5.1.1' || refusal.code === 556).toBe(true);
        }
      }),
    );
  });

  it('of any bytes whatever is a refusal: nothing throws, and no code is outside 400 to 599', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...stages),
        fc.oneof(fc.string({ unit: 'binary', maxLength: 3000 }), anyReply),
        (stage, text) => {
          const refusal = classify(stage, text);
          expect(refusal.code).toBeGreaterThanOrEqual(400);
          expect(refusal.code).toBeLessThan(600);
          evidenceOf(refusal);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('that speaks of rate, policy, authentication or reputation suppresses nobody, whatever its code', () => {
    const ours = new Set<ReplyClass>(['rate', 'authentication', 'reputation']);
    const texts = replyCases
      .filter(([, , , verdict]) => ours.has(verdict.split(' ')[0] as ReplyClass))
      .map(([, , reply]) => reply.replaceAll(/(^|\n)\d{3}[ -](#?\d\.\d+\.\d+ )?/g, '$1'))
      // Those that only their code makes what they are say nothing in words.
      .filter((words) => ours.has(classify('rcpt', `550 ${words}`).class));
    expect(texts.length).toBeGreaterThan(100);
    const codes = fc.constantFrom(
      '550 5.1.1',
      '550 5.2.1',
      '550 5.1.2',
      '550 5.1.10',
      '553 5.1.3',
      '556',
      '550',
    );
    fc.assert(
      fc.property(fc.constantFrom(...stages), codes, fc.constantFrom(...texts), (stage, code, words) => {
        const refusal = classify(stage, `${code} ${words.split(/[\r\n]+/).join(`\r\n${code} `)}`);
        expect([refusal.suppress, evidenceOf(refusal)]).toEqual([false, null]);
      }),
      { numRuns: 1000 },
    );
  });

  it('at MAIL is about our own sender, and rejects no recipient for a mailbox that is not there', () => {
    expect(classify('mail', '550 5.1.1 <news@z.example>: no such user')).toMatchObject({
      class: 'authentication',
      action: 'defer',
      suppress: false,
    });
  });
});

describe('what a reply says of the address for longer than an issue', () => {
  it.each([
    ['rcpt', '550 5.1.1 no such user', 'no-mailbox'],
    ['dot', '556 5.1.10 null MX', 'no-mailbox'],
    ['rcpt', '550 5.2.1 account disabled', 'disabled'],
    ['rcpt', '550 5.1.2 no such domain', 'disabled'],
    ['rcpt', '452 4.2.2 over quota', 'mailbox-full'],
    ['dot', '552 Mailbox is full', 'mailbox-full'],
    ['rcpt', '450 4.2.1 account disabled', null],
    ['rcpt', '550 User suspended', null],
    ['rcpt', '550 No such user here', null],
    ['rcpt', '550 5.7.1 User unknown', null],
    ['rcpt', '550 5.4.4 Invalid domain', null],
    ['rcpt', '550 5.7.1 spam', null],
    ['mail', '550 5.1.1 no such user', null],
    ['mail', '552 5.2.2 over quota', null],
    ['ehlo', '550 5.1.1 no such user', null],
  ] as const)('at %s, of %j, is %s', (stage, reply, evidence) => {
    expect(evidenceOf(classify(stage, reply))).toBe(evidence);
  });
});

const corpus = process.env.PAPERBOY_CORPUS;

describe.runIf(corpus)('the replies of real bounces', () => {
  const folder = join(corpus ?? '', 'bounces');
  const expected: Record<string, { reason: string }[]> = corpus
    ? JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'))
    : {};
  const diagnostics = Object.entries(expected).flatMap(([file, entries]) => {
    const text = readFileSync(join(folder, 'mail', file), 'latin1').replace(/\r?\n[ \t]+/g, ' ');
    const lines = [...text.matchAll(/^Diagnostic-Code:[ \t]*smtp;[ \t]*([45]\d\d[ -].*)$/gim)].map(
      ([, line]) => line ?? '',
    );
    // One line for each entry, or there is no telling which belongs to which.
    return lines.length === entries.length
      ? lines.map((reply, n) => ({ reply, reason: entries[n]?.reason ?? '' }))
      : [];
  });
  const suppressed = diagnostics.filter(({ reply }) => classify('rcpt', reply).suppress);

  it('are there', () => {
    expect(diagnostics.length).toBeGreaterThan(50);
  });

  it('suppress only whom a bounce parser takes for gone', () => {
    const mistaken = suppressed.filter(({ reason }) => !['userunknown', 'hasmoved'].includes(reason));
    expect(mistaken).toEqual([]);
  });

  it('that name a mailbox as unknown are found, that name it as full likewise', () => {
    const share = (reason: string, ...classes: ReplyClass[]) => {
      const known = diagnostics.filter((diagnostic) => diagnostic.reason === reason);
      const missed = known.filter(({ reply }) => !classes.includes(classify('rcpt', reply).class));
      return missed.length / known.length;
    };
    expect(share('userunknown', 'no-mailbox', 'disabled')).toBeLessThan(0.1);
    expect(share('mailboxfull', 'mailbox-full')).toBeLessThan(0.1);
  });
});

describe('a queue id', () => {
  it.each([
    ['250 2.0.0 Ok: queued as 4F2kQz1234z9', '4F2kQz1234z9'],
    ['250 2.0.0 Ok: 48093 bytes queued as 41DF59E2D20', '41DF59E2D20'],
    [
      '250 Mail OK queued as gzga-smtp-mtada-g1-4,_____wBHn1pX 1700000000',
      'gzga-smtp-mtada-g1-4,_____wBHn1pX',
    ],
    ['250 OK id=1kYabc-0001Ab-2C', '1kYabc-0001Ab-2C'],
    ['250 OK ids=4b1f5a8c9d', '4b1f5a8c9d'],
    [
      '250 Ok 0100018b5c3c0a4f-1b2c3d4e-5f60-7182-93a4-b5c6d7e8f901-000000',
      '0100018b5c3c0a4f-1b2c3d4e-5f60-7182-93a4-b5c6d7e8f901-000000',
    ],
    ['250 2.0.0 OK  1700000000 d2e1a72fcca58-6c0si12345.123 - gsmtp', 'd2e1a72fcca58-6c0si12345.123'],
    [
      '250 2.6.0 <x@y.example> [InternalId=35996, Hostname=A.B.prod.outlook.com] 12 bytes in 0.1 Queued mail for delivery',
      '35996',
    ],
    ['250 2.0.0 u3KAbc123 Message accepted for delivery', 'u3KAbc123'],
    ['250 2.0.0 <4F2kQz1234>', '4F2kQz1234'],
    ['250 Message Queued (0B1C2D3E-4F50.1)', '0B1C2D3E-4F50.1'],
    ['250 Ok', undefined],
    ['250 2.0.0 Ok', undefined],
    ['250 Great success', undefined],
  ])('of %j is %j', (reply, id) => {
    expect(queueIdOf(reply)).toBe(id);
  });
});
