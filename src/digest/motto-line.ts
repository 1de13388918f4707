/** The motto of a digest, where it marks one as such: a sentence that says nothing of the news. */
import type { DigestDraft } from './draft.ts';
import type { SourceLine } from './source-lines.ts';
import type { Tally } from './tally.ts';

/** `【微语】…`, at the end or at the start. */
export function withoutMotto(lines: readonly SourceLine[], draft: DigestDraft, tally: Tally): SourceLine[] {
  return lines.map((entry) => {
    const match = mottoLine.exec(entry.text.trim());
    if (match?.[2] === undefined || draft.motto !== undefined) return entry;
    draft.motto = match[2];
    tally.use(entry.line);
    tally.leaveOut(entry.line, 'the word before the motto', match[1]);
    return { line: entry.line, text: '' };
  });
}

const mottoLine =
  /^(?:[-*>•]\s*)?(?:[【[]\s*)?(微语|每日微语|今日微语|每日一句|今日一句|每日金句|今日金句|quote of the day)\s*(?:[】\]]\s*[:：]?|[:：])\s*(\S.*)$/iu;
