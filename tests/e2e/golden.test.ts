/**
 * What a relay gets of every edition of every digest, from outside: subscribers of every choice, `send`, an SMTP server.
 * Golden files hold the messages of the examples, so that no header field, order or encoding changes unseen. After a
 * change that is meant: `npx vitest run tests/e2e/golden.test.ts -u`, and look at the difference.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import PostalMime, { type Email } from 'postal-mime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/core/package-root.ts';
import { builtInTopics } from '../../src/digest/topics.ts';
import type { EditionSample } from '../../src/preflight/sample.ts';
import { exampleFiles } from '../digest/corpus.ts';
import { nameOf, newsletterOf, provenDigests, publicUrl, renderAll } from '../helpers/editions.ts';
import { createWorkplace, type Workplace } from '../helpers/program.ts';
import { hasDkimpy, hasPython, type PythonMail, readWithPython } from '../helpers/python-mail.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { type SmtpSink, startSmtpSink } from '../helpers/smtp-sink.ts';
import { fieldNames, fieldsOf, golden, type Received } from './golden.ts';

/** One reader of each choice of topics, and one who takes text; some with names that headers must encode. */
const names = ['王小明', 'Anna "Annie" Öz', 'O’Neil, Sam', 'مريم', 'Plain Name', ''];
const readers = [
  { edition: 'all', topics: 'all', format: 'html' },
  ...builtInTopics.map(({ id }) => ({ edition: id, topics: id, format: 'html' })),
  { edition: 'text', topics: 'all', format: 'text' },
].map((reader, index) => ({ ...reader, name: names[index % names.length] ?? '' }));

/** What was received of one edition, as it came and as two parsers read it. */
interface Copy extends Received {
  readonly edition: string;
  readonly mail: Email;
}

let redis: TestRedis;
let sink: SmtpSink;
let place: Workplace;
let key: { readonly name: string; readonly record: string };
const copies = new Map<string, Copy[]>();

beforeAll(async () => {
  [redis, sink] = await Promise.all([startTestRedis(), startSmtpSink({ keep: 'raw' })]);
  place = await createWorkplace({ REDIS_URL: redis.url, SMTP_URL: sink.url, PUBLIC_URL: publicUrl });
  await place.json(['init', '--config', 'unused.yaml']);
  Object.assign(place.env, { KEYRING: join(place.folder, 'data', 'keyring.json') });
  const generated = ['dkim', 'generate', '--domain', 'news.invalid', '--selector', 'p1', '--out', 'p1.pem'];
  const { data } = await place.json<{ name: string; value: string }>(generated);
  key = { name: `${data.name}.`, record: data.value };
  const signing = '  relays: []\n  dkim: [{ domain: news.invalid, selector: p1, privateKeyFile: p1.pem }]';
  const config = readFileSync(join(packageRoot(), 'examples', 'newsletter.yaml'), 'utf8');
  await place.write('newsletter.yaml', config.replace('sending: { relays: [] }', `sending:\n${signing}`));
  const rows = readers.map(({ edition, topics, format, name }) =>
    [`${edition}@readers.example`, `"${name.replaceAll('"', '""')}"`, 'all', topics, format].join(','),
  );
  await place.write('readers.csv', ['email,name,newsletters,topics,format', ...rows].join('\n'));
  await place.json(['subscribers', 'import', 'readers.csv', '--consent', 'a test']);
  for (const { name, source } of provenDigests) copies.set(name, await sendAndReceive(name, source));
}, 240_000);

afterAll(async () => {
  await Promise.all([redis?.stop(), sink?.stop()]);
  await place?.remove();
});

async function sendAndReceive(name: string, source: string): Promise<Copy[]> {
  const before = (await sink.record()).length;
  const file = await place.write(name, source);
  const { status, stderr } = await place.json(['send', file, '--newsletter', newsletterOf(name), '--wait']);
  expect(status, stderr).toBe(0);
  const received = (await sink.record()).slice(before);
  const read = received.map(async ({ from, rcpt, raw: octets = Buffer.alloc(0) }): Promise<Copy> => {
    const [edition = ''] = rcpt.split('@');
    return { edition, mailFrom: from, rcpt, raw: octets, mail: await PostalMime.parse(octets) };
  });
  const order = new Map(readers.map((reader, index) => [reader.edition, index]));
  return (await Promise.all(read)).sort((a, b) => (order.get(a.edition) ?? 0) - (order.get(b.edition) ?? 0));
}

const goldenFolder = join(import.meta.dirname, 'golden');
const goldenName = (name: string) => `${basename(name).replace(/\.\w+$/, '')}.txt`;
const unixEnds = (text: string | undefined | null) => text?.replaceAll('\r\n', '\n');
/** The parts of a copy without the links of its reader, which no sample shares. */
const withoutLinks = (text: string | undefined | null) =>
  unixEnds(text)?.replaceAll(/https:\/\/news\.example\/\w+\/[\w.~-]+/g, '«link»');

it('has a golden file for each example', () => {
  expect(readdirSync(goldenFolder).sort()).toEqual(
    exampleFiles()
      .map(({ name }) => goldenName(name))
      .sort(),
  );
});

describe.each(exampleFiles())('the messages of $name', ({ name }) => {
  it('are those of the golden file', async () => {
    const shown = (copies.get(name) ?? []).map(
      (copy) => `=== ${copy.edition}: ${copy.mail.subject}\n${golden(copy)}\n`,
    );
    await expect(shown.join('\n')).toMatchFileSnapshot(join(goldenFolder, goldenName(name)));
  });
});

describe.each(provenDigests)('every message of $name', (file) => {
  let samples: readonly EditionSample[];
  let received: readonly Copy[];
  beforeAll(async () => {
    samples = (await renderAll(file)).samples;
    received = copies.get(file.name) ?? [];
  });
  const sampleOf = ({ edition }: Copy) =>
    samples.find((sample) => nameOf(sample) === (edition === 'text' ? 'all' : edition));

  it('is there: one for each choice that has a story', () => {
    expect(received.map(({ edition }) => edition)).toEqual([...samples.map(nameOf), 'text']);
  });

  it('has the header fields of the golden files, in their order', () => {
    const model =
      exampleFiles().find(({ name }) => newsletterOf(name) === newsletterOf(file.name))?.name ?? '';
    const [htmlModel, textModel] = ['all', 'text'].map((edition) =>
      copies.get(model)?.find((copy) => copy.edition === edition),
    );
    for (const { edition, raw } of received)
      expect([edition, fieldNames(raw)]).toEqual([
        edition,
        fieldNames((edition === 'text' ? textModel : htmlModel)?.raw ?? Buffer.alloc(0)),
      ]);
  });

  it('is 7-bit, ends its lines with CRLF alone and keeps them within 998 octets', () => {
    for (const { raw } of received) {
      const text = raw.toString('latin1');
      expect(text).not.toMatch(/[^\r\n\t\x20-\x7e]/);
      expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
      expect(text.endsWith('\r\n')).toBe(true);
      expect(Math.max(...text.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998);
      for (const field of fieldsOf(raw))
        expect(
          Math.max(...(field.match(/=\?.*?\?=/g) ?? ['']).map((word) => word.length)),
        ).toBeLessThanOrEqual(75);
    }
  });

  it('says what its edition says, as postal-mime reads it', () => {
    for (const copy of received) {
      const { mail, edition } = copy;
      const sample = sampleOf(copy);
      expect(mail.subject).toBe(sample?.rendered.subject);
      expect(mail.from?.address).toMatch(/@news\.invalid$/);
      const reader = readers.find((one) => one.edition === edition);
      expect(mail.to).toEqual([{ name: reader?.name, address: `${edition}@readers.example` }]);
      expect(withoutLinks(mail.text)).toBe(withoutLinks(sample?.text));
      expect(withoutLinks(mail.html)).toBe(edition === 'text' ? undefined : withoutLinks(sample?.html));
      expect(mail.attachments).toEqual([]);
    }
  });

  it('can be left with one click, and with each link in it', () => {
    for (const { mail, raw } of received) {
      const value = (name: string) => mail.headers.find(({ key: field }) => field === name)?.value ?? '';
      const [, link = ''] = /^<(https:[^>]+)>$/.exec(value('list-unsubscribe')) ?? [];
      expect(link).toMatch(/^https:\/\/news\.example\/u\/[\w.~-]+$/);
      expect(value('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click');
      expect(mail.text).toContain(link);
      if (mail.html !== undefined) expect(mail.html).toContain(link);
      const signature = fieldsOf(raw).find((field) => field.startsWith('DKIM-Signature:')) ?? '';
      const signed = /\sh=([^;]+);/
        .exec(signature.replaceAll(/\s+/g, ' '))?.[1]
        ?.toLowerCase()
        .split(/ ?: ?/);
      expect(signed).toEqual(
        expect.arrayContaining(['list-unsubscribe', 'list-unsubscribe-post', 'from', 'subject']),
      );
    }
  });

  it('is found signed by mailauth', async () => {
    for (const { raw } of received) {
      const { results } = await dkimVerify(raw, { resolver: async () => [[key.record]] });
      expect(results.map(({ status, signingDomain }) => [signingDomain, status.result])).toEqual([
        ['news.invalid', 'pass'],
      ]);
    }
  });

  describe('as Python reads it', () => {
    let python: readonly PythonMail[];
    beforeAll(() => {
      python = hasPython
        ? readWithPython(
            received.map(({ raw }) => raw),
            key,
          )
        : [];
    });

    it.runIf(hasPython)('has no defect by its strict policy, and says the same', () => {
      for (const [index, { defects, headers, from, to, text, html, types }] of python.entries()) {
        const { mail, raw, edition } = received[index] as Copy;
        expect(defects).toEqual([]);
        expect(headers.map(([name]) => name)).toEqual(fieldNames(raw));
        expect(Object.fromEntries(headers).Subject).toBe(mail.subject);
        expect(from).toEqual([[mail.from?.name, mail.from?.address]]);
        expect(to).toEqual(mail.to?.map(({ name, address }) => [name, address]));
        expect(unixEnds(text)).toBe(unixEnds(mail.text));
        expect(unixEnds(html) ?? undefined).toBe(unixEnds(mail.html));
        expect(types).toEqual(
          edition === 'text'
            ? [['text/plain', 'utf-8']]
            : [
                ['multipart/alternative', null],
                ['text/plain', 'utf-8'],
                ['text/html', 'utf-8'],
              ],
        );
      }
      expect(python).toHaveLength(received.length);
    });

    it.runIf(hasDkimpy)('is found signed by dkimpy', () => {
      expect(python.map(({ dkim }) => dkim)).toEqual(received.map(() => true));
    });
  });
});
