/** The general Markdown reader: headings, list items, bold lines or table rows are the stories, as the file has it. */

import { isAfterword, isFooter, isOwnStatistics, isToldText, linesIn, withoutFooter } from './beside-news.ts';
import {
  type CategoryDraft,
  type DigestDraft,
  type FormatParser,
  newDigestDraft,
  type StoryDraft,
} from './draft.ts';
import { readFrontMatter } from './front-matter.ts';
import { bareLabel, readPoint } from './labels.ts';
import { type Block, type Item, readBlocks } from './markdown-blocks.ts';
import { type Contents, contentsOf } from './markdown-contents.ts';
import { addBlocks } from './markdown-fields.ts';
import {
  bodyOf,
  isLinkedParagraph,
  isStoryParagraph,
  type Plan,
  planOf,
  textColumns,
} from './markdown-plan.ts';
import { type Section, sectionsOf } from './markdown-sections.ts';
import { storyFromHeading, storyFromItem } from './markdown-story.ts';
import { addStoryTable, isStoryTable } from './markdown-tables.ts';
import { lookForDate, plainHeading, presentsDigest, takeTitle } from './markdown-title.ts';
import { fieldsOf, isShortProse, type Opening } from './overview-fields.ts';
import { isOverview } from './overview-titles.ts';
import { folded, hasLetters } from './reading.ts';
import type { SourceLine } from './source-lines.ts';
import type { Tally } from './tally.ts';

export const parseMarkdown: FormatParser = ({ lines, tally }) => {
  const front = readFrontMatter(lines, tally);
  const draft = newDigestDraft();
  const sections = sectionsOf(readBlocks(withoutClosing(front.rest, draft, tally)));
  const titled = takeTitle(draft, sections, front.title, tally);
  if (front.date !== undefined) draft.dateTexts.push(front.date);
  const plan = planOf(sections.filter((section) => !titled.has(section)));
  lookForDate(draft, sections, plan);
  const contents = contentsOf(sections, plan);

  const hasOthers = [...plan.kinds.values()].some((kind) => kind === 'story' || kind === 'stories');
  const reader = createReader(draft, contents, tally);
  for (const section of sections) {
    if (titled.has(section) || section.level === 0) reader.readIntroduction(section, hasOthers);
    else reader.readSection(section, plan, section === sections.at(-1));
  }
  reader.settleOpening();
  // A heading that no story came to stand under has done its work by being a heading.
  for (const section of sections) {
    if (section.level > 0 && !titled.has(section)) reader.settleHeading(section.line);
  }
  return draft;
};

/** `【微语】…`: the day's sentence, at the end or at the start. */
function withoutClosing(lines: readonly SourceLine[], draft: DigestDraft, tally: Tally): SourceLine[] {
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

function createReader(draft: DigestDraft, contents: Contents, tally: Tally) {
  let opening: Opening | undefined;
  const categories = new Map<string, CategoryDraft>();
  const settled = new Set<number>();

  function categoryNamed(name: string, line?: number): CategoryDraft {
    const category = categories.get(name) ?? { name, lines: [], stories: [] };
    if (!categories.has(name)) draft.categories.push(category);
    categories.set(name, category);
    if (line !== undefined) category.lines.push(line);
    return category;
  }

  function categoryOf(section: Section | undefined): CategoryDraft {
    if (section === undefined || section.level === 0) return categoryNamed('');
    const isNew = !settled.has(section.line);
    useHeading(section);
    return categoryNamed(plainHeading(section.title), isNew ? section.line : undefined);
  }

  /** Under its heading; without one, where the table of contents lists it. */
  function storyCategory(parent: Section | undefined, title: string): CategoryDraft {
    const listed = parent === undefined ? contents.categoryOf(title) : undefined;
    if (listed === undefined) return categoryOf(parent);
    tally.use(listed.line);
    return categoryNamed(listed.name, listed.line);
  }

  function useHeading({ title, line }: Section): void {
    tally.use(line);
    settled.add(line);
    if (/\]\(/.test(title)) tally.leaveOut(line, 'a link in a heading');
  }

  function readSection(section: Section, plan: Plan, isLast: boolean): void {
    const kind = plan.kinds.get(section) ?? 'empty';
    const blocks = isLast ? withoutFooter(section.blocks) : section.blocks;
    leaveOutAll(section.blocks.slice(blocks.length), 'the footer');
    if (contents.sections.has(section)) leaveOutAll(blocks, 'a table of contents');
    else if (kind === 'story') {
      const story = storyFromHeading(section.title, section.line, blocks, tally);
      storyCategory(plan.parents.get(section), section.title).stories.push(story);
      settled.add(section.line);
    } else if (kind === 'stories') readStories(section, blocks);
    else if (kind === 'trends') readTrends(section, blocks);
    else if (kind === 'overview') readOverview(section.title, section, blocks);
    else if (kind === 'part') {
      if (bodyOf(section) === 'stories') readStories(section, blocks);
      else readOverview(section.title, section, blocks);
    } else if (kind === 'furniture') leaveOutAll(blocks, 'around the news: archive, subscription, notices');
  }

  /** Items, rows and bold titles become stories of the section's category; what follows one belongs to it. */
  function readStories(section: Section, blocks: readonly Block[]): void {
    const category = categoryOf(section);
    for (const [index, block] of blocks.entries()) {
      const last = category.stories.at(-1);
      if (block.kind === 'list') addItems(category, block.items, tally);
      else if (block.kind === 'table' && isStoryTable(block)) {
        addStoryTable(block, category, categoryNamed, tally);
      } else if (block.kind === 'text' && (isStoryParagraph(block) || isLinkedParagraph(block))) {
        category.stories.push(storyFromParagraph(block.lines, tally));
      } else if (isAfterword(block, index, blocks)) {
        leaveOutAll([block], 'after the list');
      } else if (isFooter(block)) leaveOutAll([block], 'small print');
      else if (last !== undefined && block.kind !== 'rule') {
        addBlocks(last, [block], tally);
      }
    }
  }

  function readTrends(section: Section, blocks: readonly Block[]): void {
    useHeading(section);
    for (const { label, text } of fieldsOf(blocks, tally)) {
      draft.trends.push(label === '' ? readPoint(text) : { label, text });
    }
  }

  /** Prose that is no story but says something: an analysis under its heading. */
  function readOverview(title: string, section: Section, blocks: readonly Block[]): void {
    leaveOutAll(blocks.filter(isOwnStatistics), 'what the digest counts of itself');
    const told = blocks.filter((block) => !isFooter(block) && !isOwnStatistics(block));
    const hasMore = told.some((block) => !['text', 'quote', 'rule'].includes(block.kind));
    if (!hasMore && textColumns(told) < 60) {
      leaveOutAll(told, 'too little to be a part of its own');
      return;
    }
    if (section.level > 0) useHeading(section);
    const fields = fieldsOf(told, tally);
    if (bareLabel(title) === 'closing') draft.closing = fields.map(({ text }) => text).join('\n\n');
    else {
      const analysis = { title: plainHeading(title), fields };
      if (draft.categories.length === 0 && (section.level === 0 || isOverview(title))) {
        opening ??= { analysis, line: section.level === 0 ? 0 : section.line };
      }
      draft.analyses.push(analysis);
    }
  }

  /** A short summary before the first story is the day's sentence, where the digest has no closing one. */
  function settleOpening(): void {
    if (opening === undefined || draft.closing !== undefined || !isShortProse(opening.analysis.fields))
      return;
    draft.closing = opening.analysis.fields.map(({ text }) => text).join('\n\n');
    draft.analyses.splice(draft.analyses.indexOf(opening.analysis), 1);
    if (opening.line > 0) tally.leaveOut(opening.line, 'the heading of the day’s summary');
  }

  function readIntroduction(section: Section, hasOthers: boolean): void {
    const blocks = section.blocks.map((block) =>
      block.kind === 'text'
        ? { ...block, lines: block.lines.filter((entry) => !isTitleAgain(entry)) }
        : block,
    );
    const body = bodyOf({ ...section, blocks });
    const isStories = body === 'stories' || (!hasOthers && body === 'items');
    const told = blocks.filter(isToldText);
    for (const block of isStories ? [] : blocks) {
      if (!told.includes(block) && (isFooter(block) || textColumns([block]) < 90))
        leaveOutAll([block], 'small print under the title');
    }
    if (contents.sections.has(section)) leaveOutAll(blocks, 'a table of contents');
    else if (isStories) readStories({ ...section, level: 0 }, blocks);
    else if (told.length > 0) readOverview(draft.title, { ...section, level: 0 }, told);
  }

  /** The same title in other characters is no news, but its letters stand nowhere. */
  function isTitleAgain({ line, text }: SourceLine): boolean {
    if (tally.whyLeftOut(line) === presentsDigest) return true;
    if (folded(text) === '' || folded(text) !== folded(draft.title)) return false;
    if (draft.title.includes(text) && !/\]\(/.test(text)) tally.use(line);
    else tally.leaveOut(line, 'repeats the title');
    return true;
  }

  function leaveOutAll(blocks: readonly Block[], why: string): void {
    for (const line of blocks.flatMap(linesIn)) tally.leaveOut(line, why);
  }

  return {
    readIntroduction,
    readSection,
    settleOpening,
    settleHeading(line: number): void {
      if (!settled.has(line)) tally.leaveOut(line, 'a heading that no story stands under');
    },
  };
}

function addItems(category: CategoryDraft, items: readonly Item[], tally: Tally): void {
  for (const item of items) if (hasLetters(item.text)) category.stories.push(storyFromItem(item, tally));
}

/** A paragraph that a linked bold title begins is read like an item. */
function storyFromParagraph([first, ...body]: readonly SourceLine[], tally: Tally): StoryDraft {
  const { text, line } = first as SourceLine;
  return storyFromItem({ text, line, indent: 0, isOrdered: false, body, children: [] }, tally);
}
