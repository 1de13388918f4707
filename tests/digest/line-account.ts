/** Counts what a parsed digest says about each line of its file, without trusting the parser's own account. */
import type { ParsedDigest } from '../../src/digest/digest.ts';

/** Words that only say what follows, and so need not stand in a field. */
const labelWord =
  /^[\s>#*_+•·|-]*(?:\[[ xX]\]\s*[*_]*)?(?:今日核心趋势总结|趋势总结|深度解析|来源出处|数据支撑|影响范围|为什么重要|说明|背景|要点|来源|摘要|标签|链接)(?=[\s*_:：]|$)/u;
const numberBefore =
  /^[\s>#*_+•·|-]*(?:\[[ xX]\]\s*[*_]*)?(?:\d{1,3}(?:[.)、．）]|\s*\|)|[一二三四五六七八九十]{1,3}[、.．]|[(（][一二三四五六七八九十\d]{1,3}[)）])/u;
const numberAfter = /`#\d+`\s*$/;

/** What every reader of a digest drops. */
const dropped =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what goes
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** Lines whose letters stand neither in a field nor among the unparsed. */
export function lostLines(source: string, parsed: ParsedDigest): string[] {
  const listed = new Set(parsed.unparsed.map(({ line }) => line));
  const fields = textsOf(parsed.digest).join('\n');
  return source
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .map((text, index) => ({ text, line: index + 1 }))
    .filter(({ line }) => !listed.has(line))
    .filter(({ text }) => !runsOf(text, parsed.digest.format === 'json').every((run) => fields.includes(run)))
    .map(({ text, line }) => `${line}: ${text}`);
}

/** Every web address in the digest, also those inside of texts. */
export function urlsOf(parsed: ParsedDigest): string[] {
  const texts = textsOf(parsed.digest).join('\n');
  const linked = [...texts.matchAll(/\]\((\S+?)\)/g)].map((match) => match[1] ?? '');
  const sources = parsed.digest.categories.flatMap(({ stories }) =>
    stories.flatMap((story) => story.sources),
  );
  return [...linked, ...sources.flatMap(({ url }) => url ?? [])];
}

function runsOf(text: string, isJson: boolean): string[] {
  const bare = text
    .replace(dropped, '')
    .replace(/<\/?[A-Za-z!][^<>]*>/g, ' ')
    .replace(numberBefore, ' ')
    .replace(labelWord, ' ')
    .replace(numberAfter, ' ')
    .replace(/^(?:title|date):/, ' ')
    .replace(isJson ? /"[^"]*"\s*:|\\n/g : /(?!)/, ' ');
  return bare.match(/[\p{L}\p{N}]+/gu) ?? [];
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(textsOf);
  return [];
}
