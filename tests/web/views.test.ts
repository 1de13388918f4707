import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/core/package-root.ts';
import { loadViews } from '../../src/web/views.ts';

/** The name of the feed's vocabulary, which nobody fetches. */
const atom = 'xmlns="http://www.w3.org/2005/Atom"';

const folder = join(packageRoot(), 'templates', 'pages');

describe('the page templates', () => {
  const views = loadViews();

  it('say the same things, with the same values, in both languages', () => {
    const values = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();
    const shapes = (words: Readonly<Record<string, string>>) =>
      Object.fromEntries(Object.entries(words).map(([key, text]) => [key, values(text)]));
    expect(shapes(views.words.en)).toEqual(shapes(views.words.zh));
  });

  it('never put in a value unescaped, hold no inline script or style and load nothing from elsewhere', () => {
    const templates = readdirSync(folder).filter((name) => name.endsWith('.hbs'));
    expect(templates.length).toBeGreaterThan(5);
    for (const name of templates) {
      const source = readFileSync(join(folder, name), 'utf8').replace(atom, '');
      expect(source, name).not.toMatch(/\{\{\{|\{\{&|<style|\son\w+="|https?:|<script>/);
      // The note stands in a mail's HTML, which has no stylesheet of ours.
      if (name !== 'copy-note.hbs') expect(source, name).not.toMatch(/\sstyle=/);
    }
  });

  it('fail loudly when a value is missing', () => {
    expect(() => views.page('notice', { title: 't', lang: 'en' })).toThrow(/text/);
  });
});
