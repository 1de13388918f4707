/** Names of sources: words that only say “read on”, names in parentheses after a text, publishers after a headline. */
import type { Source } from './digest.ts';
import { addNewSources, type StoryDraft } from './draft.ts';
import { siteName } from './links.ts';
import { columns, hasLetters } from './reading.ts';
import { linksOnly, withoutTrailingLinks } from './sources.ts';
import type { Tally } from './tally.ts';

/**
 * Adds links to a story's sources. A link whose words only say “read on” belongs to the one source named without a
 * link; without such a source it is named by its host. The words are left out.
 */
export function addLinks(story: StoryDraft, sources: readonly Source[], line: number, tally: Tally): void {
  for (const source of sources) {
    const isSite = source.url !== undefined && source.name === siteName(source.url);
    if (source.url !== undefined && saysOnlyWhat.test(source.name)) {
      tally.leaveOut(line, 'the words of a link', source.name);
      addNewSources(story, [{ name: siteName(source.url), url: source.url }]);
      continue;
    }
    if (source.url === undefined || !(isSite || saysOnlyReadOn(source.name))) {
      for (const name of addNamed(story, source))
        tally.leaveOut(line, 'another name of the same source', name);
      continue;
    }
    if (!isSite) tally.leaveOut(line, 'the words of a link', source.name);
    const named = story.sources.filter(({ url }) => url === undefined);
    const at = named.length === 1 ? story.sources.indexOf(named[0] as Source) : -1;
    const isKnown = story.sources.some(({ url }) => url === source.url);
    if (at < 0 || isKnown) {
      for (const lost of addNewSources(story, [{ name: siteName(source.url), url: source.url }])) {
        tally.leaveOut(line, 'another address of the same page', lost);
      }
    } else story.sources[at] = { name: story.sources[at]?.name ?? '', url: source.url };
  }
}

/** A name without a link is the name of the one link that only its host names so far. */
function addNamed(story: StoryDraft, source: Source): readonly string[] {
  const only = story.sources.length === 1 ? story.sources[0] : undefined;
  const isUnnamed = only?.url !== undefined && only.name === siteName(only.url);
  if (source.url !== undefined || !isUnnamed) return addNewSources(story, [source]);
  story.sources[0] = { ...only, name: source.name };
  return [];
}

/** `项目地址`, `Paper link`: what it is, not whose; a name that stands beside it is not its own. */
const saysOnlyWhat =
  /^[^\p{L}\p{N}]*(?:(?:项目|论文|模型|代码|仓库|开源|产品|体验|试用|演示)(?:链接|地址|主页|页面)|(?:paper|code|project|model|repo|repository|demo|product) (?:link|url|page))[^\p{L}\p{N}]*$/iu;

/** `阅读原文`, `消息来源`, `Read full article`, `link`: true of every link. */
export function saysOnlyReadOn(name: string): boolean {
  return readOn.test(name);
}

const readOn =
  /^[^\p{L}\p{N}]*(?:(?:点击|戳)?(?:阅读|查看|访问|了解|获取|新闻|消息|信息|文章|原始)?(?:原文|全文|详情|更多|更多详情|更多内容|更多信息|(?:原文|新闻|文章)?(?:链接|地址)|来源|出处|传送门|这里|此处|直达)|(?:(?:read|view|see|learn|full|the|original|more|go|deeper|article|story|source|link|here|on|post|url|website|web|page|details|announcement|click|continue|reading|it)[\s:]*)+)[^\p{L}\p{N}]*$/iu;

export interface Ending {
  /** What stands before the source. */
  readonly text: string;
  readonly sources: readonly Source[];
  /** Words that stand in neither. */
  readonly words: string;
}

/** `…。(财联社)`, `…（来源：新华社）`, `…。来源：新华社`, `… (via Wire)`; `undefined` for any other text. */
function sourceAtEnd(text: string): Ending | undefined {
  if (!/[)）\p{L}\p{N}。.]\s*$/u.test(text)) return undefined;
  const tail = text.slice(-400);
  const head = text.slice(0, text.length - tail.length);
  const label = [...tail.matchAll(sourceLabel)].at(-1);
  if (label !== undefined && hasLetters(head + tail.slice(0, label.index))) {
    const before = head + tail.slice(0, label.index).replace(/[\s|｜·—–(（【[-]+$/u, '');
    const after = tail.slice(label.index + label[0].length).trim();
    const links = linksOnly(after);
    if (links?.isWhole) return { text: before, sources: links.sources, words: label[1] ?? '' };
    const name = after.replace(/[\s)）】\]。.]+$/u, '');
    if (isName(name, 40)) return { text: before, sources: [{ name }], words: label[1] ?? '' };
  }
  const named = /^(.*[。！？!?.…”’"])\s*[（(]((?:via\s+)?)([^()（）[\]]{1,40})[)）]\s*。?$/su.exec(tail);
  if (named === null || !isPublisher(named[3] ?? '') || !hasLetters(head + named[1])) return undefined;
  return {
    text: head + named[1],
    sources: [{ name: (named[3] ?? '').trim() }],
    words: (named[2] ?? '').trim(),
  };
}

/** Like `sourceAtEnd`, and links at the end whose words only say “read on”. */
export function paragraphEnd(text: string): Ending | undefined {
  const end = endOf(text);
  if (end === undefined || end.words !== '' || end.sources.length === 0) return end;
  return end.sources.every(({ name, url }) => url === undefined || saysOnlyReadOn(name)) ? end : undefined;
}

/** The text before its source: `sourceAtEnd`, links at the end, or a name with links after it. */
export function endOf(text: string): Ending | undefined {
  const told = sourceAtEnd(text);
  if (told !== undefined) return told;
  const { text: kept, sources } = withoutTrailingLinks(text);
  if (sources.length === 0 || !hasLetters(kept)) return undefined;
  if (isPartOfSentence(text, kept, sources[0]?.name ?? '')) {
    // Its words stay where they are; its host names the source.
    const hosts = sources.map(({ url = '' }) => ({ name: siteName(url), url }));
    return { text, sources: hosts, words: '' };
  }
  const word = /(?:[\s(（【|]|(?<=[。！？!?.]))(via|source|来源|出处|原文|链接|详情)[\s:：]*$/iu.exec(kept);
  const before = word === null ? kept : kept.slice(0, word.index).trimEnd();
  const named = word === null ? sourceAtEnd(kept) : undefined;
  if (named !== undefined) return { ...named, sources: [...named.sources, ...sources] };
  return { text: before, sources, words: word?.[1] ?? '' };
}

/** `… signed a [200 MW deal](…)`, `Regulators have [fined Harbor](…)`: a link that the sentence needs. */
function isPartOfSentence(text: string, kept: string, name: string): boolean {
  if (/\s(?:in|by|at|on|from|to|of|and|or|with|the|an?|for|see|its|their|this)$/i.test(kept)) return true;
  const isInline = /^\s+\[/.test(text.slice(kept.length)) && /[\p{L}\p{N}]$/u.test(kept);
  return isInline && /^\p{Ll}/u.test(name) && !saysOnlyReadOn(name) && !/^\S+\.\S+$/.test(name);
}

const sourceLabel = /(?<![\p{L}\p{N}])(消息来源|资料来源|信息来源|来源|出处|sources?|via)\s*[:：]/giu;

/** `- 新华社`, `| TechCrunch`, `（IT之家） | 12 points` after a headline that is a link: its publisher, and the rest. */
export function publisherIn(text: string): { readonly name: string; readonly rest: string } | undefined {
  const bracketed = /^[—–|｜·-]?\s*[（(]([^()（）]{1,40})[)）]\s*(?:$|[|｜·•]\s*(.*)$)/su.exec(text.trim());
  const bare = /^[—–|｜·-]+\s*(.{1,40})$/u.exec(text.trim());
  const name = (bracketed?.[1] ?? bare?.[1] ?? '').trim();
  if (!isPublisher(name)) return undefined;
  const isTold = bracketed !== null || isPublisherAlone(name);
  return isTold ? { name, rest: bracketed?.[2] ?? '' } : undefined;
}

function isPublisherAlone(name: string): boolean {
  if (/^[\w-]+(?:\.[\w-]+)+$/.test(name)) return true;
  if (/\p{Script=Han}/u.test(name)) {
    return /(?:[社报報网網台刊氪讯家経经]|新闻|财经|周刊|科技|媒体|之心|之家)$/u.test(name);
  }
  return /^\p{Lu}[\p{L}\p{N}.&’']*(?: (?:\p{Lu}|of|the|&)[\p{L}\p{N}.&’']*){0,4}$/u.test(name);
}

function isPublisher(name: string): boolean {
  if (!isName(name, 28) || /^\p{N}+$/u.test(name.trim())) return false;
  if (/^(?:完|图|文|上|下|终|待续|未完待续|图源.*|详见.*|见.*|记者.*|编辑.*|注.*)$/u.test(name.trim()))
    return false;
  return /^[\p{Lu}\p{Script=Han}\p{N}@]|^[\w-]+\.[a-z]{2,}$/u.test(name.trim());
}

function isName(text: string, width: number): boolean {
  return hasLetters(text) && columns(text.trim()) <= width && !/[。！？!?，,；;：:*`[\]]/u.test(text);
}
