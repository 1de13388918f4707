/** What must hold of every page that people see, as lists of what does not: an empty list is a page that is right. */
import type { Page } from 'playwright-core';
import { headingLevels, textRuns, widths } from './probe.ts';

/** WCAG 2.2 §1.4.3. Held against large text too: a mail client may make it small. */
export const leastContrast = 4.5;

/** Text whose colours are too close together, once for each pair of colours and element. */
export async function faintTexts(page: Page): Promise<string[]> {
  const runs = await page.evaluate(textRuns);
  if (runs.length === 0) return ['the page shows no text at all'];
  const faint = runs.filter(({ contrast }) => contrast === null || contrast < leastContrast);
  const told = faint.map(
    ({ contrast, colours, element, text }) =>
      [
        `${colours} ${element}`,
        `${contrast?.toFixed(2) ?? '?'}: ${colours}, ${element} “${text.slice(0, 30)}”`,
      ] as const,
  );
  return [...new Map(told).values()];
}

/** What sticks out sideways: the page as a whole, or a text of it. */
export async function overflows(page: Page): Promise<string[]> {
  const { page: whole, shown } = await page.evaluate(widths);
  const outside = (await page.evaluate(textRuns)).filter(
    ({ left, right, isScrolled }) => !isScrolled && (right > shown + 1 || left < -1),
  );
  return [
    ...(whole > shown ? [`the page is ${whole} px wide where ${shown} are shown`] : []),
    ...outside.map(
      ({ element, text, right }) => `${element} “${text.slice(0, 30)}” ends at ${Math.round(right)} px`,
    ),
  ];
}

/** Headings that a screen reader would stumble over: none or several of the first level, a level left out. */
export async function headingFaults(page: Page): Promise<string[]> {
  const levels = await page.evaluate(headingLevels);
  const isOrdered = levels.every((level, index) => level <= (levels[index - 1] ?? 0) + 1);
  const hasOneFirst = levels.filter((level) => level === 1).length === 1;
  return isOrdered && hasOneFirst ? [] : [`headings of the levels ${levels.join(' ')}`];
}
