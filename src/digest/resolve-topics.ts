/** Which topics a story has: by the aliases in its tag, else in its category, else `other`. */
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
  return table.filter((topic) => aliasesOf(topic).some((a) => standsIn(comparable, a))).map(({ id }) => id);
}

/** A table is asked once for each story, and its aliases never change. */
const comparableAliases = new WeakMap<Topic, readonly string[]>();

function aliasesOf(topic: Topic): readonly string[] {
  const known = comparableAliases.get(topic);
  if (known !== undefined) return known;
  const aliases = topic.aliases.map((alias) => comparableOf(alias).trim()).filter((alias) => alias !== '');
  comparableAliases.set(topic, aliases);
  return aliases;
}

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
  return text.normalize('NFKC').toLowerCase().replace(/[-_]/g, ' ');
}
