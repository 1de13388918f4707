import { describe, expect, it } from 'vitest';
import { inScheme } from '../../src/web/forced-scheme.ts';

const mail = `<!doctype html><html><head><meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<style>:root { color-scheme:light dark; } @media (prefers-color-scheme:dark) { p { color:#fff } }</style>
<style>@media (max-width:480px) and ( prefers-color-scheme : light ) { p { color:#000 } }</style></head>
<body><p>how to write @media (prefers-color-scheme:dark)</p></body></html>`;

describe('a mail in one colour scheme', () => {
  it('holds the styles of that scheme always, those of the other never', () => {
    const dark = inScheme(mail, 'dark');
    expect(dark).toContain('@media (min-width:0) { p { color:#fff } }');
    expect(dark).toContain('@media (max-width:480px) and (max-width:0) { p { color:#000 } }');
    expect(dark).toContain(':root { color-scheme:dark; }');
    const light = inScheme(mail, 'light');
    expect(light).toContain('@media (max-width:0) { p { color:#fff } }');
    expect(light).toContain('(max-width:480px) and (min-width:0)');
    expect(light.match(/<meta name="color-scheme"[^>]*>/g)).toEqual([
      '<meta name="color-scheme" content="light">',
    ]);
    expect(light).not.toContain('supported-color-schemes');
  });

  it('leaves the words of the mail alone', () => {
    expect(inScheme(mail, 'dark')).toContain('<p>how to write @media (prefers-color-scheme:dark)</p>');
  });

  it('loads and runs nothing, and opens links in a window of their own', () => {
    expect(inScheme(mail, 'dark')).toMatch(
      /^<!doctype html><html><head><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"><meta name="color-scheme" content="dark"><base target="_blank">/,
    );
  });
});
