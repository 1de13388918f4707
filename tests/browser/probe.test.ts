/** The checks of this folder can fail: each finds what is wrong with a little page that was made wrong. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { faintTexts, overflows } from './expectations.ts';
import { darkenedByClient, invertedWhole, paintedFaintTexts } from './inversion.ts';
import { connectBrowser, type MailView, openMailView, violations, widthsShown } from './open-page.ts';
import { headingLevels, readableText } from './probe.ts';

let browser: Browser;
let view: MailView;
beforeAll(async () => {
  browser = await connectBrowser();
});
beforeEach(async () => {
  view = await openMailView(browser, { viewport: { width: widthsShown.narrow, height: 640 } });
});
afterEach(async () => {
  await view.close();
});
afterAll(async () => {
  await browser?.close();
});

const show = (body: string) => view.show(`<!doctype html><html lang="en"><title>t</title><body>${body}`);

describe('faint text', () => {
  it.each([
    ['grey on white', '<p style="color:#959595">faint</p>', '#959595 on #ffffff'],
    ['large', '<h1 style="color:#888888;font-size:60px">faint</h1>', '#888888 on #ffffff'],
    ['half transparent', '<p style="opacity:.5;color:#000">faint</p>', '#808080 on #ffffff'],
    [
      'on what shines through',
      '<div style="background:#000"><p style="background:rgb(255 255 255/.5);color:#fff">faint</p></div>',
      '#ffffff on #808080',
    ],
    ['on a gradient', '<p style="background:linear-gradient(red,blue)">faint</p>', 'on a picture'],
    ['generated', '<style>p::before{content:"faint";color:#aaa}</style><p></p>', '#aaaaaa on #ffffff'],
    ['a placeholder', '<style>::placeholder{color:#bbb}</style><input placeholder=faint>', '#bbbbbb on'],
    [
      'drawn over a shape',
      '<svg><g><circle cx="20" cy="20" r="20"/><text x="15" y="25" fill="#111">f</text></g></svg>',
      '#111111 on #000000',
    ],
    ['drawn', '<svg><text y="20" fill="#ccc">faint</text></svg>', '#cccccc on #ffffff'],
  ])('%s is found', async (_, body, colours) => {
    await show(body);
    expect(await faintTexts(view.page)).toEqual([expect.stringContaining(colours)]);
  });

  it.each([
    ['not shown', '<p style="display:none;color:#fff">x</p>'],
    ['of no height', '<div style="max-height:0;overflow:hidden;color:#fff">x</div>'],
    ['wholly transparent', '<div style="opacity:0">x</div>'],
    ['beside the page', '<div style="position:absolute;left:-999px;color:#fff">x</div>'],
  ])('that is %s is not', async (_, body) => {
    await show(`<p>seen</p>${body}`);
    expect(await faintTexts(view.page)).toEqual([]);
  });

  it('is missed on no page without any text', async () => {
    await show('<p style="color:#fff;display:none">x</p>');
    expect(await faintTexts(view.page)).toHaveLength(1);
  });
});

describe('what sticks out', () => {
  it.each([
    ['a wide table', '<table width="600"><tr><td>x</table>'],
    ['a word', `<p>${'w'.repeat(200)}</p>`],
    ['text cut off by its page', `<body style="overflow:hidden"><p>${'w'.repeat(200)}</p>`],
  ])('is found: %s', async (_, body) => {
    await show(body);
    expect(await overflows(view.page)).not.toEqual([]);
  });

  it('is not code that can be scrolled by itself', async () => {
    await show(`<pre style="overflow-x:auto">${'w'.repeat(200)}</pre>`);
    expect(await overflows(view.page)).toEqual([]);
  });
});

describe('text that a client darkens', () => {
  it('is found where it is faint in each way', async () => {
    await show('<p style="font-size:30px;color:#777;background:#888">faint words</p>');
    for (const darken of [darkenedByClient, invertedWhole]) {
      await darken(view.page);
      expect(await paintedFaintTexts(browser, view.page)).toEqual([expect.stringContaining('faint words')]);
    }
  });

  it('is fine where it is black on white', async () => {
    await show('<p>plain words</p>');
    for (const darken of [darkenedByClient, invertedWhole]) {
      await darken(view.page);
      expect(await paintedFaintTexts(browser, view.page)).toEqual([]);
    }
  });
});

it('axe finds a picture without words, and a target too small to hit', async () => {
  await show(
    '<main><h1>t</h1><img src="a.png"><p><button style="width:9px;height:9px;padding:0">a</button></p></main>',
  );
  const found = await violations(view.page);
  expect(found.filter((line) => line.startsWith('image-alt'))).toHaveLength(1);
});

it('headings are counted while they are seen', async () => {
  await show('<h1>a</h1><h3>b</h3><h2 style="display:none">c</h2>');
  expect(await view.page.evaluate(headingLevels)).toEqual([1, 3]);
});

it('what a person reads holds what stands for pictures', async () => {
  await show('<p>words</p><img src="http://x.invalid/a.png" alt="The Morning">');
  expect(await view.page.evaluate(readableText)).toBe('words The Morning');
  expect(view.requests).toEqual(['http://x.invalid/a.png']);
});

it('a script that runs, a dialog and an address that is asked for are noted', async () => {
  await show('<img src=x onerror="console.log(1);alert(2);throw new Error(3)">');
  await expect.poll(() => view.incidents).toEqual(['console: 1', 'dialog alert: 2', 'error: 3']);
  expect(view.requests).toEqual(['http://mail.invalid/x']);
});
