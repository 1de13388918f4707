/** The mail in clients that darken it by themselves, and in Outlook on the web, which says so in attributes. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provenDigests, renderAll } from '../helpers/editions.ts';
import { faintTexts } from './expectations.ts';
import { darkenedByClient, invertedWhole, paintedFaintTexts, withoutOwnDarkMode } from './inversion.ts';
import { connectBrowser, type MailView, openMailView, widthsShown } from './open-page.ts';
import { takePicture } from './pictures.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await connectBrowser();
});
afterAll(async () => {
  await browser?.close();
});

const phone = { viewport: { width: widthsShown.phone, height: 800 }, deviceScaleFactor: 2 };

describe.each(provenDigests)('the mail of $name, darkened by the client', (file) => {
  let html: string;
  let view: MailView;
  beforeAll(async () => {
    html = (await renderAll(file)).samples[0]?.html ?? '';
    view = await openMailView(browser, phone);
  });
  afterAll(() => view?.close());

  it('that changes what is light, is read with a contrast of 4.5 and more as painted', async () => {
    await darkenedByClient(view.page);
    await view.show(withoutOwnDarkMode(html));
    await takePicture(view.page, file.name, 'darkened-by-client');
    expect(await paintedFaintTexts(browser, view.page)).toEqual([]);
  });

  it('that inverts everything, is read with a contrast of 4.5 and more as painted', async () => {
    await view.show(withoutOwnDarkMode(html));
    await invertedWhole(view.page);
    await takePicture(view.page, file.name, 'inverted');
    expect(await paintedFaintTexts(browser, view.page)).toEqual([]);
  });

  it('that marks what it changed, as Outlook on the web does, wears the dark colours of its own', async () => {
    const own = await openMailView(browser, { viewport: phone.viewport });
    await own.show(html);
    const before = await own.page.evaluate(
      () => getComputedStyle(document.querySelector('h1') as Element).color,
    );
    await own.page.evaluate(() => {
      for (const name of ['data-ogsc', 'data-ogsb']) document.documentElement.setAttribute(name, '');
    });
    const after = await own.page.evaluate(
      () => getComputedStyle(document.querySelector('h1') as Element).color,
    );
    expect(after).not.toBe(before);
    expect(await faintTexts(own.page)).toEqual([]);
    await own.close();
  });
});
