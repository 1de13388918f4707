import { beforeAll, describe, expect, it } from 'vitest';
import { isShortener, lookalikeReason, siteOf } from '../../src/preflight/link-hosts.ts';
import { copyLinkProblems, digestLinkProblems } from '../../src/preflight/link-rules.ts';
import type { EditionSample } from '../../src/preflight/sample.ts';
import { digestOf, exampleDigest, storyOf } from '../helpers/digests.ts';
import { sampleFor } from './samples.ts';

const linkingTo = (url: string) =>
  digestOf([{ name: '政策', stories: [storyOf('甲', { line: 7, sources: [{ name: '报', url }] })] }]);

const rulesOf = (url: string) =>
  digestLinkProblems(linkingTo(url)).map(({ severity, rule }) => `${severity} ${rule}`);

describe('a link of the digest', () => {
  it('to a web page is no problem', () => {
    expect(digestLinkProblems(exampleDigest())).toEqual([]);
    for (const url of [
      'http://www.people.com.cn/n1/2026/a.html?x=1#top',
      'https://news.ycombinator.com',
      'https://例え.jp/路径',
      'https://新华网.中国/',
      'https://пример.рф/',
      'https://bücher.example/',
      'https://93.184.215.14:8080/',
    ]) {
      expect(rulesOf(url), url).toEqual([]);
    }
  });

  it('to anything else is an error', () => {
    for (const url of [
      'javascript:alert(1)',
      'ftp://a.example/x',
      'data:text/html,x',
      '/relative',
      'http://',
    ]) {
      expect(rulesOf(url), url).toEqual(['error link-scheme']);
    }
  });

  it('to a URL shortener is an error', () => {
    for (const url of [
      'https://bit.ly/3x',
      'http://t.cn/A6',
      'https://WWW.TinyURL.com/y',
      'https://t.co:443/z',
      'https://news.bit.ly/w',
    ]) {
      expect(rulesOf(url), url).toEqual(['error link-shortener']);
    }
    for (const url of ['https://notbit.ly/', 'https://bit.ly.example/', 'https://example.com/bit.ly/x']) {
      expect(isShortener(url), url).toBe(false);
    }
  });

  it('to a host that the writer alone can reach is a warning', () => {
    for (const url of [
      'http://localhost:8080/',
      'http://wiki/page',
      'http://build.internal/',
      'http://printer.local./',
      'http://127.0.0.1/',
      'http://192.168.1.20/',
      'http://172.20.0.1/',
      'http://0x7f000001/',
      'http://[::1]/',
      'http://[fd12::1]/',
    ]) {
      expect(rulesOf(url), url).toEqual(['warning link-private']);
    }
    for (const url of [
      'http://172.32.0.1/',
      'http://11.0.0.1/',
      'http://local.news.example/',
      'http://[2001:db8::1]/',
    ])
      expect(rulesOf(url), url).toEqual([]);
  });

  it('belongs to a site: the registrable domain, a platform’s customers apart', () => {
    expect(siteOf('https://finance.sina.com.cn/a')).toBe('sina.com.cn');
    expect(siteOf('https://one.github.io/a')).toBe('one.github.io');
    expect(siteOf('https://93.184.215.14/a')).toBe('93.184.215.14');
  });

  it('to a host that poses as another is an error', () => {
    for (const url of [
      'https://xn--80ak6aa92e.com/',
      'https://www.аррӏе.com/',
      'https://gооgle.com/', // two Cyrillic о
      'https://ｇｏｏｇｌｅ.com/',
      'https://goo℀gle.com/',
      'https://ΑΒΒΑa.example/', // Greek and a Latin a
    ]) {
      expect(rulesOf(url), url).toEqual(URL.canParse(url) ? ['error link-lookalike'] : ['error link-scheme']);
    }
    expect(lookalikeReason('https://xn--80ak6aa92e.com/')).toContain('аррӏе.com');
  });

  it('is found in the middle of a text too, and told once with its line', () => {
    const url = 'https://bit.ly/3x';
    const digest = digestOf(
      [
        {
          name: '政策',
          stories: [
            storyOf('甲', { line: 7, summary: `见[此处](${url})。` }),
            storyOf('乙', { summary: url }),
          ],
        },
      ],
      { closing: `**[也见](${url})**` },
    );
    expect(digestLinkProblems(digest)).toEqual([
      {
        severity: 'error',
        rule: 'link-shortener',
        lines: [7, digest.categories[0]?.stories[1]?.line],
        message: 'line 7: "https://bit.ly/3x" hides where it leads; link to the page itself',
      },
    ]);
    const [closing] = digestLinkProblems(digestOf([], { closing: `**[也见](${url})**` }));
    expect(closing?.message).toContain('the digest: ');
  });
});

describe('a link of the mail', () => {
  let sample: EditionSample;
  beforeAll(async () => {
    sample = await sampleFor();
  });

  it('goes to the web, or writes to the contact', () => {
    expect(copyLinkProblems(sample)).toEqual([]);
  });

  it('is an error when it goes elsewhere, however it is written', () => {
    for (const href of [
      'href="javascript:x"',
      "HREF='/u/sample'",
      'src="cid:logo"',
      'href="java&#115;cript:x"',
    ]) {
      const [problem] = copyLinkProblems({ ...sample, html: `${sample.html}<a ${href}>x</a>` });
      expect(problem, href).toMatchObject({
        severity: 'error',
        rule: 'link-scheme',
        edition: sample.edition.id,
      });
    }
  });
});
