import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Config, NewsletterConfig } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { packageRoot } from '../../src/core/package-root.ts';
import { createLinks } from '../../src/delivery/links.ts';
import { type PreflightRequest, preflightIssue } from '../../src/delivery/preflight-issue.ts';
import type { Digest } from '../../src/digest/digest.ts';
import { parseDigest } from '../../src/digest/parse.ts';
import { builtInTopics } from '../../src/digest/topics.ts';
import { generateDkimKey } from '../../src/message/dkim-key.ts';
import { linksOf } from '../../src/preflight/mail-text.ts';
import type { EditionSample } from '../../src/preflight/sample.ts';
import type { HeldPreferenceSet } from '../../subscribers/reader.ts';
import { verifyToken } from '../../subscribers/tokens.ts';
import { corpusFiles, type DigestFile, exampleFiles, hasCorpus } from '../digest/corpus.ts';
import { digestOf, storyOf } from '../helpers/digests.ts';
import { parsedOf, sourcedDigest } from '../preflight/samples.ts';

let folder: string;
let config: Config;
let newsletter: NewsletterConfig;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'paperboy-preflight-'));
  config = loadConfig(join(packageRoot(), 'examples', 'newsletter.yaml'));
  newsletter = config.newsletters[0] as NewsletterConfig;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Noon of the example digest's day, in Shanghai. */
const noon = Date.parse('2026-03-05T12:00:00+08:00');

function look(digest: Digest, more: Partial<PreflightRequest> = {}) {
  return preflightIssue({
    config,
    newsletter,
    parsed: parsedOf(digest),
    held: null,
    publicUrl: 'https://news.example',
    now: noon,
    ...more,
  });
}

const html = 'html' as const;

describe('preflight of an issue', () => {
  it('looks at all topics and at each that has a story; recipients are unknown when nobody can be asked', async () => {
    const { editions, problems, withoutStories } = await look(sourcedDigest());
    expect(editions.map(({ topics, recipients }) => [topics, recipients])).toEqual(
      ['all', ['policy'], ['models'], ['space'], ['telecom'], ['energy']].map((topics) => [topics, null]),
    );
    expect(withoutStories).toBeNull();
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(new Set(problems.map(({ rule }) => rule))).toEqual(new Set(['few-stories']));
  });

  it('looks at every set that subscribers hold, and counts them and those who get no mail', async () => {
    const held: HeldPreferenceSet[] = [
      { preferenceSet: { topics: ['space', 'models'], format: html }, count: 7 },
      { preferenceSet: { topics: 'all', format: 'text' }, count: 5 },
      { preferenceSet: { topics: ['policy'], format: html }, count: 3 },
      { preferenceSet: { topics: ['biotech'], format: html }, count: 2 },
      { preferenceSet: { topics: [], format: html }, count: 1 },
    ];
    const { editions, withoutStories } = await look(sourcedDigest(), { held });
    expect(editions.map(({ topics, recipients, htmlBytes }) => [topics, recipients, htmlBytes > 0])).toEqual([
      ['all', 0, true],
      [['policy'], 3, true],
      [['models'], 0, true],
      [['space'], 0, true],
      [['telecom'], 0, true],
      [['energy'], 0, true],
      [['space', 'models'], 7, true],
      ['all', 5, false],
    ]);
    expect(withoutStories).toBe(3);
  });

  it('knows what day it is where the newsletter is', async () => {
    const rules = async (now: string) =>
      (await look(sourcedDigest(), { now: Date.parse(now) })).problems.map(({ rule }) => rule);
    expect(await rules('2026-03-05T00:30:00+08:00')).not.toContain('date-past');
    expect(await rules('2026-03-05T23:30:00+08:00')).not.toContain('date-past');
    expect(await rules('2026-03-06T00:30:00+08:00')).toContain('date-past');
    expect(await rules('2026-03-04T23:30:00+08:00')).toContain('date-future');
  });

  it('measures copies with links as long as real ones, which open nothing', async () => {
    const samples: EditionSample[] = [];
    const { editions } = await look(sourcedDigest(), { onEdition: (sample) => samples.push(sample) });
    const keys = [{ id: 'k1', secret: Buffer.alloc(32, 7) }];
    const real = createLinks('https://news.example', keys).of(123_456, {
      id: `${newsletter.id}-2026-03-05`,
      newsletter: newsletter.id,
    });
    expect(samples.map(({ edition }) => edition.id)).toEqual(editions.map(({ id }) => id));
    for (const [index, { html: page, unsubscribeUrl }] of samples.entries()) {
      expect(unsubscribeUrl).toHaveLength(real.unsubscribeUrl.length);
      expect(linksOf(page)).toContain(unsubscribeUrl);
      expect(Buffer.byteLength(page)).toBe(editions[index]?.htmlBytes);
      expect(() => verifyToken(keys, 'unsubscribe', unsubscribeUrl.split('/u/')[1] ?? '')).toThrow();
    }
  });

  it('is an error, not a failure, when the mail cannot be rendered', async () => {
    const templates = join(folder, 'mail');
    cpSync(join(packageRoot(), 'templates', 'mail'), templates, { recursive: true });
    const source = readFileSync(join(templates, 'issue.mjml'), 'utf8');
    writeFileSync(join(templates, 'issue.mjml'), source.replace('<mj-body', '<mj-bogus></mj-bogus><mj-body'));
    const { editions, problems } = await look(sourcedDigest(), { templates });
    expect(editions).toEqual([]);
    expect(problems).toMatchObject([{ severity: 'error', rule: 'render-failed' }]);
    writeFileSync(join(templates, 'issue.mjml'), source.replace('{{title}}', '{{titel}}'));
    expect((await look(sourcedDigest(), { templates })).problems).toMatchObject([
      { severity: 'error', rule: 'template-invalid' },
    ]);
  });

  it('is an error of each edition when its copies cannot be composed', async () => {
    const publicUrl = `https://${'a'.repeat(600)}.example`;
    const { editions, problems } = await look(sourcedDigest(), {
      publicUrl,
      sets: [{ topics: 'all', format: html }],
    });
    expect(editions).toEqual([]);
    expect(problems).toMatchObject([
      { severity: 'error', rule: 'message-invalid', edition: expect.any(String) },
    ]);
  });

  it('is an error without a postal address, and with a digest that has no story', async () => {
    const bare = await look(sourcedDigest(), { config: { ...config, postalAddress: '' } });
    expect(bare.problems[0]).toMatchObject({ severity: 'error', rule: 'postal-address-missing' });
    const empty = await look(digestOf([]));
    expect(empty).toMatchObject({ editions: [], problems: [{ severity: 'error', rule: 'no-stories' }] });
  });

  it('refuses a digest without a date', async () => {
    await expect(look({ ...sourcedDigest(), date: null })).rejects.toMatchObject({ code: 'date-missing' });
  });

  it('takes the operator’s subject as every edition’s, and checks it', async () => {
    const { editions, problems } = await look(sourcedDigest(), { subject: '早安 {{name}}' });
    expect(new Set(editions.map(({ subject }) => subject))).toEqual(new Set(['早安 {{name}}']));
    expect(problems[0]).toMatchObject({ rule: 'placeholder-left' });
  });

  it('signs a copy where a key is configured: one that is broken is an error, one that is elsewhere a warning', async () => {
    const privateKeyFile = join(folder, 'dkim.pem');
    const domain = newsletter.from.address.split('@')[1] ?? '';
    const signing = {
      ...config,
      sending: { ...config.sending, dkim: [{ domain, selector: 'p1', privateKeyFile }] },
    };
    const found = async () =>
      (await look(sourcedDigest(), { config: signing })).problems
        .filter(({ rule }) => rule.startsWith('dkim'))
        .map(({ severity, rule, message }) => `${severity} ${rule}: ${message}`);
    expect(await found()).toEqual([
      `warning dkim-untried: the DKIM key ${privateKeyFile} cannot be read here, so that signing was not tried`,
    ]);
    writeFileSync(privateKeyFile, (await generateDkimKey()).privateKeyPem);
    expect(await found()).toEqual([]);
    writeFileSync(privateKeyFile, 'no key');
    expect(await found()).toEqual([expect.stringMatching(/^error dkim-invalid: /)]);
  });

  it('refuses an edition that is too large even after it gave up all that it can', async () => {
    const sources = Array.from({ length: 6_000 }, (_, n) => ({ name: `青湖日报 ${n}` }));
    const stories = [storyOf('一条', { topics: ['policy'], sources })];
    const { problems } = await look(digestOf([{ name: '政策', stories }]), {
      sets: [{ topics: 'all', format: html }],
    });
    expect(problems.map(({ rule }) => rule)).toEqual(['edition-too-large', 'message-large', 'few-stories']);
  });
});

describe('the examples', () => {
  it.each(exampleFiles())('$name has no error, and no edition above 60,000 bytes', looksWell);
});

describe.runIf(hasCorpus)('the real digests', () => {
  it.each(hasCorpus ? corpusFiles('seeds') : [{ name: 'a seed', source: '' }])(
    '$name has no error, and no edition above 60,000 bytes',
    looksWell,
  );

  it('are two', () => {
    expect(corpusFiles('seeds')).toHaveLength(2);
  });
});

async function looksWell({ name, source }: DigestFile): Promise<void> {
  const parsed = parseDigest(source, { topics: builtInTopics, name });
  const now = Date.parse(`${parsed.digest.date}T12:00:00+08:00`);
  const { editions, problems } = await look(parsed.digest, { parsed, now });
  const others = problems.filter(({ rule }) => !['few-stories', 'unknown-category'].includes(rule));
  expect(others).toEqual([]);
  expect(editions.length).toBeGreaterThan(3);
  for (const { htmlBytes, messageBytes } of editions) {
    expect(htmlBytes).toBeLessThan(60_000);
    expect(messageBytes).toBeGreaterThan(htmlBytes);
  }
}
