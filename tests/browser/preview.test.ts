/** A preview as it is opened from disk: nothing is loaded, and its dark views are dark in a light browser. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EditionFiles } from '../../src/cli/preview-files.ts';
import { packageRoot } from '../../src/core/package-root.ts';
import { createWorkplace, type Workplace } from '../helpers/program.ts';
import { faintTexts, headingFaults, overflows } from './expectations.ts';
import { connectBrowser, noteIncidents, type Scheme, schemes, violations, widthsShown } from './open-page.ts';
import { takePicture } from './pictures.ts';

interface Preview {
  readonly editions: readonly { readonly id: string; readonly files: EditionFiles }[];
}

let browser: Browser;
let place: Workplace;
let files: EditionFiles;
beforeAll(async () => {
  [browser, place] = await Promise.all([connectBrowser(), createWorkplace()]);
  const digest = join(packageRoot(), 'examples', 'digests', 'ai-daily-2026-03-02.md');
  const { data } = await place.json<Preview>([
    'preview',
    digest,
    '--newsletter',
    'ai-daily',
    '--out',
    'preview',
  ]);
  const [first] = data.editions;
  if (first === undefined) throw new Error('the preview has no edition');
  files = first.files;
});
afterAll(async () => {
  await Promise.all([browser?.close(), place?.remove()]);
});

async function opened(name: string, scheme: Scheme, width: number, look: (page: Page) => Promise<void>) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme });
  const page = await context.newPage();
  const incidents = noteIncidents(context, page);
  const outside: string[] = [];
  page.on('request', (request) => void (request.url().startsWith('file:') || outside.push(request.url())));
  await page.goto(pathToFileURL(join(place.folder, 'preview', name)).href);
  await look(page);
  expect({ incidents, outside }).toEqual({ incidents: [], outside: [] });
  await context.close();
}

/** How bright the page is at its upper left corner, 0 to 255. */
async function brightness(page: Page): Promise<number> {
  const picture = await page.screenshot({ clip: { x: 0, y: 0, width: 1, height: 1 } });
  return await page.evaluate(async (png) => {
    const image = new Image();
    image.src = `data:image/png;base64,${png}`;
    await image.decode();
    const context = document.createElement('canvas').getContext('2d');
    context?.drawImage(image, 0, 0);
    return context?.getImageData(0, 0, 1, 1).data[0] ?? -1;
  }, picture.toString('base64'));
}

describe.each(schemes)('a preview in a browser that is %s', (scheme) => {
  it('shows the light view light and the dark view dark', async () => {
    await opened(files.light ?? '', scheme, widthsShown.client, async (page) => {
      expect(await brightness(page)).toBeGreaterThan(200);
      expect(await faintTexts(page)).toEqual([]);
    });
    await opened(files.dark ?? '', scheme, widthsShown.client, async (page) => {
      expect(await brightness(page)).toBeLessThan(50);
      expect(await faintTexts(page)).toEqual([]);
    });
  });

  it.each(['index.html', 'views'])('has nothing wrong on %s, wide and on a phone', async (which) => {
    const name = which === 'views' ? files.views : which;
    for (const width of [1280, widthsShown.phone]) {
      await opened(name, scheme, width, async (page) => {
        const faults = [...(await violations(page)), ...(await faintTexts(page)), ...(await overflows(page))];
        expect([...faults, ...(await headingFaults(page))]).toEqual([]);
        await takePicture(page, 'preview', which, `${width}px`, scheme);
      });
    }
  });
});

it('shows each view in a frame as wide as it says', async () => {
  await opened(files.views, 'light', 1400, async (page) => {
    const frames = await page
      .locator('iframe')
      .evaluateAll((found) =>
        found.map((frame) => [frame.getAttribute('title'), frame.clientWidth] as const),
      );
    expect(Object.fromEntries(frames)).toEqual({
      'The mail in light mode': expect.any(Number),
      'The mail in dark mode': expect.any(Number),
      'The mail on a phone': 375,
      'The mail on a phone in dark mode': 375,
    });
    for (const frame of page.frames().slice(1)) expect(await frame.locator('h1').count()).toBe(1);
  });
});
