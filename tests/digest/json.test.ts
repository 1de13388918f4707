import { describe, expect, it } from 'vitest';
import { type Digest, storiesOf } from '../../src/digest/digest.ts';
import { parseDigest } from '../../src/digest/parse.ts';
import { builtInTopics } from '../../src/digest/topics.ts';
import { exampleFiles } from './corpus.ts';

const parse = (value: unknown) =>
  parseDigest(JSON.stringify(value, null, 2), { topics: builtInTopics, name: 'digest.json' });

describe('JSON', () => {
  it('reads a list of headlines and lists what it has no field for, by line', () => {
    const { digest, unparsed } = parse({
      date: '2026-03-02',
      news: ['甲', '乙'],
      cover: 'https://a.example/x.png',
    });
    expect(storiesOf(digest).map(({ title, line }) => [title, line])).toEqual([
      ['甲', 4],
      ['乙', 5],
    ]);
    expect(digest.date).toBe('2026-03-02');
    expect(unparsed).toEqual([{ line: 7, text: '"cover": "https://a.example/x.png"' }]);
  });

  it('reads a JSON Feed, HTML taken out of its texts', () => {
    const { digest } = parse({
      version: 'https://jsonfeed.org/version/1.1',
      title: 'Harbor Wire 2026-03-19',
      items: [
        { id: '1', url: 'https://a.example/1', title: 'One', content_text: 'Plain.', tags: ['energy'] },
        { id: '2', url: 'https://a.example/2', title: 'Two', content_html: '<p>With <b>tags</b>.</p>' },
      ],
    });
    expect(digest).toMatchObject({ title: 'Harbor Wire 2026-03-19', date: '2026-03-19' });
    expect(
      storiesOf(digest).map(({ title, summary, sources }) => [title, summary, sources[0]?.name]),
    ).toEqual([
      ['One', 'Plain.', 'a.example'],
      ['Two', 'With tags.', 'a.example'],
    ]);
  });

  it('reads headlines with links, sources, summaries and categories', () => {
    const { digest } = parse({
      code: 200,
      data: {
        title: 'Daily',
        date: '2026-03-02',
        items: [
          {
            title: 'One',
            url: 'https://a.example/1',
            source: 'Wire',
            description: 'Text',
            category: '政策',
            tags: ['6G'],
          },
        ],
      },
    });
    expect(digest).toMatchObject({ title: 'Daily', date: '2026-03-02' });
    expect(digest.categories[0]?.name).toBe('政策');
    expect(storiesOf(digest)[0]).toMatchObject({
      title: 'One',
      summary: 'Text',
      tag: '6G',
      sources: [{ name: 'Wire', url: 'https://a.example/1' }],
      topics: ['telecom'],
    });
  });

  it('reads an object of named lists as categories', () => {
    const { digest } = parse({ title: 'D', 政策: [{ title: '甲' }], 能源: [{ title: '乙' }] });
    expect(digest.categories.map(({ name }) => name)).toEqual(['政策', '能源']);
  });

  it('takes no unsafe link, warns of it and lists it', () => {
    const { digest, warnings, unparsed } = parse({
      news: [{ title: 'One <b>x</b>', url: 'javascript:alert(1)' }],
    });
    expect(storiesOf(digest)[0]).toMatchObject({ title: 'One x', sources: [] });
    expect(warnings.map(({ message }) => message).join()).toContain('javascript:');
    expect(unparsed.map(({ text }) => text)).toEqual(['"url": "javascript:alert(1)"']);
  });

  it('resolves topics afresh where the file names ones the table lacks', () => {
    const stories = [
      { title: '甲', topics: ['nothing'] },
      { title: '乙', topics: ['energy'] },
    ];
    const { digest } = parse({ digest: { title: 'D', categories: [{ name: '政策', stories }] } });
    expect(storiesOf(digest).map(({ topics }) => topics)).toEqual([['policy'], ['energy']]);
  });

  it.each([
    null,
    1,
    [],
    {},
    [[['x']]],
    { categories: [null, 1, { name: 2, stories: [null, { title: 3 }] }] },
  ])('finds no story in %j', (value) => {
    const parseAs = () =>
      parseDigest(JSON.stringify(value), { topics: builtInTopics, name: 'x', format: 'json' });
    expect(parseAs).toThrow(expect.objectContaining({ code: 'no-stories' }));
  });

  it('reads again what it printed; only what it finds out anew has no field', () => {
    const [{ source, name } = { source: '', name: '' }] = exampleFiles();
    const printed = parseDigest(source, { topics: builtInTopics, name });
    const again = parse({ digest: printed.digest });
    for (const { text } of again.unparsed) expect(text).toMatch(/^"(?:format|line)": /);
    expect(again.digest).toMatchObject({ title: printed.digest.title, lang: printed.digest.lang });
    const withoutLines = ({ categories }: Digest) =>
      categories.map((category) => ({
        ...category,
        stories: category.stories.map((story) => ({ ...story, line: 0 })),
      }));
    expect(withoutLines(again.digest)).toEqual(withoutLines(printed.digest));
  });

  it('is in the language that it names, and lists a name that no mail is set in', () => {
    const news = ['OpenAI GPT-5', 'Claude 5', 'Gemini 3'];
    expect(parse({ lang: 'zh-CN', news })).toMatchObject({ digest: { lang: 'zh' }, unparsed: [] });
    expect(parse({ language: 'en_US', news: ['甲', '乙'] })).toMatchObject({
      digest: { lang: 'en' },
      unparsed: [],
    });
    expect(parse({ lang: 'tlh', news })).toMatchObject({
      digest: { lang: 'en' },
      unparsed: [{ line: 2, text: '"lang": "tlh"' }],
    });
  });

  it('finds the motto beside the headlines, however deep they stand, and takes it for no news', () => {
    const { digest, unparsed } = parse({ code: 200, data: { news: ['甲', '乙'], tip: '慢慢走，比较快。' } });
    expect(digest.motto).toBe('慢慢走，比较快。');
    expect(digest.closing).toBeUndefined();
    expect(unparsed).toEqual([{ line: 2, text: '"code": 200' }]);
  });
});
