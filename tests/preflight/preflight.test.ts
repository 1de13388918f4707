import { describe, expect, it } from 'vitest';
import { PaperboyError } from '../../src/core/errors.ts';
import { asProblem, preflight } from '../../src/preflight/preflight.ts';
import { hasErrors, problemOf } from '../../src/preflight/problem.ts';
import { digestOf, storyOf } from '../helpers/digests.ts';
import { inputOf, parsedOf, sampleFor, sourcedDigest } from './samples.ts';

describe('preflight', () => {
  it('finds nothing in a good issue, and reports every edition', async () => {
    const sample = await sampleFor(sourcedDigest());
    const { editions, problems } = preflight(inputOf({ editions: [sample] }));
    expect(problems).toEqual([]);
    expect(editions).toEqual([
      {
        id: sample.edition.id,
        topics: 'all',
        recipients: 1,
        stories: 6,
        subject: sample.rendered.subject,
        preheader: sample.rendered.preheader,
        htmlBytes: Buffer.byteLength(sample.html),
        messageBytes: sample.message.raw.length,
        readingMinutes: sample.edition.readingMinutes,
      },
    ]);
  });

  it('tells errors first, and of either kind those of the whole issue first', async () => {
    const sample = await sampleFor(sourcedDigest(), { topics: ['energy'], format: 'html' });
    const { problems } = preflight(
      inputOf({
        parsed: parsedOf(sourcedDigest(), { unparsed: [{ line: 3, text: 'stray' }] }),
        sender: { legalName: '', postalAddress: '样例市示范路 1 号' },
        editions: [{ ...sample, text: '' }],
      }),
    );
    expect(problems.map(({ severity, rule, edition }) => [severity, rule, edition])).toEqual([
      ['error', 'legal-name-missing', undefined],
      ['error', 'postal-address-missing', sample.edition.id],
      ['error', 'unsubscribe-missing', sample.edition.id],
      ['warning', 'unparsed-text', undefined],
      ['warning', 'few-stories', sample.edition.id],
    ]);
    expect(hasErrors(problems)).toBe(true);
    expect(hasErrors(problems.slice(3))).toBe(false);
  });

  it('runs every rule of the issue', () => {
    const story = { summary: '见 https://bit.ly/3x 与 {{x}}', sources: [], topics: ['other'] };
    const stories = [storyOf('甲', { ...story, line: 5 }), storyOf('甲', story)];
    const { problems } = preflight(
      inputOf({
        parsed: parsedOf(digestOf([{ name: '占星', stories }]), {
          warnings: [
            { line: 5, message: 'unknown' },
            { line: 1, message: 'no title' },
          ],
          unparsed: [
            { line: 9, text: 'stray' },
            { line: 10, text: '以上内容由AI生成' },
          ],
        }),
        today: '2026-03-06',
        sender: { legalName: '', postalAddress: '' },
        denyWords: ['占星'],
      }),
    );
    expect(new Set(problems.map(({ rule }) => rule))).toEqual(
      new Set([
        'legal-name-missing',
        'postal-address-missing',
        'placeholder-left',
        'chatter-left-out',
        'denied-word',
        'link-shortener',
        'duplicate-stories',
        'source-missing',
        'date-past',
        'unknown-category',
        'parse-warning',
        'unparsed-text',
      ]),
    );
  });

  it('runs every rule of an edition', async () => {
    const sample = await sampleFor(sourcedDigest(), { topics: ['energy'], format: 'html' });
    const mark = `(${'0123456789abcdef'.repeat(2)} meta)`;
    const broken = {
      ...sample,
      html: `${'x'.repeat(95_001)}<a href="ftp://a.example"><h3 style="color:#999;display:grid">x<img src="x">`,
      text: mark,
      rendered: { ...sample.rendered, subject: '' },
      message: { ...sample.message, raw: Buffer.from(`Subject: x\r\n\r\n${'x'.repeat(225_000)}`) },
    };
    const { problems } = preflight(inputOf({ editions: [broken] }));
    expect(new Set(problems.map(({ rule, edition }) => `${rule} ${edition ?? ''}`))).toEqual(
      new Set([
        ...[
          'edition-too-large',
          'message-large',
          'subject-empty',
          'mark-left',
          'legal-name-missing',
          'postal-address-missing',
          'unsubscribe-missing',
          'list-id-missing',
          'header-missing',
          'message-malformed',
          'link-scheme',
          'few-stories',
          'heading-order',
          'lang-missing',
          'title-missing',
          'alt-missing',
        ].map((rule) => `${rule} ${sample.edition.id}`),
        'contrast-low ',
        'client-unsupported ',
      ]),
    );
    const loud = { ...sample, rendered: { ...sample.rendered, subject: '快讯！！' } };
    expect(preflight(inputOf({ editions: [loud] })).problems.map(({ rule }) => rule)).toContain(
      'spam-trigger',
    );
  });

  it('takes editions one by one and keeps none', () => {
    let alive = 0;
    function* editions() {
      for (let n = 0; n < 3; n++) {
        alive++;
        yield problemOf('few-stories', 'made on demand', String(n));
        alive--;
      }
    }
    expect(preflight(inputOf({ editions: editions() })).problems).toHaveLength(3);
    expect(alive).toBe(0);
  });

  it('counts what cannot be rendered or composed as a problem, and nothing else', () => {
    const failed = new PaperboyError('render-failed', 'MJML refuses the mail: line 3');
    expect(asProblem(failed, 'e')).toEqual({
      severity: 'error',
      rule: 'render-failed',
      edition: 'e',
      message: 'MJML refuses the mail: line 3',
    });
    const bug = new TypeError('not our fault');
    expect(() => asProblem(bug)).toThrow(bug);
  });
});
