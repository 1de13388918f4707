/** Reads the sections of a Markdown digest, each as what the plan says it is. */
import { isAfterword, isFooter, isOwnStatistics, isToldText, linesIn, withoutFooter } from './beside-news.ts';
import type { CategoryDraft, DigestDraft, StoryDraft } from './draft.ts';
import { readPoint } from './labels.ts';
import type { Block, Item } from './markdown-blocks.ts';
import { textColumns } from './markdown-blocks.ts';
import type { Categories } from './markdown-categories.ts';
import type { Contents } from './markdown-contents.ts';
import { addBlocks } from './markdown-fields.ts';
import { bodyOf, isLinkedParagraph, isStoryParagraph, type Plan } from './markdown-plan.ts';
import type { Section } from './markdown-sections.ts';
import { storyFromHeading, storyFromItem } from './markdown-story.ts';
import { addStoryTable, isStoryTable } from './markdown-tables.ts';
import { plainHeading, presentsDigest } from './markdown-title.ts';
import { fieldsOf, isShortProse, type Opening } from './overview-fields.ts';
import { isOverview } from './overview-titles.ts';
import { folded, hasLetters } from './reading.ts';
import type { SourceLine } from './source-lines.ts';
import type { Tally } from './tally.ts';

/** Reads sections into the draft, one after the other. */
export function createReader(draft: DigestDraft, contents: Contents, categories: Categories, tally: Tally) {
  const { categoryNamed, categoryOf, storyCategory, useHeading, takeHeading } = categories;
  let opening: Opening | undefined;

  function readSection(section: Section, plan: Plan, isLast: boolean): void {
    const kind = plan.kinds.get(section) ?? 'empty';
    const blocks = isLast ? withoutFooter(section.blocks) : section.blocks;
    leaveOutAll(section.blocks.slice(blocks.length), 'the footer');
    if (contents.sections.has(section)) leaveOutAll(blocks, 'a table of contents');
    else if (kind === 'story') {
      const story = storyFromHeading(section.title, section.line, blocks, tally);
      storyCategory(plan.parents.get(section), section.title).stories.push(story);
      takeHeading(section.line);
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
    const analysis = { title: plainHeading(title), fields };
    if (draft.categories.length === 0 && (section.level === 0 || isOverview(title))) {
      opening ??= { analysis, line: section.level === 0 ? 0 : section.line };
    }
    draft.analyses.push(analysis);
  }

  /** A short summary before the first story is the day's sentence. */
  function settleOpening(): void {
    if (opening === undefined || !isShortProse(opening.analysis.fields)) return;
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

  return { readIntroduction, readSection, settleOpening };
}

function addItems(category: CategoryDraft, items: readonly Item[], tally: Tally): void {
  for (const item of items) if (hasLetters(item.text)) category.stories.push(storyFromItem(item, tally));
}

/** A paragraph that a linked bold title begins is read like an item. */
function storyFromParagraph([first, ...body]: readonly SourceLine[], tally: Tally): StoryDraft {
  const { text, line } = first as SourceLine;
  return storyFromItem({ text, line, indent: 0, isOrdered: false, body, children: [] }, tally);
}
