/** What a single line looks like: bold, a heading, a bullet. */

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
