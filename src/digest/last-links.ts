/** Sources of a story that has none on a line of its own: the links its text ends with, or a page that it quotes. */
import type { StoryDraft } from './draft.ts';
import { type InlineNode, parseInline } from './inline.ts';
import { siteName } from './links.ts';
import { hasLetters } from './reading.ts';
import { withoutTrailingLinks } from './sources.ts';

/** A story without any source has the links its text ends with. */
export function takeLastLinks(story: StoryDraft): void {
  if (story.sources.length > 0) return;
  const fields = story.highlights.length > 0 ? story.highlights : story.summary;
  const last = fields.at(-1);
  if (last === undefined) return;
  const { text, sources } = withoutTrailingLinks(typeof last === 'string' ? last : last.text);
  if (sources.length === 0 || !hasLetters(text)) return;
  story.sources.push(...sources);
  if (typeof last === 'string') story.summary[story.summary.length - 1] = text;
  else story.highlights[story.highlights.length - 1] = { ...last, text };
}

/** A story whose text quotes a page and that has no source besides has that page. */
export function takeQuotedLink(story: StoryDraft): void {
  if (story.sources.length > 0) return;
  const texts = [...story.summary, ...story.background, ...story.highlights.map(({ text }) => text)];
  for (const text of texts) {
    const url = /\]\(https?:/i.test(text) ? firstLink(parseInline(text)) : undefined;
    if (url === undefined) continue;
    story.sources.push({ name: siteName(url), url });
    story.isSourceQuoted = true;
    return;
  }
}

function firstLink(nodes: readonly InlineNode[]): string | undefined {
  for (const node of nodes) {
    if (node.type === 'link') return node.url;
    const inner = node.type === 'strong' ? firstLink(node.children) : undefined;
    if (inner !== undefined) return inner;
  }
  return undefined;
}
