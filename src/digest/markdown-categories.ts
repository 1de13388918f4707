/** The categories of a Markdown digest as they come, and what has become of the headings. */
import type { CategoryDraft, DigestDraft } from './draft.ts';
import type { Contents } from './markdown-contents.ts';
import type { Section } from './markdown-sections.ts';
import { plainHeading } from './markdown-title.ts';
import type { Tally } from './tally.ts';

export type Categories = ReturnType<typeof createCategories>;

/** Adds categories to the draft when their first story comes. */
export function createCategories(draft: DigestDraft, contents: Contents, tally: Tally) {
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

  return {
    categoryNamed,
    categoryOf,
    storyCategory,
    useHeading,
    /** The heading is a story's own. */
    takeHeading: (line: number): void => void settled.add(line),
    /** A heading that no story came to stand under has done its work by being a heading. */
    settleHeading(line: number): void {
      if (!settled.has(line)) tally.leaveOut(line, 'a heading that no story stands under');
    },
  };
}
