/** Which topics a story has: by the aliases in its tag, else in its category, else by its own words, else `other`. */
import type { TopicId } from './digest.ts';
import { folded } from './reading.ts';
import { otherTopicId, type Topic } from './topics.ts';

export interface ResolvedTopics {
  /** In the order of the table; at least one. */
  readonly topics: readonly TopicId[];
  /** False when nothing matched and the story fell to `other`. */
  readonly isKnown: boolean;
}

/** Every topic that an alias finds in the tag; when none does, every one that an alias finds in the category. */
export function resolveTopics(
  tag: string | undefined,
  category: string,
  table: readonly Topic[],
): ResolvedTopics {
  const byTag = tag === undefined ? [] : topicsOf(tag, table);
  const found = byTag.length > 0 ? byTag : topicsOf(category, table);
  return found.length > 0 ? { topics: found, isKnown: true } : { topics: [otherTopicId], isKnown: false };
}

/** At most so many topics are told by a story's words: who writes about everything writes about nothing. */
const mostByWords = 2;

/** A word of the title counts two, one of the text one; a topic needs two. */
const enough = 2;

/** How much of a text is looked at: further down it speaks of other things. */
const leadLength = 400;

/**
 * The topics that a story's own words tell, where neither tag nor category tells any: those with a word in the title or
 * two in the text, the strongest one or two; else those of which title or category give a hint. Empty when none is told.
 *
 * @param title and text without inline marks
 */
export function topicsByWords(
  { title, text, category }: { readonly title: string; readonly text: string; readonly category: string },
  table: readonly Topic[],
): readonly TopicId[] {
  const [head, lead] = [comparableOf(title), comparableOf(text.slice(0, leadLength))];
  const scores = table.map((topic) => ({ id: topic.id, score: scoreOf(head, lead, topic) }));
  const best = Math.max(...scores.map(({ score }) => score));
  if (best < enough) return hintedAt(`${head} ${comparableOf(category)}`, table);
  const strong = scores.filter(({ score }) => score >= enough && score * 2 > best);
  const kept = new Set(
    strong
      .toSorted((a, b) => b.score - a.score)
      .slice(0, mostByWords)
      .map(({ id }) => id),
  );
  return table.map(({ id }) => id).filter((id) => kept.has(id));
}

function scoreOf(head: string, lead: string, topic: Topic): number {
  const told = wordsOf(topic.words ?? topic.aliases);
  return told.reduce((sum, word) => sum + (standsIn(head, word) ? 2 : Number(standsIn(lead, word))), 0);
}

function hintedAt(head: string, table: readonly Topic[]): readonly TopicId[] {
  return table.filter(({ hints }) => wordsOf(hints).some((word) => standsIn(head, word))).map(({ id }) => id);
}

/** By alias; a text in which none stands may be one of the broad words as a whole. */
function topicsOf(text: string, table: readonly Topic[]): TopicId[] {
  const found = topicsIn(text, table);
  if (found.length > 0) return found;
  const whole = new Set(text.split(/[,，、/]/u).map(folded));
  return table.filter(({ alone }) => alone?.some((word) => whole.has(folded(word)))).map(({ id }) => id);
}

/** The topics whose aliases stand in the text: a Han alias anywhere, a Latin one as a whole word. */
export function topicsIn(text: string, table: readonly Topic[]): TopicId[] {
  const comparable = comparableOf(text);
  return table
    .filter((topic) => wordsOf(topic.aliases).some((a) => standsIn(comparable, a)))
    .map(({ id }) => id);
}

/** A table is asked once for each story, and its words never change. */
const comparableWords = new WeakMap<readonly string[], readonly string[]>();

function wordsOf(words: readonly string[] = none): readonly string[] {
  const known = comparableWords.get(words);
  if (known !== undefined) return known;
  const comparable = words.map((word) => comparableOf(word).trim()).filter((word) => word !== '');
  comparableWords.set(words, comparable);
  return comparable;
}

const none: readonly string[] = [];

function standsIn(text: string, alias: string): boolean {
  if (!text.includes(alias)) return false;
  if (isHan(alias)) return true;
  for (let at = text.indexOf(alias); at !== -1; at = text.indexOf(alias, at + 1)) {
    if (!isWordCharacter(text[at - 1]) && !isWordCharacter(text[at + alias.length])) return true;
  }
  return false;
}

/** Han neighbours end a Latin word: `6G` is a whole word in `6G通信`. */
function isWordCharacter(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}_]/u.test(character) && !isHan(character);
}

function isHan(text: string): boolean {
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text);
}

function comparableOf(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(chanceWords, ' ').replace(/[-_]/g, ' ');
}

/** Words that hold an alias by chance. */
const chanceWords = /资本主义|安全感/g;
