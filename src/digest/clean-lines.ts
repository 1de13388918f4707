/** Takes HTML, images and unsafe links out of the lines before a parser sees them. */
import { withoutReferences } from './character-references.ts';
import { htmlAsMarkdown, withBadgesUnderHeadings } from './html-lines.ts';
import { cleanInline } from './inline.ts';
import { type LinkMark, marksOf } from './inline-marks.ts';
import { safeUrl } from './links.ts';
import { hasLetters } from './reading.ts';
import { withReferences } from './reference-links.ts';
import type { SourceLine } from './source-lines.ts';
import type { Tally } from './tally.ts';

/** The same lines, some of them emptied; what went is left out or warned of in the tally. */
export function cleanLines(lines: readonly SourceLine[], tally: Tally): SourceLine[] {
  const shown = withBadgesUnderHeadings(withoutCaptions(withoutHiddenBlocks(lines, tally), tally));
  const cleaned = withReferences(shown, tally).map((given) => {
    const written = withoutCallout(given, tally);
    if (!/[<[]/.test(written.text)) return written;
    const entry = { line: written.line, text: htmlAsMarkdown(written.text) };
    const marks = [...marksOf(entry.text).values()];
    const { text, dropped } = cleanInline(entry.text);
    for (const url of dropped)
      tally.warn(entry.line, `dropped the link ${shortened(url)}: only http and https are kept`);
    if (dropped.length > 0) tally.leaveOut(entry.line, 'a link that is not kept');
    if (!hasLetters(textBesides(entry.text, marks))) {
      if (hasLetters(entry.text)) tally.leaveOut(entry.line, 'a picture, tags or a link that leads nowhere');
      return { line: entry.line, text: '' };
    }
    return { line: entry.line, text: text.trimEnd() };
  });
  return cleaned.map((entry) => withCharacters(entry, tally));
}

function withCharacters({ line, text: given }: SourceLine, tally: Tally): SourceLine {
  const { text, gone } = withoutReferences(given);
  if (gone.length > 0) tally.leaveOut(line, 'HTML for a character', gone.join(' '));
  return { line, text };
}

/** Scripts, style sheets and comments that span lines, when they end somewhere. */
function withoutHiddenBlocks(lines: readonly SourceLine[], tally: Tally): SourceLine[] {
  const kept: SourceLine[] = [];
  const lastEnd = new Map<RegExp, number>(
    hiddenBlocks.map(({ end }) => [end, lines.findLastIndex(({ text }) => end.test(text))]),
  );
  let until: RegExp | undefined;
  for (const [index, entry] of lines.entries()) {
    const block = hiddenBlocks.find(({ start }) => start.test(entry.text));
    if (until === undefined && block !== undefined && (lastEnd.get(block.end) ?? -1) >= index)
      until = block.end;
    if (until !== undefined) tally.leaveOut(entry.line, 'hidden: a script, a style sheet or a comment');
    kept.push(until === undefined ? entry : { line: entry.line, text: '' });
    if (until?.test(entry.text)) until = undefined;
  }
  return kept;
}

/** `> [!note] text`: the kind of a callout only says how it is drawn. */
function withoutCallout({ line, text }: SourceLine, tally: Tally): SourceLine {
  const callout = /^(\s*>\s*)\[!(\w+)\][+-]?\s*/.exec(text);
  if (callout === null) return { line, text };
  tally.leaveOut(line, 'the kind of a callout', callout[2]);
  tally.use(line);
  return { line, text: `${callout[1] ?? ''}${text.slice(callout[0].length)}` };
}

/** What stands in a `<figcaption>` speaks of the picture, which goes. */
function withoutCaptions(lines: readonly SourceLine[], tally: Tally): SourceLine[] {
  return lines.map((entry) => {
    if (!/^\s*<figcaption[\s>].*<\/figcaption>\s*$/i.test(entry.text)) return entry;
    tally.leaveOut(entry.line, 'the caption of a picture');
    return { line: entry.line, text: '' };
  });
}

const hiddenBlocks = [
  { start: /^\s*<script[\s>]/i, end: /<\/script\s*>/i },
  { start: /^\s*<style[\s>]/i, end: /<\/style\s*>/i },
  { start: /^\s*<!--/, end: /-->/ },
] as const;

/** The text without tags, images and links that lead nowhere: if no letter is left, the line says nothing. */
function textBesides(
  text: string,
  marks: ReturnType<typeof marksOf> extends Map<number, infer M> ? M[] : never,
) {
  let rest = '';
  let at = 0;
  for (const mark of marks.toSorted((a, b) => a.start - b.start)) {
    if (mark.start < at) continue;
    const isPicture = mark.kind === 'link' && (mark.isImage || isLinkedImage(mark, text));
    const isDeadEnd = mark.kind === 'link' && safeUrl(mark.url) === undefined && !/^\w+:/.test(mark.url);
    if (mark.kind !== 'tag' && !isPicture && !isDeadEnd) continue;
    rest += text.slice(at, mark.start);
    at = mark.end;
  }
  return rest + text.slice(at);
}

/** `[![alt](image)](page)`: a picture that is a link. */
export function isLinkedImage(mark: LinkMark, text: string): boolean {
  return /^\s*!\[[^[\]]*\]\([^()]*(?:\([^()]*\)[^()]*)*\)\s*$/.test(text.slice(mark.textStart, mark.textEnd));
}

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
