/** The text part, written from the model: the same stories in the same order as the HTML part. */
import type { Analysis, Highlight } from '../digest/digest.ts';
import type { Edition } from '../edition/edition.ts';
import { type Shortened, withinBudget } from './budget.ts';
import { oneLine } from './columns.ts';
import { assembledBy, ledeOf, ledeStories, readerTopics } from './edition-lines.ts';
import type { IssueTemplate, StoryText } from './issue-template.ts';
import { categoryName } from './issue-view.ts';
import type { Masthead } from './masthead.ts';
import { type PlacedCategory, placedCategories } from './placed.ts';
import { labelledLine, textLine } from './plain-story.ts';
import type { LeftOut, Piece, SlotName } from './rendered-edition.ts';
import { shownBlocks } from './shown-blocks.ts';
import { piecesBytes, usualPartBytes, usualSlotBytes } from './size.ts';
import type { Wording } from './wording.ts';

export interface TextPart {
  readonly text: readonly Piece[];
  readonly leftOut?: LeftOut;
}

/**
 * The text part of an edition, as pieces; lines end in `\n` and are not wrapped. One that is too large gives up what an
 * HTML part would, in the same order.
 */
export function plainTextOf(template: IssueTemplate, edition: Edition): TextPart {
  const categories = placedCategories(template, edition);
  const shown = shownBlocks(template, edition, categories);
  const whole = piecesOf(template, edition, categories, { shown, lost: new Map(), stories: 0 });
  const excess = piecesBytes(whole) - usualPartBytes;
  if (excess <= 0) return { text: whole };
  const shortened = withinBudget(textWeights(template, edition, categories), shown, categories, excess);
  return {
    text: piecesOf(template, edition, categories, shortened),
    leftOut: { stories: shortened.stories },
  };
}

/** UTF-8 bytes of what may be left out, by the keys of the HTML part. */
function textWeights(
  { storyTexts, words }: IssueTemplate,
  edition: Edition,
  categories: readonly PlacedCategory[],
): ReadonlyMap<string, number> {
  const weights = new Map([
    ['rest', usualSlotBytes + bytesOf(words.wholeOnWeb)],
    ['trends', bytesOf(trends(edition.trends, words))],
    ...edition.analyses.map((analysis, n) => [`analysis.${n}`, bytesOf(deepDive(analysis, words))] as const),
  ]);
  for (const { index, stories } of categories) {
    for (const { position, key } of stories) {
      const { title, summary, background, highlights, sources } = storyTexts.get(key) ?? noText;
      const place = `${index}.${position}`;
      weights.set(`story.${place}`, bytesOf('1. ', title, '\n', sources, '\n\n'));
      weights.set(`body.${place}`, bytesOf(summary, highlights));
      weights.set(`background.${place}`, bytesOf(background));
    }
  }
  return weights;
}

const noText: StoryText = { title: '', summary: '', background: '', highlights: '', sources: '' };

function bytesOf(...lines: readonly string[]): number {
  return Buffer.byteLength(lines.join(''), 'utf8');
}

function piecesOf(
  template: IssueTemplate,
  edition: Edition,
  categories: readonly PlacedCategory[],
  shortened: Shortened,
): readonly Piece[] {
  const { words } = template;
  const { shown } = shortened;
  return [
    joined([
      heading(template, edition, words),
      lede(edition, words),
      ...edition.categories.map(({ name, stories }, i) => {
        const title = `== ${categoryName(name, words)} (${stories.length}) ==`;
        return category(template, title, categories[i], shortened);
      }),
    ]),
    ...rest(words, shortened),
    joined([
      ...edition.analyses
        .filter((_, n) => shown.has(`analysis.${n}`))
        .map((analysis) => deepDive(analysis, words)),
      shown.has('trends') ? trends(edition.trends, words) : '',
      closing(edition, words),
      textLine(edition.motto ?? ''),
    ]),
    ...omitted(edition, words),
    feedback(words),
    ...footer(template, edition, words),
  ];
}

/** Sections with an empty line after each; those that are empty are none. */
function joined(sections: readonly string[]): string {
  return sections
    .filter((section) => section !== '')
    .map((section) => `${section}\n\n`)
    .join('');
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
  if (sentence !== undefined) return `${words.inBrief}${words.colon}${textLine(sentence)}`;
  const titles = ledeStories(edition).map((story) => `- ${textLine(story.title)}`);
  return titles.length === 0 ? '' : [`${words.inBrief}${words.colon}`.trimEnd(), ...titles].join('\n');
}

/** Empty when none of its stories is left. */
function category(
  { storyTexts, words }: IssueTemplate,
  title: string,
  placed: PlacedCategory | undefined,
  { shown, lost }: Shortened,
): string {
  if (placed === undefined || !shown.has(`category.${placed.index}`)) return '';
  const { index, stories } = placed;
  const left = stories.filter(({ position }) => shown.has(`story.${index}.${position}`));
  const missing = lost.get(index) ?? 0;
  return [
    title,
    ...left.map(({ position, key }, i) => {
      const text = storyTexts.get(key) ?? noText;
      return `${i + 1}. ${storyLines(text, `${index}.${position}`, shown)}`;
    }),
    ...(missing === 0 ? [] : [words.moreHere(missing)]),
  ].join('\n\n');
}

function storyLines(text: StoryText, place: string, shown: ReadonlySet<string>): string {
  const background = shown.has(`background.${place}`) ? text.background : '';
  const body = shown.has(`body.${place}`) ? [text.summary, background, text.highlights] : [];
  return [text.title, ...body, text.sources].filter((lines) => lines !== '').join('\n');
}

/** Where the rest is. */
function rest(words: Wording, { shown, stories }: Shortened): readonly Piece[] {
  if (!shown.has('rest')) return [];
  const sentence = stories > 0 ? words.moreOnWeb(stories) : words.shortened;
  return [`${sentence}\n`, linkLines('webCopyUrl', words.wholeOnWeb), '\n'];
}

function deepDive({ title, fields }: Analysis, words: Wording): string {
  const name = textLine(title);
  return [
    `== ${words.deepDive}${name === '' ? '' : words.colon + name} ==`,
    ...fields.map((field) => labelledLine(field, words)),
  ].join('\n\n');
}

function trends(all: readonly Highlight[], words: Wording): string {
  if (all.length === 0) return '';
  return [`== ${words.trends} ==`, '', ...all.map((trend) => `- ${labelledLine(trend, words)}`)].join('\n');
}

/** A closing that was too long to open the mail. */
function closing({ closing: text }: Edition, words: Wording): string {
  return text === undefined || ledeOf(text) === text ? '' : `${words.closing}${words.colon}${textLine(text)}`;
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
    linkLines('preferencesUrl', `\n${words.pause}`, '#pause'),
    linkLines('unsubscribeUrl', `\n${words.unsubscribe}`),
    linkLines('webCopyUrl', `\n${words.webCopy}`),
    `\n${masthead.theme.footer === '' ? '' : `${masthead.theme.footer}\n\n`}${sender(masthead, words)}\n`,
  ];
}

/** The words of a link and, on a line of its own, where it leads; nothing for whom there is no such link. `place`: on that page. */
function linkLines(slot: SlotName, text: string, place = ''): Piece {
  return { given: slot, pieces: [`${text}\n`, { slot }, `${place}\n`] };
}

function sender({ legalName, postalAddress, contact }: Masthead, words: Wording): string {
  const lines = [legalName, postalAddress, contact === '' ? '' : `${words.contact}${words.colon}${contact}`];
  return lines.filter((text) => text !== '').join('\n');
}
