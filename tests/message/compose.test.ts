import fc from 'fast-check';
import MailComposer from 'nodemailer/lib/mail-composer';
import PostalMime, { type Email } from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { PaperboyError } from '../../src/core/errors.ts';
import { compose, type Recipient } from '../../src/message/compose.ts';
import type { Message } from '../../src/message/message.ts';
import { prepareEdition, testMarks } from '../../src/message/prepare-message.ts';
import type { SenderIdentity } from '../../src/message/sender-identity.ts';
import { decodeVerp } from '../../src/message/verp.ts';
import { escapeHtml, fill, type RenderedEdition } from '../../src/render/rendered-edition.ts';

const messageIdKey = Buffer.alloc(32, 7);
const sender: SenderIdentity = {
  newsletter: 'ai-daily',
  newsletterName: '人工智能日报',
  from: { name: '人工智能日报', address: 'daily@news.example' },
  replyTo: 'editor@news.example',
  language: 'zh',
  issue: 'ai-daily-2026-11-21',
  messageIdKey,
};
const rendered: RenderedEdition = {
  editionId: '0123456789',
  format: 'html',
  subject: '新规发布：人工智能监管进入新阶段；某公司完成十亿元融资｜人工智能日报 11/21',
  preheader: '今日要闻',
  html: [
    '<!doctype html>\n<html lang="zh"><body><h1>新规发布</h1>\n<p>“多家企业”回应 😀</p><a href="',
    { slot: 'preferencesUrl' },
    '">偏好</a> <a href="',
    { slot: 'unsubscribeUrl' },
    '">退订</a></body></html>\n',
  ],
  text: ['新规发布\n\n.一行以点开头\n', { slot: 'unsubscribeUrl' }, '\n', { slot: 'preferencesUrl' }, '\n'],
};
const recipient: Recipient = {
  address: 'Wang.Xiaoming@example.org',
  name: '王小明',
  sid: 4711,
  unsubscribeUrl: 'https://news.example/u/abc123?a=1&b=2',
  preferencesUrl: 'https://news.example/p/abc123',
  sendAt: Date.UTC(2026, 10, 21, 7, 30, 5, 999),
};

const send = (to: Partial<Recipient> = {}, from: Partial<SenderIdentity> = {}, edition = rendered): Message =>
  compose(prepareEdition(edition, { ...sender, ...from }), { ...recipient, ...to });

describe('a message for a relay that gives it a Message-ID of its own', () => {
  it('says the id of ours in a field that the relay keeps', () => {
    const message = send({ correlationHeader: 'X-Paperboy-Delivery' });
    const [, id] = fieldsOf(message).find(([name]) => name === 'X-Paperboy-Delivery') ?? [];
    expect(`<${id}@news.example>`).toBe(message.messageId);
    expect(headOf(send())).not.toContain('X-Paperboy');
  });
});

const parse = (message: Message): Promise<Email> => PostalMime.parse(message.raw);
const headOf = ({ raw }: Message): string => raw.toString('latin1').split('\r\n\r\n')[0] ?? '';
const fieldsOf = (message: Message): string[][] =>
  headOf(message)
    .replace(/\r\n[ \t]/g, ' ')
    .split('\r\n')
    .map((line) => {
      const at = line.indexOf(':');
      return [line.slice(0, at), line.slice(at + 2)];
    });
const withUnixEnds = (text: string | undefined) => text?.replace(/\r\n/g, '\n');

/** What must hold of every message, whatever went into it. */
function expectSound({ raw }: Message): void {
  const text = raw.toString('latin1');
  expect(text).not.toMatch(/[^\r\n\x20-\x7e]/);
  expect(text.replace(/\r\n/g, '')).not.toMatch(/[\r\n]/);
  expect(text.endsWith('\r\n')).toBe(true);
  expect(Math.max(...text.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998);
}

describe('a message', () => {
  it('carries these header fields in this order', () => {
    const message = send();
    expect(fieldsOf(message)).toEqual([
      ['From', '=?UTF-8?B?5Lq65bel5pm66IO95pel5oql?= <daily@news.example>'],
      ['Reply-To', 'editor@news.example'],
      ['To', '=?UTF-8?B?546L5bCP5piO?= <Wang.Xiaoming@example.org>'],
      [
        'Subject',
        '=?UTF-8?B?5paw6KeE5Y+R5biD77ya5Lq65bel5pm66IO955uR?= =?UTF-8?B?566h6L+b5YWl5paw6Zi25q6177yb5p+Q5YWs5Y+4?= ' +
          '=?UTF-8?B?5a6M5oiQ5Y2B5Lq/5YWD6J6N6LWE772c5Lq65bel?= =?UTF-8?B?5pm66IO95pel5oqlIDExLzIx?=',
      ],
      ['Date', 'Sat, 21 Nov 2026 07:30:05 +0000'],
      ['Message-ID', message.messageId],
      ['MIME-Version', '1.0'],
      ['List-Id', '=?UTF-8?B?5Lq65bel5pm66IO95pel5oql?= <ai-daily.news.example>'],
      ['List-Unsubscribe', '<https://news.example/u/abc123?a=1&b=2>'],
      ['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'],
      ['List-Help', '<https://news.example/p/abc123>'],
      ['Feedback-ID', 'ai-daily-2026-11-21:0123456789:ai-daily:news-example'],
      ['Precedence', 'list'],
      ['X-Auto-Response-Suppress', 'All'],
      ['Content-Language', 'zh'],
      ['Content-Type', expect.stringMatching(/^multipart\/alternative; boundary="=_[0-9a-f]{24}"$/)],
    ]);
  });

  it('is read back by a mail parser as it was meant', async () => {
    const email = await parse(send());
    expect(email).toMatchObject({
      from: { name: '人工智能日报', address: 'daily@news.example' },
      replyTo: [{ address: 'editor@news.example' }],
      to: [{ name: '王小明', address: 'Wang.Xiaoming@example.org' }],
      subject: rendered.subject,
      date: '2026-11-21T07:30:05.000Z',
      attachments: [],
    });
    expect(withUnixEnds(email.html)).toBe(fill(rendered.html, recipient, escapeHtml));
    expect(withUnixEnds(email.text)).toBe(fill(rendered.text, recipient));
    expect(email.html).toContain('https://news.example/u/abc123?a=1&amp;b=2');
  });

  it('has its text first, both parts in base64 of at most 76 columns', () => {
    const raw = send().raw.toString('latin1');
    const heads = [...raw.matchAll(/^Content-Type: text\/.*\r\nContent-Transfer-Encoding: .*\r\n\r\n/gm)];
    expect(heads.map(([head]) => head)).toEqual([
      'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n',
      'Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n',
    ]);
    const [, ...body] = raw.split('\r\n\r\n');
    expect(
      Math.max(
        ...body
          .join('\r\n')
          .split('\r\n')
          .map((line) => line.length),
      ),
    ).toBe(76);
  });

  it('holds the parts that nodemailer’s own composer would put into it', async () => {
    const html = fill(rendered.html, recipient, escapeHtml);
    const text = fill(rendered.text, recipient);
    const theirs = await PostalMime.parse(
      await new MailComposer({
        from: sender.from,
        to: { name: recipient.name, address: recipient.address },
        subject: rendered.subject,
        date: new Date(recipient.sendAt),
        html,
        text,
      })
        .compile()
        .build(),
    );
    const ours = await parse(send());
    for (const field of ['from', 'to', 'subject', 'date'] as const)
      expect(ours[field]).toEqual(theirs[field]);
    // Quoted-printable, which it chooses here, closes the last line once more.
    expect(withUnixEnds(ours.html)?.trimEnd()).toBe(withUnixEnds(theirs.html)?.trimEnd());
    expect(withUnixEnds(ours.text)?.trimEnd()).toBe(withUnixEnds(theirs.text)?.trimEnd());
  });

  it('is text alone for who wants text', async () => {
    const message = send({}, {}, { ...rendered, format: 'text', html: [] });
    expect(fieldsOf(message).slice(-2)).toEqual([
      ['Content-Type', 'text/plain; charset=utf-8'],
      ['Content-Transfer-Encoding', 'base64'],
    ]);
    const email = await parse(message);
    expect(withUnixEnds(email.text)).toBe(fill(rendered.text, recipient));
    expect(email.html).toBeUndefined();
    expectSound(message);
  });

  it('is the same, octet for octet, on every attempt', () => {
    expect(send().raw.equals(send().raw)).toBe(true);
    expect(send({ sid: 4712 }).messageId).not.toBe(send().messageId);
  });

  it('goes from an envelope sender of From’s domain that names the delivery, to the one recipient', () => {
    const { envelope } = send();
    expect(envelope.to).toBe('Wang.Xiaoming@example.org');
    expect(envelope.from).toMatch(/@news\.example$/);
    expect(decodeVerp(envelope.from, [sender.issue], [messageIdKey])).toEqual({
      issue: sender.issue,
      sid: 4711,
    });
  });

  it('has no Reply-To where there is none, and no name where there is none', () => {
    const { replyTo: _, ...plain } = sender;
    const message = compose(prepareEdition(rendered, plain), { ...recipient, name: '' });
    expect(headOf(message)).not.toContain('Reply-To');
    expect(headOf(message)).toContain('To: Wang.Xiaoming@example.org\r\n');
  });

  it('keeps ids and URLs on one line, however long', () => {
    const unsubscribeUrl = `https://news.example/u/${'a'.repeat(400)}`;
    const from = { name: 'News', address: `daily@${'long-label.'.repeat(8)}example` };
    const head = headOf(send({ unsubscribeUrl }, { from }));
    expect(head).toContain(`\r\nList-Unsubscribe: <${unsubscribeUrl}>\r\n`);
    expect(head).toMatch(/\r\nMessage-ID: <[0-9a-f]{32}@long-label\..*example>\r\n/);
  });

  it('gives domains outside ASCII as A-labels', () => {
    const message = send(
      { address: 'leser@bücher.example', name: '' },
      { from: { name: 'N', address: 'n@新闻.example' } },
    );
    expect(message.envelope.to).toBe('leser@xn--bcher-kva.example');
    expect(message.envelope.from).toMatch(/@xn--efvy88h\.example$/);
    expectSound(message);
  });

  it('marks a test copy in its subject', async () => {
    const marked = (subjectPrefix: string) =>
      parse(compose(prepareEdition(rendered, sender, { subjectPrefix }), { ...recipient, sid: 0 }));
    expect((await marked(testMarks.zh)).subject).toBe(`【测试】${rendered.subject}`);
    expect((await marked(testMarks.en)).subject).toBe(`[TEST] ${rendered.subject}`);
  });

  it('has a boundary that is the edition’s own and stands in no line of its content', () => {
    const boundaryOf = (message: Message) => /boundary="(.*)"/.exec(headOf(message))?.[1] ?? '';
    const boundary = boundaryOf(send());
    expect(boundaryOf(send({ sid: 9 }))).toBe(boundary);
    expect(boundaryOf(send({}, {}, { ...rendered, editionId: 'ffffffffff' }))).not.toBe(boundary);
    const text = ['--', boundary, '\r\n'];
    const raw = send({}, {}, { ...rendered, text }).raw.toString('latin1');
    expect(raw.split(boundary)).toHaveLength(5);
  });
});

describe('a hostile or unusual name', () => {
  it.each([
    ['quotes and backslashes', 'Anna "the \\ Editor" O’Neil', undefined],
    ['specials', 'Miller, John (Sales) <x@y.example>; @team', undefined],
    ['an encoded word', '=?UTF-8?B?5Lq65bel?=', undefined],
    ['half an encoded word', 'see =?utf-8?Q?a b?= here', undefined],
    ['right to left', 'محمد بن سلمان', undefined],
    ['emoji of several code points', '👩‍👩‍👧‍👦 Familie Öztürk 🇩🇪', undefined],
    ['line ends', 'Eve\r\nBcc: victim@example.org\r\n\r\nHello', 'Eve Bcc: victim@example.org Hello'],
    ['NUL and other controls', 'E\0v\u0007e\u0085\u2028x', 'E v e x'],
    ['nothing but controls', '\r\n\0', ''],
  ])('with %s arrives as a name and as nothing else', async (_, name, expected = name) => {
    const message = send({ name }, { from: { name, address: 'daily@news.example' }, newsletterName: name });
    expectSound(message);
    const email = await parse(message);
    expect(email.to).toEqual([{ name: expected, address: recipient.address }]);
    expect(email.from).toEqual({ name: expected, address: 'daily@news.example' });
    expect(fieldsOf(message).map(([field]) => field)).toEqual(fieldsOf(send()).map(([field]) => field));
  });

  it('is cut where it is too long for a header', async () => {
    const message = send({ name: 'x'.repeat(5000) });
    expectSound(message);
    expect((await parse(message)).to?.[0]?.name).toBe('x'.repeat(128));
  });

  it('of any characters leaves the message sound and its address alone', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'binary' }),
        async (name, subject) => {
          const message = send({ name }, {}, { ...rendered, subject });
          expectSound(message);
          const email = await parse(message);
          expect(email.to?.[0]?.address).toBe(recipient.address);
          expect(email.headers.length).toBe(16);
          const printable = (text: string) =>
            Buffer.from(text)
              .toString()
              .replace(/[\p{Cc}\s]+/gu, ' ')
              .trim();
          expect(printable(email.subject ?? '')).toBe(printable(subject));
        },
      ),
    );
  });

  it('does not matter to addresses of any dot-atom', async () => {
    const atom = fc.stringMatching(/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}$/);
    const address = fc
      .tuple(fc.array(atom, { minLength: 1, maxLength: 3 }), fc.domain())
      .map(([atoms, domain]) => `${atoms.join('.')}@${domain}`);
    await fc.assert(
      fc.asyncProperty(address, fc.string({ unit: 'grapheme' }), async (to, name) => {
        const message = send({ address: to, name });
        expectSound(message);
        expect(message.envelope.to).toBe(to);
        expect((await parse(message)).to?.map((mailbox) => mailbox.address)).toEqual([to]);
      }),
    );
  });
});

describe('what cannot stand in a message', () => {
  const codeOf = (attempt: () => unknown): string | undefined => {
    try {
      attempt();
    } catch (error) {
      if (error instanceof PaperboyError) return error.code;
    }
    return undefined;
  };

  it.each([
    'x@y.example\r\nBcc: z@y.example',
    'x@y.example, z@y.example',
    'x y@z.example',
    '"x"@y.example',
    'x@y@z.example',
    '@y.example',
    'x@',
    'x',
    '',
    'jörg@y.example',
    'x@y.example>',
  ])('is the address %j', (address) => {
    expect(codeOf(() => send({ address }))).toBe('address-invalid');
  });

  it.each([
    'javascript:alert(1)',
    'https://news.example/u/a>, <https://evil.example',
    'https://news.example/u/a\r\nBcc: x@y.example',
    'https://news.example/u/a b',
    `https://news.example/u/${'a'.repeat(500)}`,
    '',
  ])('is the URL %j', (unsubscribeUrl) => {
    expect(codeOf(() => send({ unsubscribeUrl }))).toBe('message-invalid');
    expect(codeOf(() => send({ preferencesUrl: unsubscribeUrl }))).toBe('message-invalid');
  });
});
