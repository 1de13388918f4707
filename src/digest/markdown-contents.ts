/** Tables of contents: lists of the titles that follow, which tell the categories of stories that stand under none. */
import { inlineText } from './inline.ts';
import { markedText, withoutNumber } from './line-shapes.ts';
import type { Block, Item } from './markdown-blocks.ts';
import type { Plan } from './markdown-plan.ts';
import type { Section } from './markdown-sections.ts';
import { isOverview } from './overview-titles.ts';
import { columns, folded } from './reading.ts';

export interface Contents {
  /** Sections that only list titles again. */
  readonly sections: ReadonlySet<Section>;
  /** The category that a story's title is listed under, if any. */
  categoryOf(title: string): { readonly name: string; readonly line: number } | undefined;
}

interface Entry {
  readonly title: string;
  readonly category?: { readonly name: string; readonly line: number } | undefined;
}

/** A section is a table of contents when most of what it lists are titles of stories that stand elsewhere. */
export function contentsOf(sections: readonly Section[], { kinds, parents }: Plan): Contents {
  const titles = new Set(
    sections.filter((section) => kinds.get(section) === 'story').map(({ title }) => keyOf(title)),
  );
  const found = new Set<Section>();
  const categories = new Map<string, { readonly name: string; readonly line: number }>();
  for (const section of sections) {
    const isCandidate = section.level === 0 || isOverview(section.title) || isContents(section.title);
    // Lists under headings of their own are categories already.
    if (!isCandidate || parents.has(section)) continue;
    const entries = entriesIn(section.blocks);
    const known = entries.filter(({ title }) => titles.has(keyOf(title)));
    if (known.length < 2 || known.length * 2 < entries.length) continue;
    found.add(section);
    for (const { title, category } of known)
      if (category !== undefined) categories.set(keyOf(title), category);
  }
  return { sections: found, categoryOf: (title) => categories.get(keyOf(title)) };
}

function isContents(title: string): boolean {
  return /^[^\p{L}]*(?:目录|本期目录|本期内容|今日目录|要闻|今日要闻|头条|contents|table of contents|in this issue|headlines|today(?:’|')s headlines)[^\p{L}]*$/iu.test(
    title,
  );
}

/** Items, under the bold or short line before their list, or under the item they are nested in. */
function entriesIn(blocks: readonly Block[]): Entry[] {
  const entries: Entry[] = [];
  let category: Entry['category'];
  for (const block of blocks) {
    if (block.kind === 'text') {
      const last = block.lines.at(-1);
      const name =
        last === undefined ? '' : inlineText(markedText(last.text) ?? last.text).replace(/[:：]$/u, '');
      category = last !== undefined && columns(name) <= 40 ? { name, line: last.line } : undefined;
    } else if (block.kind === 'list') {
      for (const item of block.items) entries.push(...entriesOf(item, category));
    }
  }
  return entries;
}

function entriesOf(item: Item, category: Entry['category']): Entry[] {
  if (item.children.length === 0) return [{ title: item.text, category }];
  const name = inlineText(withoutNumber(item.text)).replace(/[:：]$/u, '');
  return item.children.flatMap((child) => entriesOf(child, { name, line: item.line }));
}

function keyOf(title: string): string {
  return folded(inlineText(withoutNumber(title)));
}
