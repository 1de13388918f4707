/** Decides over a whole Markdown file what each section is: a story, a category of stories, an overview, furniture. */
import { withoutFooter } from './beside-news.ts';
import { inlineText } from './inline.ts';
import { bareLabel, readMarkdownLabel } from './labels.ts';
import { type Block, type Item, type ListBlock, type TextBlock, textColumns } from './markdown-blocks.ts';
import type { Section } from './markdown-sections.ts';
import { isStoryTable } from './markdown-tables.ts';
import { isOverview } from './overview-titles.ts';
import { columns } from './reading.ts';
import { saysOnlyReadOn } from './source-names.ts';
import { leadingLink, linksOnly } from './sources.ts';

/** What each section is, decided over the whole file. */
export interface Plan {
  readonly kinds: ReadonlyMap<Section, Kind>;
  readonly parents: ReadonlyMap<Section, Section>;
}

/** `stories`: its items, rows or bold titles are stories. `story`: it is one. `part`: it holds other sections. */
export type Kind = 'stories' | 'story' | 'overview' | 'trends' | 'furniture' | 'part' | 'empty';

export function planOf(sections: readonly Section[]): Plan {
  const parents = parentsOf(sections);
  const holders = new Set(parents.values());
  const bodies = new Map(sections.map((section) => [section, bodyOf(withoutFileFooter(section, sections))]));
  const leaves = sections.filter((section) => section.level > 0 && !holders.has(section));
  const of = (...wanted: Body[]) => leaves.filter((leaf) => wanted.includes(bodies.get(leaf) as Body));
  const prose = of('prose').filter(({ title }) => !isOverview(title) && !isFurniture(title));
  const listed = of('stories').length;
  const arePlainItemsStories = prose.length === 0 || listed > prose.length;
  const storyLevel = usualLevel(prose);
  const headlines = of('empty').length;
  const isHeadline = ({ level, title }: Section) =>
    /\]\(https?:/i.test(title) || (prose.length === 0 ? listed === 0 && headlines > 1 : level === storyLevel);
  const kinds = new Map<Section, Kind>();
  for (const section of sections) {
    const body = bodies.get(section) as Body;
    if (section.level === 0) continue;
    const around = aroundOf(section, parents);
    if (around === 'furniture' && parents.get(section) !== undefined && !isFurniture(section.title))
      kinds.set(section, around);
    else if (holders.has(section)) kinds.set(section, 'part');
    else if (around !== undefined) kinds.set(section, body === 'empty' ? 'empty' : around);
    else if (body === 'empty') kinds.set(section, isHeadline(section) ? 'story' : 'empty');
    else if (section === leaves[0] && isSubtitle(section, storyLevel)) kinds.set(section, 'furniture');
    else if (isTrends(section.title)) kinds.set(section, 'trends');
    else if (body === 'stories' || (body === 'items' && arePlainItemsStories && !isOverview(section.title))) {
      kinds.set(section, 'stories');
    } else if (isOverview(section.title) || listed > prose.length || section.level < storyLevel) {
      kinds.set(section, 'overview');
    } else kinds.set(section, isAnalysis(parents.get(section)) ? 'overview' : 'story');
  }
  return { kinds, parents };
}

/** A letter's last lines are no part of its last section. */
function withoutFileFooter(section: Section, sections: readonly Section[]): Section {
  return section === sections.at(-1) ? { ...section, blocks: [...withoutFooter(section.blocks)] } : section;
}

/** Deeper than the stories and before the first of them, with a by-line at most: it belongs to the title. */
function isSubtitle({ level, blocks }: Section, storyLevel: number): boolean {
  if (level <= storyLevel || blocks.some(({ kind }) => kind !== 'text' && kind !== 'rule')) return false;
  const told = blocks.filter(
    (block) => block.kind === 'text' && !/^[*_](?![*_])/.test(block.lines[0]?.text ?? ''),
  );
  return (
    textColumns(told) < 60 &&
    !told.some((block) => block.kind === 'text' && block.lines.some(({ text }) => /[。.!?！？]$/u.test(text)))
  );
}

/** What a section is because it, or one it stands under, stands around the news. */
function aroundOf(
  section: Section,
  parents: ReadonlyMap<Section, Section>,
): 'furniture' | 'overview' | undefined {
  let beside = false;
  for (let at: Section | undefined = section; at !== undefined; at = parents.get(at)) {
    if (isFurniture(at.title)) return 'furniture';
    beside ||= isBesideNews(at.title);
  }
  return beside ? 'overview' : undefined;
}

function isAnalysis(section: Section | undefined): boolean {
  return section !== undefined && bareLabel(section.title) === 'analysis';
}

function parentsOf(sections: readonly Section[]): Map<Section, Section> {
  const parents = new Map<Section, Section>();
  const open: Section[] = [];
  for (const section of sections) {
    if (section.level === 0) continue;
    while (open.length > 0 && (open.at(-1) as Section).level >= section.level) open.pop();
    const parent = open.at(-1);
    if (parent !== undefined) parents.set(section, parent);
    open.push(section);
  }
  return parents;
}

/** The level most stories have; the deeper of two that are as frequent. */
function usualLevel(sections: readonly Section[]): number {
  const counts = new Map<number, number>();
  for (const { level } of sections) counts.set(level, (counts.get(level) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 0;
}

/** `stories`: items with links or bold titles, story tables, linked bold paragraphs. `items`: a list of plain items. */
type Body = 'empty' | 'stories' | 'items' | 'prose';

export function bodyOf({ blocks }: Section): Body {
  const filled: Block[] = blocks.filter((block) => block.kind !== 'rule');
  if (filled.length === 0) return 'empty';
  if (filled.some((block) => block.kind === 'table' && isStoryTable(block))) return 'stories';
  if (filled.some((block) => block.kind === 'text' && isStoryParagraph(block))) return 'stories';
  if (filled.filter(isLinkedParagraph).length > 1) return 'stories';
  const lists = filled.filter((block) => block.kind === 'list');
  if (lists.length === 0) return 'prose';
  const items = lists.flatMap((block) => block.items);
  const rest = filled.slice(filled.indexOf(lists[0] as Block)).filter((block) => block.kind !== 'list');
  const before = textColumns(filled.slice(0, filled.indexOf(lists[0] as Block)));
  if (textColumns(rest) > 120 || rest.some((block) => block.kind === 'code')) return 'prose';
  const hasOwnStories = items.filter(isStoryItem).length * 2 >= items.length;
  if (hasOwnStories && before * 2 < itemColumns(lists)) return 'stories';
  const isShortAfter = rest.every(({ kind }) => kind === 'text') && textColumns(rest) <= 60;
  return before === 0 && isShortAfter && items.length > 1 ? 'items' : 'prose';
}

export function isStoryParagraph({ lines }: TextBlock): boolean {
  const text = lines[0]?.text ?? '';
  return /^(?:\*\*|__)\[/.test(text) && leadingLink(text) !== undefined;
}

/** A link on a line of its own, and what it leads to on the next. */
export function isLinkedParagraph(block: Block): block is TextBlock {
  if (block.kind !== 'text' || block.lines.length < 2) return false;
  const linked = leadingLink(block.lines[0]?.text ?? '');
  return linked !== undefined && linked.rest === '' && !saysOnlyReadOn(linked.title);
}

function isStoryItem(item: Item): boolean {
  if (readMarkdownLabel(item.text) !== undefined) return false;
  const texts = [item.text, ...item.body.map(({ text }) => text), ...item.children.map(({ text }) => text)];
  if (item.isOrdered && item.body.some(({ text }) => linksOnly(text) === undefined)) return true;
  return /^(?:\*\*|__)\S/.test(item.text) || texts.some((text) => /\]\(https?:/i.test(text));
}

function itemColumns(lists: readonly ListBlock[]): number {
  return lists.flatMap(({ items }) => items).reduce((sum, { text }) => sum + columns(text), 0);
}

/** Headings of what publishers put around the news; the whole heading has to say so. */
function isFurniture(title: string): boolean {
  return furniture.test(inlineText(title));
}

const furniture =
  /^[^\p{L}]*(?:往期\p{L}{0,4}|归档|订阅\p{L}{0,4}|(?:免责|版权)?声明|关于(?:我们|本刊|本报|本日报|作者)|关注\p{L}{0,4}|联系\p{L}{0,3}|反馈\p{L}{0,4}|收听\p{L}{0,10}|加入(?:我们|社群|\p{L}{0,4}群)|(?:赞助|支持|打赏)\p{L}{0,6}|广告|推广|(?:读者|交流|微信)群|archives?|past (?:issues|editions)|(?:un)?subscribe|disclaimer|about(?: (?:us|me|this \p{L}+|the authors?))?|contact(?: us)?|follow us|stay connected|sponsors?|advertis(?:e|ing|ement)|support us|feedback|credits|colophon|how (?:this|it) (?:was|is) made)[^\p{L}]*$/iu;

/** Headings of what a publisher gives to do and to look up besides the news: it is kept, but is no story. */
function isBesideNews(title: string): boolean {
  return besideNews.test(inlineText(title).replace(/[(（][^()（）]*[)）]/gu, ''));
}

const besideNews =
  /^[^\p{L}]*(?:(?:今日|本周|本期|每日|推荐|技术|行业|ai)*(?:学习(?:建议|路径|资源)|关键词|行动(?:清单|建议|项)|待办(?:事项)?|术语(?:表|解释)?|名词解释|数据统计|统计数据|关键指标)|附录(?:[:：].*)?|(?:key )?(?:action items|takeaways for you|glossary|appendix(?:[:：].*)?|learning (?:path|resources)|keywords|by the numbers|to-?dos?))[^\p{L}]*$/iu;

function isTrends(title: string): boolean {
  return /^[^\p{L}]*(?:(?:今日|本周|核心|行业|技术)*趋势(?:总结|观察|展望)?|(?:key |top )?trends?(?: to watch)?)[^\p{L}]*$/iu.test(
    title,
  );
}
