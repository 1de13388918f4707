/**
 * The mail of a digest that is an attack from end to end, shown by a browser that would run every script in it: none
 * runs, nothing is evaluated, nobody is asked for anything, and the mail still looks like one.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ParsedDigest } from '../../src/digest/digest.ts';
import { parseDigest } from '../../src/digest/parse.ts';
import { builtInTopics } from '../../src/digest/topics.ts';
import { type Rendered, renderParsed } from '../helpers/editions.ts';
import { evaluated, hitMark, hostileDigest } from '../helpers/hostile-digest.ts';
import { faintTexts, headingFaults, overflows } from './expectations.ts';
import {
  clientsOwnRules,
  connectBrowser,
  type MailView,
  openMailView,
  violations,
  widthsShown,
} from './open-page.ts';
import { takePicture } from './pictures.ts';
import { readableText } from './probe.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await connectBrowser();
});
afterAll(async () => {
  await browser?.close();
});

/** As a parser that kept everything would hand it on, and through the real one. */
const unparsed = (count: number): ParsedDigest => ({
  digest: hostileDigest(count),
  warnings: [],
  unparsed: [],
});
const parsed = (count: number): ParsedDigest =>
  parseDigest(JSON.stringify(hostileDigest(count)), {
    topics: builtInTopics,
    name: 'hostile.json',
    force: true,
  });

describe.each([
  ['40 stories', () => unparsed(40)],
  ['40 stories, parsed', () => parsed(40)],
  ['500 stories', () => unparsed(500)],
  ['500 stories, parsed', () => parsed(500)],
])('the mail of a hostile digest of %s', (name, digest) => {
  let rendered: Rendered;
  let html: string;
  let view: MailView;
  beforeAll(async () => {
    rendered = await renderParsed(digest());
    html = rendered.samples[0]?.html ?? '';
    view = await openMailView(browser, { viewport: { width: widthsShown.narrow, height: 640 } });
    await view.show(html);
    await takePicture(view.page, 'hostile', name);
  });
  afterAll(() => view?.close());

  it('runs no script, however much is pointed at, focused and pressed', async () => {
    await view.page.evaluate(() => {
      for (const element of document.querySelectorAll<HTMLElement>('*')) {
        for (const event of ['mouseover', 'mouseenter', 'pointerdown', 'focus', 'toggle', 'load', 'error'])
          element.dispatchEvent(new Event(event, { bubbles: true }));
        element.focus();
      }
    });
    expect(await view.page.evaluate((mark) => mark in window, hitMark)).toBe(false);
    expect(view.incidents).toEqual([]);
    expect(view.requests).toEqual([]);
  });

  it('holds no element and no attribute that could', async () => {
    const found = await view.page.evaluate(() => {
      const allowed = new Set(
        'html head title meta style body div table tbody tr td p h1 h2 h3 b i a ul ol li br span code img'.split(
          ' ',
        ),
      );
      const elements = [...document.querySelectorAll('*')];
      const strange = elements
        .filter(({ localName }) => !allowed.has(localName))
        .map(({ localName }) => localName);
      const handlers = elements.flatMap((element) =>
        element.getAttributeNames().filter((attribute) => attribute.startsWith('on')),
      );
      const refreshes = [...document.querySelectorAll('meta[http-equiv=refresh i]')].map(
        ({ outerHTML }) => outerHTML,
      );
      return [...strange, ...handlers, ...refreshes];
    });
    expect(found).toEqual([]);
  });

  it('leads nowhere but to pages on the web and to the sender’s address', async () => {
    const addresses = await view.page.evaluate(() =>
      [...document.querySelectorAll<HTMLAnchorElement>('[href],[src],[background],[action]')].map(
        ({ href }) => href,
      ),
    );
    expect(addresses.length).toBeGreaterThan(5);
    expect(
      addresses.filter(
        (url) => !/^https?:\/\/[^/@]+(?:\/|$)/.test(url) && url !== 'mailto:hello@news.invalid',
      ),
    ).toEqual([]);
  });

  it('evaluates no placeholder: what looks like one is shown as it is', async () => {
    const text = `${await view.page.evaluate(readableText)}\n${rendered.samples[0]?.text}`;
    expect(text).not.toContain(evaluated);
    expect(text).not.toContain('root:');
    expect(text).toContain('{{1301*7}}');
    expect(text).toContain('#{1301*7}');
  });

  it('keeps its shape: one h1, no scrolling sideways at 320 px, its foot as always', async () => {
    expect(await overflows(view.page)).toEqual([]);
    expect(await headingFaults(view.page)).toEqual([]);
    const unsubscribe = view.page.locator(`a[href="${rendered.samples[0]?.unsubscribeUrl}"]`);
    expect(await unsubscribe.count()).toBe(1);
    expect(await unsubscribe.isVisible()).toBe(true);
  });

  it('has no faint text and violates no rule of accessibility', async () => {
    expect(await faintTexts(view.page)).toEqual([]);
    expect(await violations(view.page, { without: clientsOwnRules })).toEqual([]);
  });
});
