/** What a single line looks like: bold, a heading, a bullet, a number before a title. */
import { hasLetters } from './reading.ts';

/** The text of a bold line or a heading; `undefined` for any other line. */
export function markedText(text: string): string | undefined {
  const marked = /^#{1,6}\s+(.+)$/u.exec(text)?.[1] ?? text;
  const bold = /^(?:\*\*|__)(.+)(?:\*\*|__)$/u.exec(marked.trim())?.[1];
  if (bold !== undefined && !bold.includes('**')) return bold.trim();
  return marked === text ? undefined : marked.trim();
}

/** The text after `- `, `* `, `• `, `· `, `1. ` or `1、`; `undefined` for a line without a bullet. */
export function bulletText(text: string): string | undefined {
  return /^(?:[-*+•·]\s+|\d{1,3}(?:[.)]\s+|[、．）]\s*))(.*)$/su.exec(text)?.[1];
}

/** `1.`, `1)`, `1、`, `一、`, `（一）` at the start and `` `#1` `` at the end of a title go, and bold around it. */
export function withoutNumber(text: string): string {
  return unbold(unnumbered(text));
}

/** `▌标题` → `标题`. */
export function withoutMark(text: string): string {
  return text.replace(/^(?:(?:[◆◇■□▪▫▶▷►★☆※▌▍▎➤🔹🔸🔷🔶🔺🔻🔵🔴🟢🟡⚫⚪]\ufe0f?)+\s*)/u, '');
}

/** Like `withoutNumber`, bold marks kept. */
export function unnumbered(text: string): string {
  const bare = text.replace(/`#\d{1,4}`$/u, '').trim();
  const title = bare
    .replace(
      /^(?:\d{1,3}(?:[.)](?!\d)|[、．）])|[一二三四五六七八九十]{1,3}[、.．]|[(（][一二三四五六七八九十\d]{1,3}[)）])\s*/u,
      '',
    )
    .trim();
  return hasLetters(title) ? title : text;
}

export function unbold(text: string): string {
  const inner = /^(\*\*|__)(.+)\1$/su.exec(text)?.[2];
  return inner === undefined || inner.includes('**') ? text : inner.trim();
}
