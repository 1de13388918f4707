/** Finds the title of a Markdown digest and the places where its date may stand. */
import { besidesDate, findDate } from './dates.ts';
import { type DigestDraft, setTitle } from './draft.ts';
import { inlineText } from './inline.ts';
import { withoutMark, withoutNumber } from './line-shapes.ts';
import type { Plan } from './markdown-plan.ts';
import type { Section } from './markdown-sections.ts';
import { columns, hasLetters } from './reading.ts';
import type { SourceLine } from './source-lines.ts';
import type { Tally } from './tally.ts';

/** The title: front matter, else the first or the only top heading, else the first line. Returns the title's sections. */
export function takeTitle(
  draft: DigestDraft,
  sections: readonly Section[],
  front: string | undefined,
  tally: Tally,
): Set<Section> {
  const heading = titleSection(sections);
  const titled = titleSections(sections, heading);
  const line = firstLine(sections[0]);
  if (front !== undefined) draft.title = front;
  else if (heading !== undefined) draft.title = plainHeading(heading.title);
  else if (line !== undefined) setFirstLine(draft, line, tally);
  if (draft.title !== '') draft.dateTexts.push(draft.title);
  for (const section of titled) {
    const isKept =
      draft.title.includes(inlineText(section.title)) || (section === heading && front === undefined);
    if (isKept) tally.use(section.line);
    if (!isKept || /\]\(/.test(section.title)) tally.leaveOut(section.line, 'beside the title');
  }
  return titled;
}

/** Why the line that gave a title is left out. */
export const presentsDigest = 'presents the digest';

/** A line of whole sentences that presents `《NAME》` is no title, but gives one. */
function setFirstLine(draft: DigestDraft, { text, line }: SourceLine, tally: Tally): void {
  const name =
    columns(text) > 60 && /[。？！?!：:]/u.test(text) ? /《([^《》]{2,30})》/u.exec(text)?.[1] : undefined;
  setTitle(draft, text, line, tally);
  if (name === undefined) return;
  draft.title = name;
  tally.leaveOut(line, presentsDigest);
}

/** The title's own, a second top heading beside it, and headings that are dates and nothing else. */
function titleSections(sections: readonly Section[], heading: Section | undefined): Set<Section> {
  const tops = sections.filter(({ level }) => level === 1);
  const isTitled = (section: Section) =>
    section === heading ||
    (heading?.level === 1 && section.level === 1 && tops.length <= 2) ||
    !hasLetters(besidesDate(inlineText(section.title)));
  return new Set(sections.filter((section) => section.level > 0 && isTitled(section)));
}

function firstLine(section: Section | undefined): SourceLine | undefined {
  const first = section?.blocks[0];
  return first?.kind === 'text' || first?.kind === 'quote' ? first.lines[0] : undefined;
}

function titleSection(sections: readonly Section[]): Section | undefined {
  const written = sections.filter(({ level }) => level > 0);
  const first = written[0];
  const tops = written.filter(({ level }) => level === 1);
  const named = tops.find(({ title }) => hasLetters(besidesDate(inlineText(title)))) ?? tops[0];
  if (tops.length > 0 && tops.length <= 2 && tops[0] === first) return named;
  if (first === undefined || first.level > 6) return undefined;
  const isAlone = written.filter(({ level }) => level <= first.level).length === 1 && written.length > 1;
  return findDate(first.title) !== undefined || isAlone ? first : undefined;
}

export function plainHeading(title: string): string {
  const plain = withoutNumber(withoutMark(inlineText(title))).trim();
  return /^【([^【】]+)】$/u.exec(plain)?.[1] ?? plain;
}

/** Before the first story the date may stand in any heading or line. */
export function lookForDate(draft: DigestDraft, sections: readonly Section[], { kinds }: Plan): void {
  const before: string[] = [];
  for (const section of sections) {
    const kind = kinds.get(section);
    if (kind !== 'story') before.push(section.title);
    if (kind === 'story' || kind === 'stories' || before.length > farthest) break;
    for (const block of section.blocks.slice(0, farthest)) {
      if (block.kind === 'table') before.push(block.header.cells.join(' '));
      if (block.kind !== 'text' && block.kind !== 'quote') continue;
      for (const { text } of block.lines.slice(0, farthest)) before.push(text);
    }
  }
  for (const text of before.slice(0, farthest)) draft.dateTexts.push(text);
}

/** A date further down than so many lines is not the digest's. */
const farthest = 100;
