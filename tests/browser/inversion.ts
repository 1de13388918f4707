/**
 * Clients that darken a mail by themselves and ask no style sheet: simulated, and judged by what is painted, because the
 * colours that a page computes are then not those that are seen.
 */
import type { Browser, Page } from 'playwright-core';
import { leastContrast } from './expectations.ts';
import { textRuns } from './probe.ts';

/** What is left of a mail in a client that knows no dark mode of the mail's own (Gmail ignores the query). */
export function withoutOwnDarkMode(html: string): string {
  return html
    .replace(/<meta[^>]+name="(?:supported-)?color-schemes?"[^>]*>/gi, '')
    .replace(/(?:supported-)?color-schemes?:[^;}"]*;?/gi, '')
    .replace(/\(\s*prefers-color-scheme\s*:\s*dark\s*\)/gi, '(max-width:0)');
}

/** Changes what is light and leaves what is dark: Chromium's own algorithm, the way Gmail and Outlook on phones do it. */
export async function darkenedByClient(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setAutoDarkModeOverride', { enabled: true });
}

/** Turns every colour into its opposite, brightness alone: black becomes white, blue stays blue. */
export async function invertedWhole(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setAutoDarkModeOverride', { enabled: false });
  await page.addStyleTag({ content: 'html{background:#fff;filter:invert(1) hue-rotate(180deg)}' });
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** CSS pixels photographed at a time: Chromium paints no picture higher than 16,384 device pixels. */
const stripHeight = 2_000;

/**
 * Text whose strokes, as painted, differ too little from what lies around them. A box's background is its most frequent
 * colour, its text what differs most from that; strokes are wide enough for it when the page is shown twice as large.
 */
export async function paintedFaintTexts(browser: Browser, page: Page): Promise<string[]> {
  const runs = await page.evaluate(textRuns);
  if (runs.length === 0) return ['the page shows no text at all'];
  const ruler = await browser.newPage();
  const faint: string[] = [];
  const bottom = Math.max(...runs.map((run) => run.bottom));
  const { width } = page.viewportSize() ?? { width: 0 };
  for (let top = 0; top < bottom; top += stripHeight) {
    const within = runs.filter(
      (run) => run.top >= top && run.bottom <= top + stripHeight + 200 && run.top < top + stripHeight,
    );
    if (within.length === 0) continue;
    const clip = { x: 0, y: top, width, height: stripHeight + 200 };
    const picture = (await page.screenshot({ fullPage: true, clip })).toString('base64');
    const boxes = within.map((run) => ({
      left: run.left,
      top: run.top - top,
      width: run.right - run.left,
      height: run.bottom - run.top,
    }));
    const contrasts = await ruler.evaluate(paintedContrasts, { picture, boxes, width });
    for (const [index, contrast] of contrasts.entries()) {
      const { text, element } = within[index] ?? { text: '', element: '' };
      if (contrast < leastContrast) faint.push(`${contrast.toFixed(2)}: ${element} “${text.slice(0, 30)}”`);
    }
  }
  await ruler.close();
  return faint;
}

/** Runs in a page of its own. @returns of each box the contrast of its text */
async function paintedContrasts({
  picture,
  boxes,
  width,
}: {
  readonly picture: string;
  readonly boxes: readonly Box[];
  readonly width: number;
}): Promise<number[]> {
  const image = new Image();
  image.src = `data:image/png;base64,${picture}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [image.width, image.height];
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('no canvas');
  context.drawImage(image, 0, 0);
  const scale = image.width / width;
  const linear = (value: number) =>
    value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  const luminance = (colour: number): number =>
    0.2126 * linear(colour >> 16) + 0.7152 * linear((colour >> 8) & 255) + 0.0722 * linear(colour & 255);
  return boxes.map((box) => {
    const [x, y] = [Math.max(0, Math.floor(box.left * scale)), Math.max(0, Math.floor(box.top * scale))];
    const [w, h] = [Math.ceil(box.width * scale), Math.ceil(box.height * scale)];
    const { data } = context.getImageData(x, y, w, h);
    const counts = new Map<number, number>();
    for (let at = 0; at < data.length; at += 4) {
      const colour = ((data[at] ?? 0) << 16) | ((data[at + 1] ?? 0) << 8) | (data[at + 2] ?? 0);
      counts.set(colour, (counts.get(colour) ?? 0) + 1);
    }
    const [background = 0] = [...counts].reduce((most, one) => (one[1] > most[1] ? one : most), [0, 0]);
    const behind = luminance(background);
    return [...counts.keys()].reduce((best, colour) => {
      const front = luminance(colour);
      return Math.max(best, (Math.max(front, behind) + 0.05) / (Math.min(front, behind) + 0.05));
    }, 1);
  });
}
