/** HTML of cards and exports, line by line, as the Markdown it stands for: links, headings, bold, items, line breaks. */
import { safeUrl } from './links.ts';
import type { SourceLine } from './source-lines.ts';

/** The line with `<a href>`, `<h1>`…`<h6>`, `<summary>`, `<b>`, `<strong>`, `<li>` and `<br>` written in Markdown. */
export function htmlAsMarkdown(line: string): string {
  if (!/<(?:a|h[1-6]|summary|b|strong|li|br)[\s/>]/i.test(line)) return line;
  const text = line.replace(boldPair, '**$2**');
  const pieces: string[] = [];
  let anchor: { readonly at: number; readonly url: string } | undefined;
  let at = 0;
  let isAtStart = true;
  for (const match of text.matchAll(tag)) {
    const between = text.slice(at, match.index);
    pieces.push(between);
    isAtStart &&= /^\s*(?:<[^<>]*>\s*)*$/.test(between);
    at = match.index + match[0].length;
    const name = (match[2] ?? '').toLowerCase();
    if (name !== 'a') pieces.push(markdownOf(name, match[1] === '/', isAtStart, match[0]));
    else if (match[1] !== '/') {
      anchor = { at: pieces.length, url: hrefOf(match[3] ?? '') };
      pieces.push(match[0]);
    } else {
      const inner = anchor === undefined ? '' : pieces.slice(anchor.at + 1).join('');
      const isLink =
        anchor !== undefined && /\S/.test(inner.replace(/<[^<>]*>/g, '')) && !/[[\]]/.test(inner);
      if (anchor !== undefined && isLink && isWritable(anchor.url)) {
        pieces[anchor.at] = '[';
        pieces.push(`](${anchor.url})`);
      } else pieces.push(match[0]);
      anchor = undefined;
    }
  }
  pieces.push(text.slice(at));
  return pieces.join('');
}

/** `<span class="badge">Policy</span>` over a card's heading is the tag of that card: it goes under the heading. */
export function withBadgesUnderHeadings(lines: readonly SourceLine[]): SourceLine[] {
  const result = [...lines];
  for (const [index, { line, text }] of result.entries()) {
    const name = badge.exec(text)?.[2]?.trim();
    if (name === undefined || name === '' || name.includes('`')) continue;
    let next = index + 1;
    while (result[next]?.text.trim() === '') next++;
    const heading = result[next];
    if (heading === undefined || !/^\s*<h[1-6][\s>].*<\/h[1-6]>\s*$/i.test(heading.text)) continue;
    result[index] = heading;
    result[next] = { line, text: `\`${name}\`` };
  }
  return result;
}

const badge =
  /^\s*<(span|div|p|small|em|i)\s[^<>]*class\s*=\s*["'][^"'<>]*\b(?:badge|tag|label|category|kicker|chip|pill|eyebrow|topic)\b[^"'<>]*["'][^<>]*>([^<>]{1,40})<\/\1>\s*$/i;

// Attributes hold no angle brackets: what does is left to the reader of tags.
const tag = /<(\/?)(a|h[1-6]|summary|li|br)(\s[^<>]*)?\/?>/gi;
const boldPair = /<(b|strong)(?:\s[^<>]*)?>(?=[^\s<>*])([^<>*]*)(?<!\s)<\/\1>/gi;

function hrefOf(attributes: string): string {
  const match = /(?:^|\s)href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i.exec(attributes);
  return (match?.[1] ?? match?.[2] ?? match?.[3] ?? '').trim();
}

/** Parentheses would end the destination early; an unsafe link stays a tag and goes with the tags. */
function isWritable(url: string): boolean {
  return safeUrl(url) !== undefined && !/[()]/.test(url);
}

function markdownOf(name: string, isClosing: boolean, isAtStart: boolean, written: string): string {
  if (name === 'br') return isAtStart ? written : ' ';
  if (isClosing || !isAtStart) return written;
  if (name === 'li') return '- ';
  return name === 'summary' ? '### ' : `${'#'.repeat(Number(name[1]))} `;
}
