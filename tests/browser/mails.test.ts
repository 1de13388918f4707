/** Every edition of every digest as readers see it: light and dark, on the smallest phone, with pictures blocked. */
import { statSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inlineText } from '../../src/digest/inline.ts';
import type { Edition } from '../../src/edition/edition.ts';
import type { EditionSample } from '../../src/preflight/sample.ts';
import { nameOf, provenDigests, type Rendered, renderAll } from '../helpers/editions.ts';
import { faintTexts, headingFaults, overflows } from './expectations.ts';
import {
  clientsOwnRules,
  colourRules,
  connectBrowser,
  type MailView,
  openMailView,
  schemes,
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

const client = { width: widthsShown.client, height: 900 };
const narrow = { width: widthsShown.narrow, height: 640 };

describe.each(provenDigests)('every edition of $name', (file) => {
  let rendered: Rendered;
  let view: MailView;
  /** What is wrong with an edition, by what was looked at. */
  const faults: Record<keyof Awaited<ReturnType<typeof faultsOf>>, [string, string][]> = {
    axe: [],
    faint: [],
    wide: [],
    headings: [],
  };

  beforeAll(async () => {
    rendered = await renderAll(file);
    view = await openMailView(browser, { viewport: client });
    for (const sample of rendered.samples) {
      await view.show(sample.html);
      for (const [kind, found] of Object.entries(await faultsOf(view)))
        faults[kind as keyof typeof faults].push(
          ...found.map((fault): [string, string] => [nameOf(sample), fault]),
        );
    }
  }, 120_000);
  afterAll(() => view?.close());

  it('has no violation that axe finds, light and dark', () => {
    expect(rendered.samples.length).toBeGreaterThan(3);
    expect(faults.axe).toEqual([]);
  });

  it('is read with a contrast of 4.5 and more, every letter, light and dark', () => {
    expect(faults.faint).toEqual([]);
  });

  it('needs no scrolling sideways at 320 px', () => {
    expect(faults.wide).toEqual([]);
  });

  it('has one h1, and no level of headings left out', () => {
    expect(faults.headings).toEqual([]);
  });

  it('asks nobody for anything but its pictures, and says nothing to the console', () => {
    const pictures = rendered.samples.flatMap(({ html }) => picturesOf(html));
    expect(view.requests.filter((url) => !pictures.includes(url))).toEqual([]);
    expect(view.incidents).toEqual([]);
  });

  it('loses nothing while pictures are blocked', async () => {
    const withPictures = await openMailView(browser, { viewport: client, picture: onePixel });
    for (const sample of rendered.samples) {
      await view.show(sample.html);
      const text = await view.page.evaluate(readableText);
      for (const expected of toldBy(sample)) expect(text).toContain(expected);
      if (picturesOf(sample.html).length === 0) continue;
      await withPictures.show(sample.html);
      expect(text).toBe(await withPictures.page.evaluate(readableText));
    }
    await withPictures.close();
  });

  it.each([
    ['narrow', 'light'],
    ['phone', 'light'],
    ['phone', 'dark'],
    ['client', 'light'],
    ['client', 'dark'],
  ] as const)('is photographed: %s, %s', async (width, colorScheme) => {
    await view.page.setViewportSize({ width: widthsShown[width], height: 900 });
    await view.page.emulateMedia({ colorScheme });
    await view.show(rendered.samples[0]?.html ?? '');
    const path = await takePicture(view.page, file.name, `${widthsShown[width]}px`, colorScheme);
    expect(statSync(path).size).toBeGreaterThan(10_000);
  });
});

/** Of the edition that is shown: light and dark, in a client's window and on the smallest phone. */
async function faultsOf({ page }: MailView) {
  const axe: string[] = [];
  const faint: string[] = [];
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme });
    // All other rules find the same in the dark.
    const rules = colorScheme === 'dark' ? { only: colourRules } : { without: clientsOwnRules };
    axe.push(...(await violations(page, rules)).map((fault) => `${colorScheme}: ${fault}`));
    faint.push(...(await faintTexts(page)).map((fault) => `${colorScheme}: ${fault}`));
  }
  const headings = await headingFaults(page);
  await page.setViewportSize(narrow);
  const wide = await overflows(page);
  await page.setViewportSize(client);
  return { axe, faint, headings, wide };
}

/** What an edition must tell, whatever else it does: each story by its title, each category by its name. */
function toldBy({ edition: { categories } }: EditionSample): string[] {
  const titles = (stories: Edition['categories'][number]['stories']) =>
    stories.map(({ title }) => inlineText(title));
  return categories.flatMap(({ name, stories }) => [name, ...titles(stories)]);
}

function picturesOf(html: string): string[] {
  return [...html.matchAll(/<img[^>]+src="([^"]+)"/g)].map(([, url = '']) => url);
}

/** The smallest picture there is. */
const onePixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
