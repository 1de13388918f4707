/** The preview of a digest that is an attack from end to end, opened from disk as an operator would: nothing of it runs. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EditionFiles } from '../../src/cli/preview-files.ts';
import { hitMark, hostileDigest } from '../helpers/hostile-digest.ts';
import { createWorkplace, type Workplace } from '../helpers/program.ts';
import { faintTexts, headingFaults, overflows } from './expectations.ts';
import { connectBrowser, noteIncidents, widthsShown } from './open-page.ts';

let browser: Browser;
let place: Workplace;
let names: readonly string[];
beforeAll(async () => {
  [browser, place] = await Promise.all([connectBrowser(), createWorkplace()]);
  const file = await place.write('hostile.json', JSON.stringify(hostileDigest(40)));
  const { data } = await place.json<{ editions: readonly { readonly files: EditionFiles }[] }>([
    'preview',
    file,
    '--newsletter',
    'ai-daily',
    '--out',
    'preview',
    '--force',
  ]);
  const [all] = data.editions;
  names = [
    'index.html',
    ...[all?.files.views, all?.files.light, all?.files.dark].filter((name) => name !== undefined),
  ];
});
afterAll(async () => {
  await Promise.all([browser?.close(), place?.remove()]);
});

it('shows every page of it, runs nothing, asks for nothing and keeps its shape on the smallest phone', async () => {
  expect(names.length).toBeGreaterThan(2);
  const faults: [string, string][] = [];
  for (const name of names) {
    const context = await browser.newContext({ viewport: { width: widthsShown.narrow, height: 640 } });
    const page = await context.newPage();
    const incidents = noteIncidents(context, page);
    const outside: string[] = [];
    page.on('request', (request) => void (request.url().startsWith('file:') || outside.push(request.url())));
    await page.goto(pathToFileURL(join(place.folder, 'preview', name)).href);
    for (const frame of page.frames())
      expect(await frame.evaluate((mark) => mark in window, hitMark)).toBe(false);
    expect({ name, incidents, outside }).toEqual({ name, incidents: [], outside: [] });
    const found = [...(await faintTexts(page)), ...(await overflows(page)), ...(await headingFaults(page))];
    faults.push(...found.map((fault): [string, string] => [name, fault]));
    await context.close();
  }
  expect(faults).toEqual([]);
});
