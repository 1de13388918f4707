import { describe, expect, it } from 'vitest';
import { contrastProblems } from '../../src/preflight/contrast-rules.ts';
import { readMail } from '../../src/preflight/mail-tree.ts';
import { sampleFor } from './samples.ts';

const found = (html: string) => contrastProblems(readMail(html)).map(({ message }) => message);

/** Scheme, text and colours of what is hard to read. */
const faint = (html: string) =>
  found(html).map((message) => /^in (\w+) mode “(.*)” is (#\w+ on #\w+)/.exec(message)?.slice(1).join(' '));

const both = (what: string) => [`light ${what}`, `dark ${what}`];

describe('contrast', () => {
  it('is enough in the mail of ours, in light and dark mode', async () => {
    const { html } = await sampleFor();
    expect(contrastProblems(readMail(html))).toEqual([]);
    // The same mail with one colour changed in each scheme: the rule sees both.
    const pale = html.replaceAll('#59636e', '#99a3ae').replaceAll('#9da7b1', '#4d5761');
    expect(faint(pale).map((line) => line?.split(' ')[0])).toEqual(expect.arrayContaining(['light', 'dark']));
  });

  it('names text, colours and ratio once for each pair', () => {
    const html = '<p style="color:#777">pale</p><p style="color:#777">paler</p>';
    expect(found(html)[0]).toBe(
      'in light mode “pale” is #777777 on #ffffff, a contrast of 4.47; at least 4.5 can be read by all',
    );
    expect(found(html)).toHaveLength(2);
  });

  it('follows the cascade: importance, the style attribute, specificity, order', () => {
    const css =
      '.a { color:#777 } p { color:#000 } .b { color:#777 } .b { color:#000 } .c { color:#777 !important }';
    const page = (body: string) => faint(`<style>${css}</style>${body}`);
    expect(page('<p class="a">class</p>')).toEqual(both('class #777777 on #ffffff'));
    expect(page('<p class="b">order</p>')).toEqual([]);
    expect(page('<p class="a" style="color:#000">inline</p>')).toEqual([]);
    expect(page('<p class="c" style="color:#000">important</p>')).toEqual(
      both('important #777777 on #ffffff'),
    );
  });

  it('inherits colours, and takes the nearest background', () => {
    const html = `<table bgcolor="#222222"><tr><td style="color:#ddd">fine <b>too</b>
      <span style="background:#eee">pale</span></td></tr></table>`;
    expect(faint(html)).toEqual(both('pale #dddddd on #eeeeee'));
  });

  it('sees dark mode by its media query, and the browser’s own colours for what is given none', () => {
    const dark =
      '@media (prefers-color-scheme:dark) { .x { background:#111 !important; color:#333 !important } }';
    expect(faint(`<style>${dark}</style><p class="x">x</p>`)).toEqual(['dark x #333333 on #111111']);
    const scheme = '<meta name="color-scheme" content="light dark">';
    expect(faint(`${scheme}<p style="color:#333">x</p>`)).toEqual(['dark x #333333 on #121212']);
    expect(faint('<div style="background:#222"><a href="https://x.example">link</a></div>')).toEqual(
      both('link #0000ee on #222222'),
    );
  });

  it('leaves out what is not seen, and what stands on a picture', () => {
    const pale = 'color:#eee';
    for (const hidden of ['display:none', 'visibility:hidden', 'max-height:0', 'opacity:0', 'font-size:0']) {
      expect(faint(`<div style="${hidden};${pale}">x</div>`), hidden).toEqual([]);
    }
    expect(faint(`<div style="font-size:0"><p style="font-size:14px;${pale}">x</p></div>`)).toHaveLength(2);
    expect(faint(`<div style="background:url(https://x.example/p.png);${pale}">x</div>`)).toEqual([]);
  });

  it('is looked at on a screen 640 wide, not on a phone', () => {
    const css = '@media (max-width:480px) { p { color:#777 } } @media (min-width:480px) { p { color:#666 } }';
    expect(faint(`<style>${css}</style><p>x</p>`)).toEqual([]);
  });
});
