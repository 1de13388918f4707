/** A story in plain text, in the parts that an edition may leave out. */
import type { Highlight, Story } from '../digest/digest.ts';
import type { InlineNode } from '../digest/inline.ts';
import { parseInline } from '../digest/inline.ts';
import { oneLine } from './columns.ts';
import { paragraphsOf } from './inline-html.ts';
import type { StoryText } from './issue-template.ts';
import { linkedSources } from './issue-view.ts';
import { lonePoint, pointGroups } from './point-groups.ts';
import type { Wording } from './wording.ts';

export function storyText(story: Story, words: Wording): StoryText {
  const { title, tag, summary, background, highlights, sources } = story;
  const names = linkedSources(sources).map(({ name, url }) => (url === null ? name : `${name} <${url}>`));
  return {
    title: tag === undefined ? textLine(title) : `[${oneLine(tag)}] ${textLine(title)}`,
    summary: paragraphsOf(summary).map(textLine).join('\n\n'),
    background: paragraphsOf(background ?? '')
      .map((paragraph, i) => `  ${i === 0 ? words.background + words.colon : ''}${textLine(paragraph)}`)
      .join('\n\n'),
    highlights: pointLines(highlights, words).join('\n'),
    sources: names.length === 0 ? '' : `  ${words.source}${words.colon}${names.join(' · ')}`,
  };
}

function pointLines(highlights: readonly Highlight[], words: Wording): readonly string[] {
  const lone = lonePoint(highlights);
  if (lone !== undefined) return [`  ${labelledLine(lone, words)}`];
  return pointGroups(highlights).flatMap(({ head, points }) => [
    ...(head === undefined ? [] : [`  ${textLine(head)}`]),
    ...points.map((point) => `  - ${labelledLine(point, words)}`),
  ]);
}

/** A text that a label may stand before. */
export function labelledLine({ label, text }: Highlight, words: Wording): string {
  const name = textLine(label ?? '');
  return name === '' ? textLine(text) : `${name}${words.colon}${textLine(text)}`;
}

/** A link inside a text keeps its address, which plain text can show in no other way. */
export function textLine(text: string): string {
  return oneLine(parseInline(text).map(nodeText).join(''));
}

function nodeText(node: InlineNode): string {
  if (!('children' in node)) return node.text;
  const inner = node.children.map(nodeText).join('');
  return node.type === 'link' && node.url !== inner ? `${inner} <${node.url}>` : inner;
}
