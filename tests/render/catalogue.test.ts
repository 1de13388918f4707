import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/core/package-root.ts';
import { readCatalogue } from '../../src/render/catalogue.ts';
import { wording } from '../helpers/digests.ts';

const folder = mkdtempSync(join(tmpdir(), 'paperboy-words-'));
afterAll(() => rmSync(folder, { recursive: true }));

function readChanged(change: (words: Record<string, unknown>) => unknown) {
  cpSync(join(packageRoot(), 'templates', 'mail', 'words'), join(folder, 'words'), { recursive: true });
  const file = join(folder, 'words', 'en.json');
  writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')))));
  return readCatalogue(folder, 'en');
}

describe('the wording of a mail', () => {
  it('writes dates and counts as the language does', () => {
    expect(wording.zh.fullDate('2026-02-03')).toBe('2026年2月3日');
    expect(wording.zh.dayOfWeek('2026-02-03')).toBe('2月3日 星期二');
    expect(wording.en.fullDate('2026-02-03')).toBe('Feb 3, 2026');
    expect(wording.en.dayOfWeek('2026-12-31')).toBe('Thursday, Dec 31');
    expect([0, 1, 2].map(wording.en.storyCount)).toEqual(['0 stories', '1 story', '2 stories']);
    expect([1, 2].map(wording.zh.storyCount)).toEqual(['1 条要闻', '2 条要闻']);
    expect([1, 2].map(wording.en.omitted)).toEqual([
      'This issue has 1 more story in topics you have not chosen.',
      'This issue has 2 more stories in topics you have not chosen.',
    ]);
  });

  it('speaks of the issue and not of the day, which in a weekly mail would be wrong', () => {
    expect(JSON.stringify([wording.zh, wording.en])).not.toMatch(/今天|今日|today/i);
    const counted = [wording.zh, wording.en].flatMap((words) =>
      [1, 2].flatMap((n) => [words.omitted(n), words.omittedHere(n), words.moreOnWeb(n), words.moreHere(n)]),
    );
    expect(counted.join('\n')).not.toMatch(/今天|今日|today/i);
  });

  it('puts each value in once, whatever the value holds', () => {
    expect(wording.en.whyYouGetThis('{topics} & $&', 'all')).toBe(
      'You get this mail because you subscribed to {topics} & $& (all).',
    );
  });

  it('may lack no text, have none that is not known, and lose no place', async () => {
    await expect(readChanged(({ unsubscribe: _, ...words }) => words)).rejects.toMatchObject({
      code: 'template-invalid',
      message: expect.stringMatching(/en\.json: unsubscribe: /),
    });
    await expect(readChanged((words) => ({ ...words, goodbye: 'Bye' }))).rejects.toThrow(/goodbye/);
    await expect(readChanged((words) => ({ ...words, yourTopics: 'Yours: {topic}' }))).rejects.toThrow(
      /yourTopics: a text with \{topics\}/,
    );
    await expect(readChanged((words) => ({ ...words, trends: 'Trends {x}' }))).rejects.toThrow(
      /without \{…\}/,
    );
  });

  it('is missed by name', async () => {
    await expect(readCatalogue(join(folder, 'nowhere'), 'zh')).rejects.toMatchObject({
      code: 'file-unreadable',
    });
  });
});
