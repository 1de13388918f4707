/** Reading option values: durations, moments, shares, names; each error says what was found and what was expected. */
import { PaperboyError } from '../core/errors.ts';

const unitsMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, min: 60_000, h: 3_600_000 };

/** `90s`, `10m`, `2h`, in milliseconds. @throws PaperboyError `usage` */
export function parseDuration(text: string, option: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(s|m|min|h)$/.exec(text.trim()) ?? [];
  const unitMs = unitsMs[unit ?? ''];
  if (amount !== undefined && unitMs !== undefined) return Number(amount) * unitMs;
  throw new PaperboyError(
    'usage',
    `${option}: found ${JSON.stringify(text)}, expected a duration like 90s, 10m or 2h`,
  );
}

/** An ISO 8601 moment with its offset, in milliseconds since the epoch. @throws PaperboyError `usage` */
export function parseMoment(text: string, option: string): number {
  const hasOffset = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(text.trim());
  const time = Date.parse(text.trim());
  if (hasOffset && Number.isFinite(time)) return time;
  throw new PaperboyError(
    'usage',
    `${option}: found ${JSON.stringify(text)}, expected a moment with its offset, like 2026-03-02T07:30:00+08:00`,
  );
}

/** `2%` or `0.02`, as a share from 0 to 1. @throws PaperboyError `usage` */
export function parseShare(text: string, option: string): number {
  const [, amount, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text.trim()) ?? [];
  const share = Number(amount) / (percent === '%' ? 100 : 1);
  if (amount !== undefined && share >= 0 && share <= 1) return share;
  throw new PaperboyError(
    'usage',
    `${option}: found ${JSON.stringify(text)}, expected a share like 2% or 0.02`,
  );
}

/** A whole number from 0 (or `least`) to `most`. @throws PaperboyError `usage` */
export function parseCount(text: string, option: string, most: number, least = 0): number {
  const number = /^\d{1,9}$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new PaperboyError(
    'usage',
    `${option}: found ${JSON.stringify(text)}, expected a whole number from ${least} to ${most}`,
  );
}

/** `a,b` as a set of topic ids, or `all`. @throws PaperboyError `usage` for an unknown topic */
export function parseTopics(
  text: string,
  known: readonly string[],
  option = '--topics',
): 'all' | readonly string[] {
  if (text.trim() === 'all') return 'all';
  const topics = text.split(/[,|]/).map((topic) => topic.trim());
  const unknown = topics.find((topic) => !known.includes(topic));
  if (unknown === undefined) return topics;
  throw new PaperboyError('usage', `${option}: there is no topic ${JSON.stringify(unknown)}`, {
    hint: `the topics are: ${known.join(', ')}, or all`,
  });
}

/** One of a few words. @throws PaperboyError `usage` */
export function oneOf<Word extends string>(text: string, words: readonly Word[], option: string): Word {
  const word = words.find((known) => known === text);
  if (word !== undefined) return word;
  throw new PaperboyError(
    'usage',
    `${option}: found ${JSON.stringify(text)}, expected ${words.join(' or ')}`,
  );
}
