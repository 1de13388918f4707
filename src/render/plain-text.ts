/** The text part, written from the model: the same stories in the same order as the HTML part. */
import type { Highlight, Story } from '../digest/digest.ts';
import type { InlineNode } from '../digest/inline.ts';
import { parseInline } from '../digest/inline.ts';
import type { Edition } from '../edition/edition.ts';
import { oneLine } from './columns.ts';
import { assembledBy, ledeOf, ledeStories, readerTopics } from './edition-lines.ts';
import { paragraphsOf } from './inline-html.ts';
import type { IssueTemplate } from './issue-template.ts';
import { storyKey } from './issue-template.ts';
import { categoryName, linkedSources } from './issue-view.ts';
import type { Masthead } from './masthead.ts';
import type { Piece, SlotName } from './rendered-edition.ts';
import type { Wording } from './wording.ts';

/** The text part of an edition, as pieces; lines end in `\n` and are not wrapped. */
export function plainTextOf(template: IssueTemplate, edition: Edition): readonly Piece[] {
  const { words } = template;
  const sections = [
    heading(template, edition, words),
    lede(edition, words),
    ...edition.categories.map(({ name, stories }) =>
      [
        `== ${categoryName(name, words)} (${stories.length}) ==`,
        ...stories.map((story, i) => numbered(template, story, i)),
      ].join('\n\n'),
    ),
    ...edition.analyses.map((analysis) =>
      [
        `== ${words.deepDive}${words.colon}${line(analysis.title)} ==`,
        '',
        ...analysis.fields.map((field) => highlight(field, words)),
      ].join('\n'),
    ),
    edition.trends.length === 0
      ? ''
      : [`== ${words.trends} ==`, '', ...edition.trends.map((trend) => `- ${highlight(trend, words)}`)].join(
          '\n',
        ),
    closing(edition, words),
  ].filter((section) => section !== '');
  return [
    `${sections.join('\n\n')}\n\n`,
    ...omitted(edition, words),
    feedback(words),
    ...footer(template, edition, words),
  ];
}

/** A story without its number: title, then indented background, points and source. */
export function storyText(story: Story, words: Wording): string {
  const { title, tag, summary, background, highlights, sources } = story;
  const linked = linkedSources(sources);
  const names = linked.map(({ name, url }) => (url === null ? name : `${name} <${url}>`));
  return [
    tag === undefined ? line(title) : `[${oneLine(tag)}] ${line(title)}`,
    ...paragraphsOf(summary).map(line),
    ...paragraphsOf(background ?? '').map(
      (paragraph, i) => `  ${i === 0 ? words.background + words.colon : ''}${line(paragraph)}`,
    ),
    ...highlights.map((point) => `  - ${highlight(point, words)}`),
    ...(sources.length === 0 ? [] : [`  ${words.source}${words.colon}${names.join(' · ')}`]),
  ].join('\n');
}

function heading(template: IssueTemplate, edition: Edition, words: Wording): string {
  const { masthead } = template;
  const { date, storyCount, readingMinutes, preferenceSet } = edition;
  return [
    masthead.sponsored ? `${words.sponsored} · ${oneLine(masthead.name)}` : oneLine(masthead.name),
    [
      words.fullDate(date),
      words.weekday(date),
      words.storyCount(storyCount),
      words.readingMinutes(readingMinutes),
    ].join(' · '),
    words.yourTopics(readerTopics(template, preferenceSet)),
  ].join('\n');
}

function lede(edition: Edition, words: Wording): string {
  const sentence = ledeOf(edition.closing);
  if (sentence !== undefined) return `${words.inBrief}${words.colon}${line(sentence)}`;
  const titles = ledeStories(edition).map((story) => `- ${line(story.title)}`);
  return titles.length === 0 ? '' : [`${words.inBrief}${words.colon}`, ...titles].join('\n');
}

/** A closing that was too long to open the mail. */
function closing({ closing: text }: Edition, words: Wording): string {
  return text === undefined || ledeOf(text) === text ? '' : `${words.closing}${words.colon}${line(text)}`;
}

function numbered({ storyTexts }: IssueTemplate, story: Story, index: number): string {
  return `${index + 1}. ${storyTexts.get(storyKey(story)) ?? ''}`;
}

function omitted({ omittedCount }: Edition, words: Wording): readonly Piece[] {
  if (omittedCount === 0) return [];
  return [`${words.omitted(omittedCount)}\n`, linkLines('preferencesUrl', words.chooseTopics), '\n'];
}

function feedback({ howWasIt, like, dislike }: Wording): Piece {
  const pieces = [`${howWasIt}\n`, linkLines('likeUrl', like), linkLines('dislikeUrl', dislike), '\n'];
  return { given: 'likeUrl', pieces };
}

function footer(template: IssueTemplate, edition: Edition, words: Wording): readonly Piece[] {
  const { masthead } = template;
  const chosen = readerTopics(template, edition.preferenceSet);
  return [
    `----\n${assembledBy(masthead, words)}\n${words.whyYouGetThis(oneLine(masthead.name), chosen)}\n`,
    linkLines('preferencesUrl', `\n${words.preferences}`),
    linkLines('unsubscribeUrl', `\n${words.unsubscribe}`),
    linkLines('webCopyUrl', `\n${words.webCopy}`),
    `\n${masthead.theme.footer === '' ? '' : `${masthead.theme.footer}\n\n`}${sender(masthead, words)}\n`,
  ];
}

/** The words of a link and, on a line of its own, where it leads; nothing for whom there is no such link. */
function linkLines(slot: SlotName, text: string): Piece {
  return { given: slot, pieces: [`${text}\n`, { slot }, '\n'] };
}

function sender({ legalName, postalAddress, contact }: Masthead, words: Wording): string {
  const lines = [legalName, postalAddress, contact === '' ? '' : `${words.contact}${words.colon}${contact}`];
  return lines.filter((text) => text !== '').join('\n');
}

function highlight({ label, text }: Highlight, words: Wording): string {
  return label === undefined ? line(text) : `${line(label)}${words.colon}${line(text)}`;
}

/** A link inside a text keeps its address, which plain text can show in no other way. */
function line(text: string): string {
  return oneLine(parseInline(text).map(nodeText).join(''));
}

function nodeText(node: InlineNode): string {
  if (!('children' in node)) return node.text;
  const inner = node.children.map(nodeText).join('');
  return node.type === 'link' && node.url !== inner ? `${inner} <${node.url}>` : inner;
}
