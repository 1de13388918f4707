/**
 * Sentences that a publisher's template puts at the end of every story: the same words under different stories, or a
 * description of the column instead of news. They are left out; told only by recurring, never by one line alone.
 */
import { columns, folded } from './reading.ts';
import type { SourceLine } from './source-lines.ts';
import type { Tally } from './tally.ts';

/** So many different stories have to end alike. */
const fewest = 3;

/** Shorter sentences recur by chance: “更多细节待公布。” */
const shortest = 24;

interface Ending {
  readonly line: number;
  /** The line without its last sentence, rests of space gone. */
  readonly before: string;
  readonly sentence: string;
  /** By what the endings are told apart: the same story told twice is one. */
  readonly story: string;
}

/** The lines without such endings, each listed with the words it lost. */
export function withoutBoilerplate(lines: readonly SourceLine[], tally: Tally): SourceLine[] {
  const endings = endingsOf(lines);
  const recurring = alike(endings)
    .filter((group) => storiesIn(group) >= fewest)
    .flat();
  const columnTexts = endings.filter(({ before, sentence }) => before !== '' && describesColumn(sentence));
  const fromFeeds = endings.filter(({ before, sentence }) => before !== '' && appended.test(sentence));
  const described = storiesIn(columnTexts) >= fewest ? columnTexts : [];
  const lost = new Map([...recurring, ...fromFeeds, ...described].map((ending) => [ending.line, ending]));
  return lines.map((entry) => {
    const ending = lost.get(entry.line);
    if (ending === undefined) return entry;
    if (ending.before !== '') tally.use(entry.line);
    tally.leaveOut(
      entry.line,
      'the same under every story',
      ending.before === '' ? undefined : ending.sentence,
    );
    return { line: entry.line, text: ending.before };
  });
}

function alike(endings: readonly Ending[]): readonly (readonly Ending[])[] {
  const groups = new Map<string, Ending[]>();
  for (const ending of endings) {
    const key = folded(ending.sentence);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [ending]);
    else group.push(ending);
  }
  return [...groups.values()];
}

function storiesIn(endings: readonly Ending[]): number {
  return new Set(endings.map(({ story }) => story)).size;
}

function endingsOf(lines: readonly SourceLine[]): Ending[] {
  const endings: Ending[] = [];
  let above = '';
  for (const { line, text } of lines) {
    const bare = text.trim();
    if (bare === '') continue;
    const ending = isProse(bare) ? lastSentence(bare) : undefined;
    if (ending !== undefined) {
      const story = folded(ending.before === '' ? above : ending.before).replace(/\d/g, '');
      const indent = text.slice(0, text.length - text.trimStart().length);
      const before = ending.before === '' ? '' : `${indent}${ending.before}`;
      endings.push({ line, before, sentence: ending.sentence, story });
    }
    above = bare;
  }
  return endings;
}

/** Headings, tables, code and lines with links are taken for what they say. */
function isProse(text: string): boolean {
  return text.length <= 4_000 && !/^(?:#|\||```|~~~)/.test(text) && /[。！？.!?]$/u.test(text);
}

function lastSentence(text: string): { readonly before: string; readonly sentence: string } | undefined {
  const tail = text.slice(-240);
  const ends = [...tail.slice(0, -1).matchAll(/[。！？!?]|\.(?=\s)/gu)];
  const at = ends.at(-1)?.index;
  if (at === undefined && tail.length < text.length) return undefined;
  const start = at === undefined ? 0 : text.length - tail.length + at + 1;
  const sentence = text.slice(start).trim();
  if (columns(sentence) < shortest || /\]\(|https?:|[*_`]{2}/i.test(sentence)) return undefined;
  return { before: text.slice(0, start).trimEnd(), sentence };
}

/** What a common weblog program appends to every text of its feed. */
const appended = /^The post .{1,200} appeared first on .{1,80}\.$/u;

/** `AI、芯片与机器人的每日动态。`: a list of fields, and no word of what happened. */
function describesColumn(sentence: string): boolean {
  return (
    columnText.test(sentence) && sentence.includes('、') && !happening.test(sentence) && !/\d/.test(sentence)
  );
}

const columnText =
  /(?:动态|口碑|精选|资讯|汇总|合集|速览|观察|要闻)(?:[与和及、][\p{Script=Han}]{2,6})?[。.]$/u;
const happening =
  /发布|推出|宣布|表示|公布|上线|完成|达成|签署|收购|融资|将|已|称|显示|提供|支持|新增|升级|认为|指出|预计|增长|下降|获得|超过/u;
