/** Stories of a Markdown digest: from a heading with its text, from a list item; what is title, text and source. */
import type { Source } from './digest.ts';
import { newStory, type StoryDraft } from './draft.ts';
import { takeLastLinks, takeQuotedLink } from './last-links.ts';
import { unnumbered, withoutMark, withoutNumber } from './line-shapes.ts';
import type { Block, Item } from './markdown-blocks.ts';
import { addBlocks, addPoint } from './markdown-fields.ts';
import { columns, hasLetters } from './reading.ts';
import { addLinks, endOf, publisherIn } from './source-names.ts';
import { leadingLink } from './sources.ts';
import type { Tally } from './tally.ts';

/** The story of a heading: its links become sources, its number goes. */
export function storyFromHeading(
  text: string,
  line: number,
  blocks: readonly Block[],
  tally: Tally,
): StoryDraft {
  const story = storyTitled(withoutMark(text), line, false, tally);
  tally.use(line);
  addBlocks(story, blocks, tally);
  takeLastLinks(story);
  takeQuotedLink(story);
  return story;
}

/** The story of a list item: `**title**: text ([source](url))`, `[title](url) text`, or a sentence. */
export function storyFromItem(item: Item, tally: Tally): StoryDraft {
  const story = storyTitled(item.text, item.line, true, tally);
  tally.use(item.line);
  addBlocks(story, [{ kind: 'text', lines: item.body }], tally);
  for (const child of item.children) addPoint(story, child, tally);
  takeLastLinks(story);
  takeQuotedLink(story);
  return story;
}

function storyTitled(text: string, line: number, maySplit: boolean, tally: Tally): StoryDraft {
  const bare = withoutTime(unnumbered(text), line, tally);
  const linked = leadingLink(bare);
  if (linked !== undefined) {
    const story = newStory(headline(linked.title, line, tally), line);
    const publisher = publisherIn(linked.rest);
    const source = publisher === undefined ? linked.source : { ...linked.source, name: publisher.name };
    return withText(story, withoutLead(publisher?.rest ?? linked.rest), [source], tally);
  }
  const end = endOf(bare) ?? { text: bare, sources: [], words: '' };
  if (hasLetters(end.words)) tally.leaveOut(line, 'the word before a source', end.words);
  const whole = unnumbered(end.text);
  const bold = maySplit ? boldStart.exec(whole) : null;
  const [title, rest] =
    bold?.[3] !== undefined && isTitleBold(bold[3], bold[4] ?? '')
      ? [`${bold[1] ?? ''}${bold[3]}`, bold[4] ?? '']
      : maySplit
        ? firstSentence(whole)
        : [whole, ''];
  const story = newStory(headline(title.replace(/[:：]$/u, '').trim(), line, tally), line);
  addLinks(story, end.sources, line, tally);
  return withText(story, withoutLead(rest), [], tally);
}

/** A title without its number, and without `(4 minute read)`: the mail tells how long it takes itself to read. */
function headline(title: string, line: number, tally: Tally): string {
  const bare = withoutNumber(title);
  const time =
    /\s*[(（[【](\d+(?:\.\d+)?[\s-]*(?:min(?:ute)?s?[\s-]+read|分钟(?:阅读|读完)))[)）\]】]$/iu.exec(bare);
  if (time === null || !hasLetters(bare.slice(0, time.index))) return bare;
  tally.leaveOut(line, 'how long it takes to read', time[1]);
  return bare.slice(0, time.index);
}

/** `09:31 Title`, `[09:31] Title`: when it came in. */
function withoutTime(text: string, line: number, tally: Tally): string {
  const time =
    /^(?:\*\*)?[[【(（]?((?:[01]?\d|2[0-3])[:：][0-5]\d(?:[:：][0-5]\d)?)[\]】)）]?\s*(?:\*\*)?[\s|｜·—–-]+(?=\S)/u.exec(
      text,
    );
  if (time === null || !hasLetters(text.slice(time[0].length))) return text;
  const rest = text.slice(time[0].length);
  tally.leaveOut(line, 'when it was published', time[1]);
  return time[0].startsWith('**') && !time[0].trimEnd().endsWith('**') && rest.includes('**')
    ? `**${rest}`
    : rest;
}

const boldStart =
  /^(\p{Extended_Pictographic}\ufe0f?\s*)?(\*\*|__)(?=\S)((?:(?!\2).)+)\2(?=$|\s|[:：。,，—–-])\s*(.*)$/su;

/** Bold at the start is a title when punctuation follows or it is long; else it only stresses the first words. */
function isTitleBold(bold: string, rest: string): boolean {
  return rest === '' || /^[:：。,，—–|｜-]/u.test(rest) || /[:：]$/u.test(bold) || columns(bold) >= 20;
}

/** @param text what follows the title, its own source at the end */
function withText(story: StoryDraft, text: string, sources: readonly Source[], tally: Tally): StoryDraft {
  const end = endOf(text) ?? { text, sources: [], words: '' };
  if (hasLetters(end.words)) tally.leaveOut(story.line, 'the word before a source', end.words);
  if (hasLetters(end.text)) story.summary.push(end.text);
  addLinks(story, [...sources, ...end.sources], story.line, tally);
  return story;
}

/** What stands between a title and its text. */
function withoutLead(text: string): string {
  return text.replace(/^[\s:：。.,，;；—–|｜·•-]+/u, '');
}

/** A long item is parted after its first sentence, never inside of bold, code or a link. */
function firstSentence(text: string): readonly [string, string] {
  if (columns(text) <= 80) return [text, ''];
  const sentence = /[。！？!?]+[”」』’）)]*|\.(?=\s+[\p{Lu}\p{Script=Han}*[])/gu;
  for (const match of text.slice(0, 600).matchAll(sentence)) {
    const end = match.index + match[0].length;
    const title = text.slice(0, end);
    if (!isBalanced(title) || isTeaser(title, text)) continue;
    return hasLetters(text.slice(end)) ? [title, text.slice(end).trim()] : [text, ''];
  }
  return [text, ''];
}

/** `某公司放了个大招！`: what it was stands in the next sentence, if that is no story of its own length. */
function isTeaser(title: string, text: string): boolean {
  if (!/[！!]$/u.test(title) || columns(title) > 44 || /\d/.test(title)) return false;
  const next = /^[^。！？!?]*[。！？!?]/u.exec(text.slice(title.length))?.[0] ?? '';
  return hasLetters(next) && columns(title + next) <= 150;
}

function isBalanced(text: string): boolean {
  const count = (mark: string) => text.split(mark).length - 1;
  return (
    count('**') % 2 === 0 &&
    count('`') % 2 === 0 &&
    count('[') === count(']') &&
    count('(') + count('（') === count(')') + count('）') &&
    count('“') <= count('”')
  );
}
