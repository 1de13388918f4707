/** The general Markdown reader: headings, list items, bold lines or table rows are the stories, as the file has it. */
import { type FormatParser, newDigestDraft } from './draft.ts';
import { readFrontMatter } from './front-matter.ts';
import { readBlocks } from './markdown-blocks.ts';
import { createCategories } from './markdown-categories.ts';
import { contentsOf } from './markdown-contents.ts';
import { planOf } from './markdown-plan.ts';
import { createReader } from './markdown-reader.ts';
import { sectionsOf } from './markdown-sections.ts';
import { lookForDate, takeTitle } from './markdown-title.ts';
import { withoutMotto } from './motto-line.ts';

export const parseMarkdown: FormatParser = ({ lines, tally }) => {
  const front = readFrontMatter(lines, tally);
  const draft = newDigestDraft();
  const sections = sectionsOf(readBlocks(withoutMotto(front.rest, draft, tally)));
  const titled = takeTitle(draft, sections, front.title, tally);
  if (front.date !== undefined) draft.dateTexts.push(front.date);
  const plan = planOf(sections.filter((section) => !titled.has(section)));
  lookForDate(draft, sections, plan);
  const contents = contentsOf(sections, plan);

  const hasOthers = [...plan.kinds.values()].some((kind) => kind === 'story' || kind === 'stories');
  const categories = createCategories(draft, contents, tally);
  const reader = createReader(draft, contents, categories, tally);
  for (const section of sections) {
    if (titled.has(section) || section.level === 0) reader.readIntroduction(section, hasOthers);
    else reader.readSection(section, plan, section === sections.at(-1));
  }
  reader.settleOpening();
  for (const section of sections) {
    if (section.level > 0 && !titled.has(section)) categories.settleHeading(section.line);
  }
  return draft;
};
