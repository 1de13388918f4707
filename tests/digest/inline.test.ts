import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanInline, type InlineNode, inlineText, parseInline } from '../../src/digest/inline.ts';
import { safeUrl } from '../../src/digest/links.ts';

const text = (value: string): InlineNode => ({ type: 'text', text: value });
const strong = (...children: InlineNode[]): InlineNode => ({ type: 'strong', children });
const link = (url: string, ...children: InlineNode[]): InlineNode => ({ type: 'link', url, children });

describe('inline Markdown', () => {
  it.each<[string, InlineNode[]]>([
    ['plain', [text('plain')]],
    ['', []],
    ['a **b** c', [text('a '), strong(text('b')), text(' c')]],
    ['**“引号”**后面', [strong(text('“引号”')), text('后面')]],
    ['__b__ snake__case__name', [strong(text('b')), text(' snake__case__name')]],
    ['`**x**` y', [{ type: 'code', text: '**x**' }, text(' y')]],
    ['``a`b``', [{ type: 'code', text: 'a`b' }]],
    ['[名](https://a.example/x)', [link('https://a.example/x', text('名'))]],
    ['[**b**](https://a.example/)', [link('https://a.example/', strong(text('b')))]],
    ['**[t](https://a.example/)**', [strong(link('https://a.example/', text('t')))]],
    ['[t](https://a.example/a_(b) "title")', [link('https://a.example/a_(b)', text('t'))]],
    ['<https://a.example/>', [link('https://a.example/', text('https://a.example/'))]],
    [
      '见https://a.example/x。',
      [text('见'), link('https://a.example/x', text('https://a.example/x')), text('。')],
    ],
    ['*soft* and ~~gone~~', [text('soft and ~~gone~~')]],
    [
      '_soft_ and *a _b_ c* but not snake_case or _open',
      [text('soft and a b c but not snake_case or _open')],
    ],
    ['中文_强调_，_@name', [text('中文强调，_@name')]],
    ['***ST金刚：公告**', [strong(text('*ST金刚：公告'))]],
    ['2*3*4 and a * b', [text('2*3*4 and a * b')]],
    ['\\*kept\\*', [text('*kept*')]],
  ])('reads %s', (source, nodes) => expect(parseInline(source)).toEqual(nodes));

  it('turns marks that are never closed back into what they were', () => {
    expect(inlineText('**a *b `c [d](e')).toBe('**a *b `c [d](e');
  });

  it.each([
    ['[x](javascript:alert(1))', 'x'],
    ['[x](data:text/html,hi)', 'x'],
    ['[x](https://user:pass@a.example/)', 'x'],
    ['[x](//a.example/)', 'x'],
    ['[x](/relative)', 'x'],
    [`[x](https://a.example/${'y'.repeat(2_048)})`, 'x'],
    ['[x](https://a.example\\@evil.example/)', 'x'],
    ['[a [b](https://in.example/) c](javascript:x)', 'a b c'],
  ])('keeps only the text of %s', (source, kept) => {
    expect(inlineText(source)).toBe(kept);
    expect(JSON.stringify(parseInline(source))).not.toContain('javascript:');
  });

  it('drops an image to its alternative text, also where it is a link', () => {
    expect(parseInline('![logo](https://a.example/x.png)')).toEqual([text('logo')]);
    expect(inlineText('[![alt](https://a.example/i)](https://a.example/)')).toBe('alt');
  });

  it('drops HTML tags and keeps what is no tag', () => {
    expect(inlineText('<script>alert(1)</script></mj-text><img src=x onerror="y">a<br/>b<!-- c -->')).toBe(
      'alert(1)ab',
    );
    expect(inlineText('List<String> and 1 < 2 > 0')).toBe('List<String> and 1 < 2 > 0');
    expect(inlineText('`<b>` stays')).toBe('<b> stays');
  });

  it('nests no link in a link', () => {
    expect(parseInline('[a [b](https://b.example/) c](https://a.example/)')).toEqual([
      link('https://a.example/', text('a b c')),
    ]);
  });

  it('cleans a text of tags and unsafe destinations and leaves its other Markdown', () => {
    expect(cleanInline('<b>**x**</b> [y](javascript:z) [w](https://a.example/)')).toEqual({
      text: '**x** y [w](https://a.example/)',
      dropped: ['javascript:z'],
    });
  });

  const hostile = fc.array(
    fc.constantFrom(
      '[',
      ']',
      '(',
      ')',
      '![',
      '](',
      '**',
      '*',
      '__',
      '`',
      '``',
      '<',
      '>',
      '<b>',
      '</',
      'https://a.example/',
      'javascript:',
      ' ',
      'x',
      '\\',
      '中',
    ),
    { maxLength: 60 },
  );

  it('never invents a letter nor a link', () => {
    const urls = (nodes: readonly InlineNode[]): string[] =>
      nodes.flatMap((node) =>
        'children' in node ? [...(node.type === 'link' ? [node.url] : []), ...urls(node.children)] : [],
      );
    fc.assert(
      fc.property(hostile, (parts) => {
        const source = parts.join('');
        for (const url of urls(parseInline(source))) {
          expect(safeUrl(url)).toBe(url);
          expect(source).toContain(url);
        }
        const letters = inlineText(source).match(/[\p{L}\p{N}]/gu)?.length ?? 0;
        expect(letters).toBeLessThanOrEqual(source.match(/[\p{L}\p{N}]/gu)?.length ?? 0);
      }),
    );
  });

  it('keeps every letter of a text without tags and links', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('**', '*', '`', '_', '__', 'a', '中 ', '[', ']', '(', ')')),
        (parts) => {
          const source = parts.join('');
          const letters = (value: string) => value.replace(/[^\p{L}\p{N}]/gu, '');
          expect(
            letters(inlineText(source)).length +
              (source
                .match(/\]\([^)]*\)/g)
                ?.join('')
                .match(/\p{L}/gu)?.length ?? 0),
          ).toBeGreaterThanOrEqual(letters(source).length);
        },
      ),
    );
  });

  it.each([
    '[',
    '](',
    '[a](b',
    '**',
    '*',
    '`',
    '``` ',
    '<a ',
    '<!-- ',
    '![',
    '[[a](https://x.y/)](https://x.y/)',
    '\\',
  ])('reads a megabyte of %j without growing slow or deep', (part) => {
    const source = part.repeat(Math.ceil(1_000_000 / part.length));
    expect(inlineText(source).length).toBeLessThanOrEqual(source.length);
  });
});

describe('safe links', () => {
  it.each([
    'https://a.example/x?y=1#z',
    'http://a.example',
    'HTTPS://A.example/',
    'https://例え.example/路径',
  ])('keep %s as written', (url) => expect(safeUrl(url)).toBe(url));

  it.each([
    '',
    'a.example',
    'ftp://a.example/',
    'mailto:a@b.example',
    'https://',
    'https:///x',
    'https://a b.example/',
    'https://a.example/"x',
    'https://a@b.example/',
    'https://a.example:99999/',
  ])('refuse %j', (url) => expect(safeUrl(url)).toBeUndefined());
});
