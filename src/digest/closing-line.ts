/** The day's sentence where a digest marks it as such: a motto or a quote. */
import type { DigestDraft } from './draft.ts';
import type { SourceLine } from './source-lines.ts';
import type { Tally } from './tally.ts';

/** `【微语】…`: the day's sentence, at the end or at the start. */
export function withoutClosing(lines: readonly SourceLine[], draft: DigestDraft, tally: Tally): SourceLine[] {
  return lines.map((entry) => {
    const match = closingLine.exec(entry.text.trim());
    if (match?.[2] === undefined || draft.closing !== undefined) return entry;
    draft.closing = match[2];
    tally.use(entry.line);
    tally.leaveOut(entry.line, 'the word before the closing sentence', match[1]);
    return { line: entry.line, text: '' };
  });
}

const closingLine =
  /^(?:[-*>•]\s*)?(?:[【[]\s*)?(微语|每日微语|今日微语|每日一句|今日一句|每日金句|今日金句|quote of the day)\s*(?:[】\]]\s*[:：]?|[:：])\s*(\S.*)$/iu;
