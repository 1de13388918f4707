/** The view that the mail template is filled with: every field present, `null` where the digest has nothing. */
import { darkColours, lightColours } from '../core/mail-colours.ts';
import type {
  Analysis,
  Category,
  Digest,
  DigestLanguage,
  Highlight,
  Source,
  Story,
} from '../digest/digest.ts';
import { foreignLanguage } from '../digest/foreign-language.ts';
import { inlineText } from '../digest/inline.ts';
import { safeUrl } from '../digest/links.ts';
import { isWider, oneLine } from './columns.ts';
import { assembledBy, ledeOf } from './edition-lines.ts';
import { paragraphsOf } from './inline-html.ts';
import { type OtherLanguages, storyKey } from './issue-template.ts';
import type { Masthead } from './masthead.ts';
import { type OtherType, otherType } from './other-language.ts';
import { lonePoint, type PointGroup, pointGroups } from './point-groups.ts';
import { shortened } from './shorten.ts';
import { typographyFor } from './typography.ts';
import type { Wording } from './wording.ts';

export interface IssueViewOptions {
  /** `YYYY-MM-DD` */
  readonly date: string;
  /** What the marks of this compilation carry. */
  readonly nonce: string;
  readonly words: Wording;
  readonly otherLanguages: OtherLanguages;
}

/** Titles in the lede are for a glance: a Han character takes two columns. */
const ledeTitleColumns = 100;

/** A longer title is a text: its beginning is the heading, and the whole of it stands below. */
const titleColumns = 300;

/** What names something is a line at most. */
const nameColumns = 120;

/** Follows the preheader so that a client shows nothing of the mail after it: joiner, non-joiner, hard space. */
const preheaderPadding = '\u034f\u200c\u00a0'.repeat(60);

export function issueView(
  digest: Digest,
  masthead: Masthead,
  { date, nonce, words, otherLanguages }: IssueViewOptions,
): object {
  const name = oneLine(masthead.name);
  const type = typographyFor(digest.lang);
  const lede = ledeOf(digest.closing);
  const address = addressView(oneLine(masthead.postalAddress), masthead.language);
  const categories = digest.categories.map((category, index) =>
    categoryView(category, index, otherLanguages, words),
  );
  const others = [address, ...categories.flatMap(({ stories }) => stories)].flatMap(
    ({ other }) => other ?? [],
  );
  return {
    nonce,
    lang: words.lang,
    foreign: type.lang === words.lang ? null : type.lang,
    title: `${name} · ${words.fullDate(date)}`,
    padding: preheaderPadding,
    type,
    otherTypes: uniqueTypes(others),
    light: { ...lightColours, accent: masthead.theme.accent },
    dark: { ...darkColours, accent: masthead.theme.accentDark },
    words,
    masthead: {
      name,
      logo: masthead.theme.logo ?? null,
      day: words.dayOfWeek(date),
      sponsored: masthead.sponsored ? words.sponsored : null,
    },
    lede: lede ?? null,
    categories,
    analyses: digest.analyses.map(analysisView),
    trends: digest.trends.map(highlightView),
    closing: lede === undefined ? (digest.closing ?? null) : null,
    motto: digest.motto ?? null,
    footer: {
      assembledBy: assembledBy(masthead, words),
      own: masthead.theme.footer.split('\n').filter((line) => line.trim() !== ''),
      legalName: masthead.legalName,
      address,
      contact: masthead.contact === '' ? null : masthead.contact,
    },
  };
}

/** One of each language: a rule of the style sheet says it once, however many stories are in it. */
function uniqueTypes(types: readonly OtherType[]): readonly OtherType[] {
  return [...new Map(types.map((type) => [type.lang, type])).values()];
}

function addressView(
  text: string,
  around: DigestLanguage,
): { readonly text: string; readonly other: OtherType | null } {
  return { text, other: otherType(foreignLanguage(text, around)) };
}

function categoryView(
  { name, stories }: Category,
  index: number,
  otherLanguages: OtherLanguages,
  words: Wording,
) {
  const languages = stories.map((story) => otherLanguages.get(storyKey(story)));
  const views = stories.map((story, position) => ({
    ...storyView(story, `${index}.${position}`, words),
    other: otherType(languages[position]),
  }));
  const isList = views.every(({ brief }) => brief);
  return {
    index,
    name: categoryName(name, words),
    leadLanguages: leadLanguages(index, languages),
    stories: views.map((view) => ({ ...view, listed: isList })),
  };
}

/** The blocks of which the contents show one; none where all stories are in the language of the digest. */
function leadLanguages(index: number, languages: readonly (DigestLanguage | undefined)[]): readonly object[] {
  const all = [...new Set(languages)];
  if (all.every((language) => language === undefined)) return [];
  return all.map((language) => ({ key: leadKey(index, language), other: otherType(language) }));
}

/** … by the category's place and the language of the story that it names. */
export function leadKey(index: number, language: DigestLanguage | undefined): string {
  return `${index}.${language ?? 'own'}`;
}

/** Stories that stand under no category of the digest's are headed by a word of the mail's own. */
export function categoryName(name: string, words: Pick<Wording, 'unnamedCategory'>): string {
  return oneLine(name) === '' ? words.unnamedCategory : nameOf(name);
}

/** A story's sources; `url` is null for one without a link that may be followed. */
export function linkedSources(sources: readonly Source[]): readonly LinkedSource[] {
  return sources.map(({ name, url }) => ({ name: oneLine(name), url: safeUrl(url ?? '') ?? null }));
}

export interface LinkedSource {
  readonly name: string;
  readonly url: string | null;
}

/** `阅读原文` promises a link; without one it is only told where the story comes from. */
export function sourceLabel(sources: readonly LinkedSource[], words: Wording): string {
  return sources.some(({ url }) => url !== null) ? words.readSource : words.source;
}

function storyView(story: Story, key: string, words: Wording) {
  const { title, tag, summary, background, highlights, sources } = story;
  const linked = linkedSources(sources);
  const plainTitle = oneLine(inlineText(title));
  const isTooLong = isWider(plainTitle, titleColumns);
  const lone = lonePoint(highlights);
  return {
    key,
    title,
    plainTitle: isTooLong ? shortened(plainTitle, titleColumns) : plainTitle,
    longTitle: isTooLong ? title : null,
    shortTitle: shortened(plainTitle, ledeTitleColumns),
    url: linked.find(({ url }) => url !== null)?.url ?? null,
    brief: !isTooLong && summary === '' && background === undefined && highlights.length === 0,
    tag: tag === undefined ? null : nameOf(tag),
    summary: paragraphsOf(summary),
    background: paragraphsOf(background ?? ''),
    lonePoint: lone === undefined ? null : highlightView(lone),
    points: lone === undefined ? pointGroups(highlights).map(pointsView) : [],
    sources: linked.map(({ name, url }) => ({ name: nameOf(name), url })),
    sourceLabel: sourceLabel(linked, words),
  };
}

function nameOf(text: string): string {
  return shortened(oneLine(text), nameColumns);
}

/** A title of which nothing is left once its markup is gone is no heading. */
function analysisView({ title, fields }: Analysis): object {
  return { title: isBlank(title) ? null : title, fields: fields.map(highlightView) };
}

function pointsView({ head, points }: PointGroup): object {
  return { head: head ?? null, points: points.map(highlightView) };
}

function highlightView({ label, text }: Highlight): object {
  return { label: isBlank(label ?? '') ? null : label, text };
}

function isBlank(text: string): boolean {
  return inlineText(text).trim() === '';
}
