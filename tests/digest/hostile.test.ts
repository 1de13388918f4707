/** Input is hostile: nothing but text, bold, code and safe links comes out, and nothing makes the parser slow or crash. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PaperboyError } from '../../src/core/errors.ts';
import type { DigestFormat, ParsedDigest } from '../../src/digest/digest.ts';
import { storiesOf } from '../../src/digest/digest.ts';
import { safeUrl } from '../../src/digest/links.ts';
import { parseDigest } from '../../src/digest/parse.ts';
import { builtInTopics } from '../../src/digest/topics.ts';
import { exampleFiles } from './corpus.ts';
import { lostLines, urlsOf } from './line-account.ts';

const formats: (DigestFormat | undefined)[] = [undefined, 'labelled', 'tagged', 'markdown', 'json'];

function parse(source: string, format?: DigestFormat): ParsedDigest {
  return parseDigest(source, {
    topics: builtInTopics,
    name: 'hostile',
    force: true,
    ...(format && { format }),
  });
}

/** The digest, or undefined for an error with a code; any other error is the test's. */
function parseOrRefuse(source: string, format?: DigestFormat): ParsedDigest | undefined {
  try {
    return parse(source, format);
  } catch (error) {
    expect(error).toBeInstanceOf(PaperboyError);
    return undefined;
  }
}

function expectHonest(source: string, parsed: ParsedDigest | undefined): void {
  if (parsed === undefined) return;
  for (const url of urlsOf(parsed)) {
    expect(safeUrl(url)).toBe(url);
    expect(source).toContain(url);
  }
  expect(lostLines(source, parsed)).toEqual([]);
}

const labelled = (title: string, text: string) =>
  `晨报 (2026-03-02)\n\n**政策**\n\n**${title}**\n说明：${text}\n来源出处：[报](https://a.example/1)\n`;

describe('hostile input', () => {
  it('loses its tags and keeps its text', () => {
    const parsed = parse(
      labelled('<img src=x onerror="alert(1)">甲</mj-text>', '<script>alert(1)</script>{{constructor}}'),
    );
    expect(storiesOf(parsed.digest)[0]).toMatchObject({ title: '甲', summary: 'alert(1){{constructor}}' });
  });

  it('loses scripts that span lines, and they are listed', () => {
    const source = labelled('甲', '一').replace('**政策**', '<script>\nalert(1)\n</script>\n\n**政策**');
    const parsed = parse(source);
    expect(JSON.stringify(parsed.digest)).not.toContain('alert');
    expect(parsed.unparsed.map(({ line }) => line)).toEqual([3, 4, 5]);
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html;base64,eA==',
    'https://user@a.example/',
    'vbscript:x',
    'file:///etc/passwd',
  ])('loses links to %s, in sources and in texts', (url) => {
    const source = labelled('甲', `见[这里](${url})`).replace('https://a.example/1', url);
    const parsed = parse(source);
    expect(storiesOf(parsed.digest)[0]).toMatchObject({ summary: '见这里', sources: [{ name: '报' }] });
    expect(JSON.stringify(parsed.digest)).not.toContain(url);
    expect(parsed.warnings.filter(({ message }) => message.includes(url.slice(0, 20)))).toHaveLength(2);
    expectHonest(source, parsed);
  });

  it('loses control and bidi-override characters', () => {
    const parsed = parse(labelled('甲\u202e乙\u0000\u2066丙', '一\u0007\u009b二'));
    expect(storiesOf(parsed.digest)[0]).toMatchObject({ title: '甲乙丙', summary: '一二' });
  });

  it('keeps a title of 10,000 characters', () => {
    const title = '长'.repeat(10_000);
    expect(storiesOf(parse(labelled(title, '一')).digest)[0]?.title).toBe(title);
  });

  it.each([
    ['### ', '\n\n正文。\n'],
    ['- **', '**：正文 [报](https://a.example/1)\n'],
    ['- [', '](https://a.example/1)\n'],
    ['**', '**\n\n正文。来源：某报\n'],
    ['| ', ' | [报](https://a.example/1) |\n'],
    ['<h3><a href="https://a.example/1">', '</a></h3>\n<p>正文。</p>\n'],
  ])('keeps a title of 10,000 characters between %j and %j, and 500 stories so', (before, after) => {
    const head = before === '| ' ? '# 晨报\n\n| 标题 | 来源 |\n|---|---|\n' : '# 晨报\n\n## 政策\n\n';
    const title = '长'.repeat(10_000);
    const long = parse(head + [title, '乙'].map((name) => before + name + after).join(''));
    expect(storiesOf(long.digest)[0]?.title).toBe(title);
    const many = Array.from({ length: 500 }, (_, n) => `${before}第${n}号${after}`.replaceAll('/1', `/${n}`));
    expect(storiesOf(parse(head + many.join('')).digest)).toHaveLength(500);
  });

  it('reads a BOM, CRLF and trailing spaces like the plain file', () => {
    const source = labelled('甲', '一');
    expect(parse(`\ufeff${source.replace(/\n/g, '  \r\n')}`)).toEqual(parse(source));
  });

  it('reads a megabyte of stories', () => {
    const stories = Array.from(
      { length: 11_000 },
      (_, n) => `**标题第${n}号**\n说明：第${n}号的说明文字。\n来源出处：[报](https://a.example/${n})\n`,
    );
    const source = `晨报 (2026-03-02)\n\n**政策**\n\n${stories.join('\n')}`;
    expect(Buffer.byteLength(source)).toBeGreaterThan(1_000_000);
    expect(storiesOf(parse(source).digest)).toHaveLength(11_000);
  });

  it('does not grow without limit by links that are named again and again', () => {
    const address = `https://a.example/${'x'.repeat(1_900)}`;
    const source = `# D 2026-03-02\n\n## News\n\n${'- one [1] two [1] three [1]\n'.repeat(5_000)}\n[1]: ${address}\n`;
    expect(JSON.stringify(parse(source).digest).length).toBeLessThan(4_000_000);
  });

  it.each([
    '[',
    '](',
    '**a**\n',
    '- a：b\n',
    '1. a\n',
    '|a|\n|-|\n',
    '# x (2026-01-01)\n',
    '```\n',
    '<!--\n',
    'AI-b\n',
    '---\n',
    '  - a\n',
    '{"a":',
    '[[',
    'a|',
    '[a](https://b.example/x) ',
    '<a href="https://b.example/x">',
    '<b>a</b>',
    '<summary>a\n',
    '**a**：',
    '**a**：\n',
    '来源：',
    'a。(b)',
    '（',
    '> [!note] a\n',
    '【a】\n▌b\nc\n',
    '欢迎',
    '_a ',
    'task id: 1',
    'a\tb\tc\n',
    '09:31 a\n',
    '09:31 ',
    'a。b。\n',
    '2026-03-02 · a\n',
    '<span class="tag">a</span>\n',
  ])('reads or refuses a long file of %j', (part) => {
    for (const format of formats) parseOrRefuse(part.repeat(Math.ceil(200_000 / part.length)), format);
  });
});

describe('any text', () => {
  const pieces = fc.constantFrom(
    ...[
      '# T (2026-03-02)',
      '## 政策',
      '### 一、甲',
      '**乙**',
      '说明：',
      '背景:二',
      '要点：',
      '- 三：四',
      '  - 五',
      '1. 六',
      '2、七',
      '来源出处：[报](https://a.example/1)',
    ],
    ...[
      '来源:某某。',
      'AI技术-标题',
      '深度解析:题',
      '# 深度解析',
      '趋势总结',
      '今日核心趋势总结:末',
      '| 标题 | 来源 |',
      '|---|---|',
      '| 甲 | [b](https://b.example/2) |',
    ],
    ...[
      '---',
      '```',
      '> 引用',
      '',
      '[x](javascript:y)',
      '![i](https://a.example/i.png)',
      '<b>粗</b>',
      '<script>',
      '</script>',
      '<!--',
      '-->',
      '`#1`',
      '*小字*',
      'title: x',
    ],
    ...[
      '一段比较长的正文,里面有横线-也有冒号:还有[链接](https://c.example/3)和`代码`,足够长。',
      'Source (Wire)',
      'Why it matters: z',
      '\u202e',
      '====',
      'https://d.example/4',
    ],
  );
  const line = fc.oneof(
    { weight: 6, arbitrary: pieces },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
  );
  const document = fc.array(line, { maxLength: 30 }).map((lines) => lines.join('\n'));

  it.each(formats)(
    'read as %s is parsed or refused with a code, loses no line and gains no link',
    (format) => {
      fc.assert(
        fc.property(document, (source) => expectHonest(source, parseOrRefuse(source, format))),
        { numRuns: 500 },
      );
    },
  );

  it('stays honest when lines of a real digest are shuffled', () => {
    for (const { source } of exampleFiles()) {
      const lines = source.split('\n').filter((text) => text !== '---');
      const shuffled = fc.shuffledSubarray(lines, { minLength: 3 }).map((some) => some.join('\n'));
      fc.assert(
        fc.property(shuffled, (text) => expectHonest(text, parseOrRefuse(text))),
        { numRuns: 200 },
      );
    }
  });
});
