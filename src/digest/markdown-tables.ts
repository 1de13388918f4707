/** Tables whose rows are stories. */
import { isDateline } from './datelines.ts';
import { type CategoryDraft, joinTags, newStory, type StoryDraft } from './draft.ts';
import { unbold } from './line-shapes.ts';
import { columns, hasLetters } from './reading.ts';
import { addLinks } from './source-names.ts';
import { leadingLink, linksOnly, readSources, withoutTrailingLinks } from './sources.ts';
import type { Row, TableBlock } from './table-blocks.ts';
import type { Tally } from './tally.ts';

const roles = {
  title: /标题|新闻|事件|动态|资讯|要闻|论文|\b(?:title|headline|story|news|event)\b/iu,
  summary: /摘要|说明|简介|概述|内容|\b(?:summary|description|details)\b/iu,
  source: /来源|出处|链接|原文|\b(?:source|link|url)\b/iu,
  category: /分类|类别|板块|领域|\b(?:category|section|topic)\b/iu,
  tag: /标签|\btags?\b/iu,
  number: /^(?:#|序号|编号|no\.?|rank|排名)$/iu,
} as const;

type Role = keyof typeof roles;

/** Whether the rows are stories: the header says so, or most rows of three or more lead somewhere. */
export function isStoryTable(table: TableBlock): boolean {
  const { header, rows } = underTitle(table);
  if (rows.length === 0) return false;
  if (header.cells.some((cell) => roles.title.test(cell))) return true;
  return rows.length >= 3 && rows.filter(({ cells }) => cells.some(hasLink)).length * 2 >= rows.length;
}

/** Puts each row's story into the category its row names, else into the one given. */
export function addStoryTable(
  given: TableBlock,
  category: CategoryDraft,
  categoryNamed: (name: string, line: number) => CategoryDraft,
  tally: Tally,
): void {
  const table = underTitle(given);
  const columnRoles = rolesOf(table);
  tally.leaveOut(given.header.line, 'the head of a table');
  tally.leaveOut(table.header.line, 'the head of a table');
  for (const row of table.rows) {
    const named = row.cells[columnRoles.indexOf('category')];
    const story = storyFromRow(row, columnRoles, table.header, tally);
    if (story === undefined) continue;
    (named !== undefined && hasLetters(named)
      ? categoryNamed(unbold(named), row.line)
      : category
    ).stories.push(story);
  }
}

/** A table may have its title where its head would stand, and its head on the next row. */
function underTitle(table: TableBlock): TableBlock {
  const [first, ...rows] = table.rows;
  const isHead = ({ cells }: Row) => cells.filter((cell) => roleOf(cell) !== undefined).length >= 2;
  if (first === undefined || rows.length === 0 || isHead(table.header) || !isHead(first)) return table;
  const isShort = first.cells.every((cell) => columns(cell) <= 16 && !hasLink(cell));
  return isShort ? { ...table, header: { ...first, cells: first.cells.map(unbold) }, rows } : table;
}

function roleOf(cell: string): Role | undefined {
  return (Object.keys(roles) as Role[]).find((name) => roles[name].test(unbold(cell).trim()));
}

function rolesOf({ header, rows }: TableBlock): (Role | undefined)[] {
  const found: (Role | undefined)[] = header.cells.map(roleOf);
  if (found.includes('title'))
    return found.map((role, index) =>
      role === 'title' && found.indexOf('title') !== index ? undefined : role,
    );
  const linked = header.cells.findIndex((_, index) => rows.some(({ cells }) => hasLink(cells[index] ?? '')));
  const widest = header.cells.map((_, index) =>
    columns(rows.map(({ cells }) => cells[index] ?? '').join('')),
  );
  const title = found[linked] === undefined && linked >= 0 ? linked : widest.indexOf(Math.max(...widest));
  return found.map((role, index) => (index === title ? 'title' : role));
}

function storyFromRow(
  row: Row,
  columnRoles: readonly (Role | undefined)[],
  header: Row,
  tally: Tally,
): StoryDraft | undefined {
  const cell = row.cells[columnRoles.indexOf('title')] ?? '';
  if (!hasLetters(cell)) return undefined;
  const linked = leadingLink(cell);
  const trailing = withoutTrailingLinks(cell);
  const story = newStory(unbold(linked?.title ?? (trailing.text || cell)), row.line);
  tally.use(row.line);
  addLinks(story, linked === undefined ? trailing.sources : [linked.source], row.line, tally);
  if (linked !== undefined && hasLetters(linked.rest)) story.summary.push(linked.rest);
  row.cells.forEach((text, index) => {
    const role = columnRoles[index];
    if (!hasLetters(text) || role === 'title' || role === 'category' || role === 'number') return;
    if (role === undefined && isDateline(text)) {
      tally.leaveOut(row.line, 'when it was published', text);
      return;
    }
    const links = role === undefined ? linksOnly(text) : undefined;
    if (links?.isWhole) addLinks(story, links.sources, row.line, tally);
    else if (role === 'source') addCell(story, text, row.line, tally);
    else if (role === 'tag') story.tag = joinTags(story.tag, text);
    else if (role === 'summary') story.summary.push(text);
    else story.highlights.push({ ...(header.cells[index] && { label: header.cells[index] }), text });
  });
  return story;
}

function addCell(story: StoryDraft, text: string, line: number, tally: Tally): void {
  const { sources, isWhole } = readSources(text);
  addLinks(story, sources, line, tally);
  if (!isWhole) tally.leaveOut(line, 'words beside the links of a source');
}

function hasLink(cell: string): boolean {
  return /\]\(https?:|https?:\/\//i.test(cell);
}
