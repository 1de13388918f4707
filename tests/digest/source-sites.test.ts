import { describe, expect, it } from 'vitest';
import { storiesOf } from '../../src/digest/digest.ts';
import { siteName } from '../../src/digest/links.ts';
import { parseDigest } from '../../src/digest/parse.ts';
import { builtInTopics } from '../../src/digest/topics.ts';

describe('the name of a site', () => {
  it.each([
    ['https://www.news.example/a/1', 'news.example'],
    ['http://m.news.example:8080/a', 'm.news.example:8080'],
    ['https://x.com/somebody/status/1', 'x.com/somebody'],
    ['https://x.com/i/web/status/1', 'x.com'],
    ['https://github.com/northlab/tinydoc/releases/tag/v1', 'github.com/northlab/tinydoc'],
    ['https://github.com/trending/python', 'github.com'],
    ['https://huggingface.co/papers/2603.1', 'huggingface.co'],
    ['https://huggingface.co/northlab/tiny', 'huggingface.co/northlab/tiny'],
    ['https://youtube.com/@somebody', 'youtube.com/@somebody'],
    ['https://youtube.com/watch?v=1', 'youtube.com'],
    [`https://github.com/${'a'.repeat(40)}/${'b'.repeat(40)}`, 'github.com'],
  ])('of %s is %s', (url, name) => expect(siteName(url)).toBe(name));
});

describe('a link without a name', () => {
  const sourcesOf = (source: string) =>
    storiesOf(
      parseDigest(`# D 2026-03-02\n\n${source}`, { topics: builtInTopics, name: 'digest.md' }).digest,
    ).map(({ sources }) => sources.map(({ name }) => name));

  it('is called what the digest calls its site elsewhere', () => {
    expect(
      sourcesOf('## News\n\n- One ([Harbor](https://harbor.example/1))\n- [Two](https://harbor.example/2)\n'),
    ).toEqual([['Harbor'], ['Harbor']]);
    expect(
      sourcesOf(
        '## 新闻\n\n- 一 ([港口报](https://port.example/1))\n- 二 ([港口报](https://port.example/2))\n- [三](https://port.example/3)\n',
      ),
    ).toEqual([['港口报'], ['港口报'], ['港口报']]);
  });

  it('is called by its category when that stands in its address', () => {
    expect(
      sourcesOf('## Harbor Wire\n\n- [One](https://harborwire.example/1)\n- [Two](https://b.example/2)\n'),
    ).toEqual([['Harbor Wire'], ['b.example']]);
  });

  it('stays a site where names disagree, or a name was given once and says something else', () => {
    expect(
      sourcesOf(
        '## News\n\n- One ([Wire](https://port.example/1))\n- Two ([Post](https://port.example/2))\n- [Three](https://port.example/3)\n',
      ).at(-1),
    ).toEqual(['port.example']);
    expect(
      sourcesOf('## 新闻\n\n- 一 ([论文](https://port.example/1))\n- [二](https://port.example/2)\n').at(-1),
    ).toEqual(['port.example']);
  });

  it('is told from others of its site by the end of its address', () => {
    expect(
      sourcesOf(
        '### One\n\nText.\n\n相关链接：\n- https://blog.example/a/ferry-line-opens/\n- https://blog.example/b/crane-school?x=1\n- https://blog.example/c/20260302\n\n### Two\n\nText.\n',
      )[0],
    ).toEqual(['blog.example/…/ferry-line-opens', 'blog.example/…/crane-school', 'blog.example']);
  });

  it('is told from others of its site by its number where the address ends in one', () => {
    expect(
      sourcesOf(
        '### One\n\nText.\n\n相关链接：\n- https://x.com/somebody/status/2026711387\n- https://x.com/somebody/status/2026470121\n\n### Two\n\nText.\n',
      )[0],
    ).toEqual(['x.com/somebody', 'x.com/somebody (2)']);
  });

  it('that leads to the same page twice is one source', () => {
    expect(
      sourcesOf(
        '## A\n\n### [One](https://a.example/1?utm_source=rss)\n\nText. [Continue reading…](https://a.example/1)\n\n### Two\n\nText.\n',
      )[0],
    ).toEqual(['a.example']);
  });
});
