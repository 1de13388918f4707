/** Photographs of pages for people to look at, in the run's folder. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { inject } from 'vitest';

/** CSS pixels of the longest picture: Chromium paints none higher than 16,384 device pixels. */
const longest = 8_000;

/** @param names become the file's name, joined by dots. @returns its path */
export async function takePicture(page: Page, ...names: readonly string[]): Promise<string> {
  const path = join(inject('screenshots'), `${names.join('.')}.jpg`);
  const { width } = page.viewportSize() ?? { width: 0 };
  const height = Math.min(longest, await page.evaluate(() => document.documentElement.scrollHeight));
  await page.screenshot({
    path,
    type: 'jpeg',
    quality: 70,
    fullPage: true,
    clip: { x: 0, y: 0, width, height },
  });
  return path;
}
