/** A digest's inline Markdown as HTML: bold, code and links; everything else is text. */
import type { InlineNode } from '../digest/inline.ts';
import { parseInline } from '../digest/inline.ts';
import { safeUrl } from '../digest/links.ts';
import { escapeHtml } from './rendered-edition.ts';

/** Complete HTML: every character of the text is escaped, links are http and https only. */
export function inlineHtml(text: string): string {
  return parseInline(text.replaceAll(/\s+/gu, ' ').trim()).map(nodeHtml).join('');
}

/** A block of text as paragraphs; blank lines part them. */
export function paragraphsOf(text: string): readonly string[] {
  return text
    .split(/\n\s*\n/u)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== '');
}

function nodeHtml(node: InlineNode): string {
  switch (node.type) {
    case 'text':
      return escapeHtml(node.text);
    case 'strong':
      return `<b>${node.children.map(nodeHtml).join('')}</b>`;
    case 'code':
      return `<code class="code">${escapeHtml(node.text)}</code>`;
    case 'link': {
      const inner = node.children.map(nodeHtml).join('');
      return safeUrl(node.url) !== undefined ? `<a href="${escapeHtml(node.url)}">${inner}</a>` : inner;
    }
  }
}
