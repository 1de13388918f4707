import fc from 'fast-check';
import MailComposer from 'nodemailer/lib/mail-composer';
import PostalMime, { type Email } from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { type Chunk, inPieces } from '../../src/message/body.ts';
import { compose, type Recipient } from '../../src/message/compose.ts';
import { relaxedBody } from '../../src/message/dkim-relaxed.ts';
import type { Message } from '../../src/message/message.ts';
import { prepareEdition } from '../../src/message/prepare-message.ts';
import type { SenderIdentity } from '../../src/message/sender-identity.ts';
import { createStencil, fillStencil } from '../../src/message/stencil.ts';
import {
  escapeHtml,
  fill,
  type Piece,
  type RenderedEdition,
  type SlotName,
  type SlotValues,
} from '../../src/render/rendered-edition.ts';

/** One, two, three and four octets a character, so that texts end anywhere in a group of three. */
const words = fc.constantFrom(
  'a',
  'é',
  '的',
  '😀',
  '\n',
  '.',
  ' ',
  '&amp;',
  '👩‍👩‍👧‍👦',
  'مرحبا',
  '=_',
  '--',
  '新闻'.repeat(40),
);
const texts = fc
  .tuple(fc.array(words, { maxLength: 6 }), fc.constantFrom(1, 1, 20, 60))
  .map(([some, times]) => some.join('').repeat(times));
const slots = fc.constantFrom<Piece>(
  { slot: 'unsubscribeUrl' },
  { slot: 'preferencesUrl' },
  { slot: 'webCopyUrl' },
);
const plainPieces = fc.array(fc.oneof(texts, slots), { maxLength: 7 });
const given = fc.record({
  given: fc.constantFrom<SlotName>('webCopyUrl', 'likeUrl', 'unsubscribeUrl'),
  pieces: plainPieces,
});
const pieces = fc.array(fc.oneof(texts, slots, given), { maxLength: 7 });
const value = fc.string({ unit: 'grapheme', maxLength: 200 });
const anyValues: fc.Arbitrary<SlotValues> = fc.record(
  { unsubscribeUrl: value, preferencesUrl: value, webCopyUrl: value, likeUrl: value },
  { requiredKeys: ['unsubscribeUrl', 'preferencesUrl'] },
);

const textOf = (chunks: readonly Chunk[]): string => Buffer.concat(inPieces(chunks)).toString('latin1');

/** At most 76 columns, closed by CRLF, padded nowhere but at the end. */
function expectLines(base64: string): void {
  expect(base64).toMatch(/^(?:(?:[A-Za-z0-9+/]{4}){1,19}\r\n)*(?:[A-Za-z0-9+/]{2,75}={1,2}\r\n)?$/);
}

describe('a stencil', () => {
  it('holds, octet for octet, what filling the pieces gives, whatever the lengths of the values', () => {
    fc.assert(
      fc.property(pieces, fc.array(anyValues, { minLength: 1, maxLength: 4 }), (content, recipients) => {
        const stencil = createStencil(content);
        for (const values of recipients) {
          const lines = textOf(fillStencil(stencil, values, escapeHtml));
          expectLines(lines);
          expect(Buffer.from(lines, 'base64').toString()).toBe(fill(content, values, escapeHtml));
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('does not divide a character that stands half in one piece and half in the next', () => {
    const content = ['x'.repeat(300) + '😀'.slice(0, 1), '😀'.slice(1) + 'y'.repeat(300)];
    const lines = textOf(fillStencil(createStencil(content), { unsubscribeUrl: '', preferencesUrl: '' }));
    expect(Buffer.from(lines, 'base64').toString()).toBe(content.join(''));
  });

  it('encodes what is the same for all once: copies share the very Buffers', () => {
    const before = '新闻'.repeat(1000);
    const after = 'news'.repeat(1000);
    const stencil = createStencil([before, { slot: 'unsubscribeUrl' }, after]);
    const shared = (unsubscribeUrl: string) =>
      fillStencil(stencil, { unsubscribeUrl, preferencesUrl: '' }).filter((chunk) => Buffer.isBuffer(chunk));
    const one = shared('https://news.example/1');
    const other = shared('https://news.example/2');
    expect(one).toHaveLength(2);
    expect(other[0]).toBe(one[0]);
    expect(other[1]).toBe(one[1]);
    // Longer by one: what follows is cut in another way, and what stands before is not.
    const longer = shared('https://news.example/33');
    expect(longer[0]).toBe(one[0]);
    expect(longer[1]).not.toBe(one[1]);
    expect(shared('https://news.example/44')[1]).toBe(longer[1]);
  });
});

const sender: SenderIdentity = {
  newsletter: 'ai-daily',
  newsletterName: '人工智能日报',
  from: { name: '人工智能日报', address: 'daily@news.example' },
  language: 'zh',
  issue: 'ai-daily-2026-11-21',
  messageIdKey: Buffer.alloc(32, 7),
};

const nameWords = fc.constantFrom(
  '王小明',
  '"Anna"',
  'O’Neil',
  "d'Arc",
  '\\',
  '(Sales)',
  'a@b',
  '😀🇩🇪',
  'محمد',
  'שלום',
  'Öz',
  '<x>',
  'x;y',
  'J.R.',
);
const names = fc.array(nameWords, { maxLength: 6 }).map((some) => some.join(' '));
const urls = fc
  .integer({ min: 0, max: 450 })
  .chain((length) =>
    fc
      .constantFrom('a', 'A-b_9.', 'x=1&y=2', '%E4%BA', "('~')")
      .map((unit) => `https://news.example/u/${unit.repeat(length).slice(0, length)}`),
  );
const recipients: fc.Arbitrary<Recipient> = fc.record({
  address: fc.constantFrom('reader@readers.example', 'Wang.Xiaoming+news@example.org'),
  name: names,
  sid: fc.integer({ min: 0, max: 0xffff_ffff }),
  sendAt: fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => seconds * 1000),
  unsubscribeUrl: urls,
  preferencesUrl: urls,
});
const editions: fc.Arbitrary<RenderedEdition> = fc.record({
  editionId: fc.constant('0123456789'),
  format: fc.constant('html' as const),
  subject: names.map((name) => `今日 ${name}`.trim()),
  preheader: fc.constant(''),
  html: pieces.map((content) => ['<!doctype html>\n新', ...content, '\n']),
  text: pieces.map((content) => ['新', ...content, '\n']),
});

describe('a message made with stencils', () => {
  it('is, part by part, the one nodemailer’s own composer makes for the same recipient', async () => {
    await fc.assert(
      fc.asyncProperty(
        editions,
        fc.array(recipients, { minLength: 2, maxLength: 2 }),
        async (edition, readers) => {
          const prepared = prepareEdition(edition, sender);
          for (const reader of readers) {
            const message = compose(prepared, reader);
            const { raw } = message;
            expectSound(message);
            const ours = await PostalMime.parse(raw);
            const theirs = await composedByNodemailer(edition, reader);
            for (const field of ['from', 'to', 'subject', 'date'] as const) {
              expect(ours[field]).toEqual(theirs[field]);
            }
            expect(withUnixEnds(ours.html)).toBe(withUnixEnds(theirs.html));
            expect(withUnixEnds(ours.text)).toBe(withUnixEnds(theirs.text));
            expect(ours.attachments).toEqual([]);
          }
        },
      ),
      { numRuns: 1000 },
    );
  }, 120_000);

  it('has parts of the same octets when they are short, long, empty, or nothing but values', async () => {
    const contents: Piece[][] = [
      [],
      [''],
      [{ slot: 'unsubscribeUrl' }],
      [{ slot: 'unsubscribeUrl' }, { slot: 'preferencesUrl' }],
      ['的'.repeat(5000)],
      [{ slot: 'preferencesUrl' }, 'x'.repeat(256), { slot: 'unsubscribeUrl' }],
    ];
    const reader: Recipient = {
      address: 'reader@readers.example',
      name: '',
      sid: 1,
      sendAt: 0,
      unsubscribeUrl: 'https://news.example/u/1?a=1&b=2',
      preferencesUrl: 'https://news.example/p/1',
    };
    for (const content of contents) {
      const edition = {
        editionId: '0',
        format: 'html',
        subject: 's',
        preheader: '',
        html: content,
        text: content,
      } as const;
      const message = compose(prepareEdition(edition, sender), reader);
      const { raw } = message;
      expectSound(message);
      expect(partsOf(raw)).toEqual([fill(content, reader), fill(content, reader, escapeHtml)]);
    }
  });
});

async function composedByNodemailer(edition: RenderedEdition, reader: Recipient): Promise<Email> {
  const composer = new MailComposer({
    from: sender.from,
    to: { name: reader.name, address: reader.address },
    subject: edition.subject,
    date: new Date(reader.sendAt),
    html: fill(edition.html, reader, escapeHtml),
    text: fill(edition.text, reader),
    // Its other choices close the last line once more. It makes them for what is all ASCII.
    textEncoding: 'base64',
  });
  return PostalMime.parse(await composer.compile().build());
}

/** The octets of each part, read without a parser. */
function partsOf(raw: Buffer): string[] {
  return [...raw.toString('latin1').matchAll(/Encoding: base64\r\n\r\n([\s\S]*?)(?=--=_)/g)].map(
    ([, base64 = '']) => Buffer.from(base64, 'base64').toString(),
  );
}

/**
 * 7-bit, CRLF only, the lines of both bodies in at most 76 columns; nothing of it to dot-stuff, nothing of its body that
 * DKIM would change: what a message given in pieces promises.
 */
function expectSound({ raw, pieces = [] }: Message): void {
  const bodyAt = raw.indexOf('\r\n\r\n') + 4;
  expect(pieces[0]?.indexOf('\r\n\r\n')).toBe(bodyAt - 4);
  expect(relaxedBody(raw.subarray(bodyAt)).equals(raw.subarray(bodyAt))).toBe(true);
  const text = raw.toString('latin1');
  expect(text).not.toMatch(/[^\r\n\x20-\x7e]/);
  expect(text.replace(/\r\n/g, '')).not.toMatch(/[\r\n]/);
  expect(text).not.toMatch(/^\./m);
  expect(text).toMatch(/\r\n$/);
  const lines = text.split('\r\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(998);
  const body = lines.slice(lines.indexOf(''));
  expect(Math.max(...body.map((line) => line.length))).toBeLessThanOrEqual(76);
  // Padding within a part is passed over by some readers and taken for its end by others.
  expect(body.join('\n')).not.toMatch(/=\n[A-Za-z0-9+/]/);
}

function withUnixEnds(text: string | undefined): string | undefined {
  return text?.replace(/\r\n/g, '\n');
}
