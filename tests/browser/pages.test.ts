/** Every page that the program serves or writes, as people meet it: in light and dark, on the smallest phone. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/core/package-root.ts';
import type { ChaosSample, ChaosView } from '../../src/web/chaos-desk.ts';
import { attacks, hitMark, hostileDigest } from '../helpers/hostile-digest.ts';
import { faintTexts, headingFaults, overflows } from './expectations.ts';
import { colourRules, connectBrowser, noteIncidents, schemes, violations, widthsShown } from './open-page.ts';
import { takePicture } from './pictures.ts';
import { type Demo, type MadeSite, startDemo, startMadeSite } from './site.ts';

let browser: Browser;
let demo: Demo;
let made: MadeSite;
beforeAll(async () => {
  [browser, demo, made] = await Promise.all([connectBrowser(), startDemo(), startMadeSite()]);
});
afterAll(async () => {
  await Promise.all([browser?.close(), demo?.stop(), made?.stop()]);
});

const wide = { width: 1100, height: 900 };
const narrow = { width: widthsShown.narrow, height: 640 };

interface Visit {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly incidents: string[];
}

async function visit(locale = 'zh-CN'): Promise<Visit> {
  const context = await browser.newContext({ viewport: wide, locale });
  const page = await context.newPage();
  return { context, page, incidents: noteIncidents(context, page) };
}

/** What is wrong with the page that is open, in any scheme and width; it is photographed on the way. */
async function faultsOf(page: Page, name: string): Promise<string[]> {
  const faults: string[] = [];
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const rules = colorScheme === 'dark' ? { only: colourRules } : {};
    const found = [...(await violations(page, rules)), ...(await faintTexts(page))];
    faults.push(...found.map((fault) => `${colorScheme}: ${fault}`));
    await takePicture(page, 'page', name, `${wide.width}px`, colorScheme);
  }
  faults.push(...(await headingFaults(page)));
  await page.setViewportSize(narrow);
  faults.push(...(await overflows(page)));
  await takePicture(page, 'page', name, `${narrow.width}px`, 'dark');
  return faults;
}

/** Hands a digest to the form of the demo's first page. */
async function drop(page: Page, file: Parameters<ReturnType<Page['locator']>['setInputFiles']>[0]) {
  await page.locator('input[type=file]').setInputFiles(file);
  await page.locator('form[action="/try"] button[type=submit]').click();
}

/** Opens a page, does what is done there, and finds nothing wrong. */
async function expectWell(name: string, open: (page: Page) => Promise<unknown>, locale?: string) {
  const { context, page, incidents } = await visit(locale);
  await open(page);
  expect(await faultsOf(page, name)).toEqual([]);
  // A page that answers 404 is told to the console by the browser itself.
  expect(
    incidents.filter((incident) => !incident.includes('the server responded with a status of 4')),
  ).toEqual([]);
  await context.close();
}

/** An edition's own policy lets no script run, that of the tools that look at it neither. */
async function liftSandbox(page: Page): Promise<void> {
  await page.route(/\/(?:w|archive)\//, async (route) => {
    const response = await route.fetch();
    const { 'content-security-policy': _, ...headers } = response.headers();
    await route.fulfill({ response, headers });
  });
}

describe('the pages of the demo', () => {
  const zhReader = 'lin.lan@qq.invalid';
  const enReader = 'sam.porter@mail.invalid';

  it('the one it opens on', () => expectWell('demo', (page) => page.goto(demo.url)));

  it('the one it opens on, after a topic was toggled', () =>
    expectWell('demo-toggled', async (page) => {
      await page.goto(demo.url);
      const before = await page.locator('.next .subject').first().textContent();
      await page.locator('.reader').first().locator('label:has(input[type=checkbox])').nth(1).click();
      await page.waitForFunction(
        (text) => document.querySelector('.next .subject')?.textContent !== text,
        before,
      );
    }));

  it('the inbox', () => expectWell('inbox', (page) => page.goto(`${demo.url}/inbox`)));

  it.each(['html', 'text', 'headers', 'source'])('a mail in the inbox, its %s', async (tab) => {
    const { id } = await demo.linksOf(zhReader);
    await expectWell(`mail-${tab}`, (page) => page.goto(`${demo.url}/inbox/${id}?tab=${tab}`));
  });

  it('chaos, before it begins', () => expectWell('chaos', (page) => page.goto(`${demo.url}/chaos`)));

  it('the editions of a digest that was dropped', () =>
    expectWell('editions', async (page) => {
      await page.goto(demo.url);
      const file = join(packageRoot(), 'examples', 'digests', 'tech-brief-2026-03-02.txt');
      await drop(page, file);
      await page.waitForURL('**/try/**');
    }));

  it('the editions of a hostile digest, of which nothing runs', async () => {
    const { context, page, incidents } = await visit();
    await page.goto(demo.url);
    const buffer = Buffer.from(JSON.stringify(hostileDigest(40)));
    const name = `${(attacks[4] ?? '').replaceAll('/', '')}.json`;
    await drop(page, { name, mimeType: 'application/json', buffer });
    await page.waitForURL('**/try/**');
    expect(await faultsOf(page, 'editions-hostile')).toEqual([]);
    for (const frame of page.frames())
      expect(await frame.evaluate((mark) => mark in window, hitMark)).toBe(false);
    expect(incidents.filter((incident) => !incident.startsWith('console: '))).toEqual([]);
    await context.close();
  });

  it('a file that is no digest', () =>
    expectWell('no-digest', async (page) => {
      await page.goto(demo.url);
      const buffer = Buffer.from('nothing of any kind');
      await drop(page, { name: 'x.md', mimeType: 'text/plain', buffer });
      await page.waitForURL('**/try');
    }));

  it('a page that is not there', () => expectWell('missing', (page) => page.goto(`${demo.url}/nowhere`)));
  it('a mail that is not there', () =>
    expectWell('missing-mail', (page) => page.goto(`${demo.url}/inbox/x`)));

  it.each([
    ['zh', zhReader],
    ['en', enReader],
  ])('preferences, changed and kept, %s', async (language, address) => {
    const { preferences } = await demo.linksOf(address);
    await expectWell(`preferences-${language}`, (page) => page.goto(preferences));
    await expectWell(`preferences-saved-${language}`, async (page) => {
      await page.goto(preferences);
      await page.locator('form button[type=submit]').first().click();
      await page.waitForURL('**saved');
    });
  });

  it('preferences without any topic, which is told', async () => {
    const { preferences } = await demo.linksOf(enReader);
    await expectWell('preferences-none', async (page) => {
      await page.goto(preferences);
      await page.evaluate(() => {
        for (const box of document.querySelectorAll<HTMLInputElement>('input[name=topic]'))
          box.checked = false;
        for (const was of document.querySelectorAll('input[name=was]')) was.remove();
        document.querySelector('form')?.submit();
      });
      await page.locator('[role=alert], .note').first().waitFor();
    });
  });

  it('unsubscribing: the question, the end, and coming back', async () => {
    const { unsubscribe } = await demo.linksOf(zhReader);
    await expectWell('unsubscribe', (page) => page.goto(unsubscribe));
    await expectWell('unsubscribed', async (page) => {
      await page.goto(unsubscribe);
      await page.locator('form button').first().click();
      await page.waitForLoadState();
    });
    await expectWell('resubscribed', async (page) => {
      await page.goto(unsubscribe);
      await page.locator('form[action$=rejoin] button').click();
      await page.waitForURL('**/rejoin');
    });
  });

  it.each([
    ['zh', zhReader],
    ['en', enReader],
  ])('a vote: the question, the thanks, and the question again, %s', async (language, address) => {
    const { like } = await demo.linksOf(address);
    await expectWell(`vote-${language}`, (page) => page.goto(like));
    await expectWell(`voted-${language}`, async (page) => {
      await page.goto(like);
      await page.locator('form button').click();
      await page.locator('[role=status]').waitFor();
    });
    await expectWell(`vote-again-${language}`, (page) => page.goto(like.replace(/like$/, 'dislike')));
  });

  it.each([
    ['zh', zhReader],
    ['en', enReader],
  ])('the web copy of a mail, %s', async (language, address) => {
    const { webCopy } = await demo.linksOf(address);
    await expectWell(`web-copy-${language}`, async (page) => {
      await liftSandbox(page);
      await page.goto(webCopy);
    });
  });

  it('an archive, and an issue in it', async () => {
    await expectWell('archive', (page) => page.goto(`${demo.url}/archive/ai-daily`));
    await expectWell('archive-issue', async (page) => {
      await liftSandbox(page);
      await page.goto(`${demo.url}/archive/ai-daily`);
      await page.locator('h2 a').first().click();
      await page.locator('header a').waitFor();
    });
  });

  it.each(['zh-CN', 'en-GB'])('a link that is nobody’s, and an issue that is gone, %s', async (locale) => {
    await expectWell(`sample-${locale}`, (page) => page.goto(`${demo.url}/u/sample`), locale);
    await expectWell(`gone-${locale}`, (page) => page.goto(`${demo.url}/w/gone`), locale);
  });

  it.each(['zh-CN', 'en-GB'])('a link that is not ours, %s', (locale) =>
    expectWell(`invalid-${locale}`, (page) => page.goto(`${demo.url}/p/forged`), locale),
  );
});

describe('chaos', () => {
  const sample = (atMs: number, accepted: number): ChaosSample => ({
    atMs,
    planned: 5_000 - accepted,
    inHand: 0,
    accepted,
    uncertain: 3,
    left: 1,
    other: 0,
    arrived: accepted,
  });
  const underWay: Partial<ChaosView> = {
    workers: 2,
    samples: [sample(0, 0), sample(10_000, 2_500), sample(20_000, 4_800)],
    events: [
      { atMs: 3_000, kind: 'worker-killed', detail: '4711' },
      { atMs: 4_000, kind: 'worker-back', detail: '4712' },
      { atMs: 9_000, kind: 'redis-killed', detail: '' },
      { atMs: 9_900, kind: 'redis-back', detail: '' },
      { atMs: 12_000, kind: 'left', detail: 'reader-with-a-long-address-4711@readers.chaos.invalid' },
      { atMs: 13_000, kind: 'paused', detail: '' },
    ],
  };
  const verdict = {
    recipients: 5_000,
    accepted: 4_995,
    spared: 2,
    uncertain: 3,
    uncertainArrived: 1,
    copies: 4_996,
    distinctRecipients: 4_996,
    duplicates: 0,
    lost: 0,
    gaps: 0,
    workerKills: 4,
    redisKills: 1,
    unsubscribed: 2,
    seconds: 31.4,
  };

  it.each<[string, Partial<ChaosView>]>([
    ['preparing', { phase: 'preparing' }],
    ['sending', { ...underWay, phase: 'sending' }],
    ['paused', { ...underWay, phase: 'paused', isRedisAway: true }],
    ['done', { ...underWay, phase: 'done', verdict }],
    ['gone-wrong', { ...underWay, phase: 'done', verdict: { ...verdict, duplicates: 1, lost: 2 } }],
    ['failed', { phase: 'failed', problem: 'no room left on the device' }],
  ])('%s', async (name, change) => {
    Object.assign(made.chaos.view, change);
    await expectWell(`chaos-${name}`, (page) => page.goto(`${made.url}/chaos`));
  });
});

it.each(['zh-CN', 'en-GB'])('a page that cannot be served while Redis is away, %s', async (locale) => {
  made.subscribers.away = true;
  const { context, page } = await visit(locale);
  expect((await page.goto(`${made.url}/p/preferences-1-ai-daily`))?.status()).toBe(503);
  expect(await faultsOf(page, `later-${locale}`)).toEqual([]);
  await context.close();
  made.subscribers.away = false;
});

it('the matrix of a preview', async () => {
  const folder = join(demo.place.folder, 'preview');
  await mkdir(folder, { recursive: true });
  const file = join(packageRoot(), 'examples', 'digests', 'ai-daily-2026-03-02.md');
  const { status, stderr } = await demo.place.run([
    'preview',
    file,
    '--newsletter',
    'ai-daily',
    '--out',
    folder,
  ]);
  expect(status, stderr).toBe(0);
  await expectWell('preview', (page) => page.goto(pathToFileURL(join(folder, 'index.html')).href));
});
