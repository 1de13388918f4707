/** Ids that several rooms share. */
import { createHash, randomBytes } from 'node:crypto';

/** A newsletter's id: lower-case letters, digits and hyphens, 2 to 32 of them, a letter first. */
export const newsletterIdPattern = /^[a-z][a-z0-9-]{1,31}$/;

/** A topic's id has the same form as a newsletter's. */
export const topicIdPattern = newsletterIdPattern;

/** `<newsletter>-<date>[-slot]` or `<newsletter>-<year>-W<week>`, and `.c<n>` after it for a correction. */
const issueIdPattern =
  /^[a-z][a-z0-9-]{1,31}-\d{4}-(?:\d{2}-\d{2}(?:-[a-z0-9]{1,16})?|W\d{2})(?:\.c[1-9]\d?)?$/;

export function isIssueId(text: string): boolean {
  return issueIdPattern.test(text);
}

/** @param date `YYYY-MM-DD` */
export function issueIdOf(newsletter: string, date: string): string {
  return `${newsletter}-${date}`;
}

/** The issue of the week that a day belongs to (ISO 8601: it is that of its Thursday). @param date `YYYY-MM-DD` */
export function weeklyIssueIdOf(newsletter: string, date: string): string {
  const thursday = new Date(`${date}T00:00:00Z`);
  thursday.setUTCDate(thursday.getUTCDate() + 4 - (thursday.getUTCDay() || 7));
  const year = thursday.getUTCFullYear();
  const week = Math.ceil((thursday.getTime() - Date.UTC(year, 0, 1) + dayMs) / (7 * dayMs));
  return `${newsletter}-${year}-W${String(week).padStart(2, '0')}`;
}

/** Not a correction of one. */
export function isWeeklyIssueId(id: string): boolean {
  return /-\d{4}-W\d{2}$/.test(id);
}

const dayMs = 86_400_000;

/** The id of the n-th correction of an issue (n from 1). */
export function correctionIdOf(issue: string, n: number): string {
  return `${issue}.c${n}`;
}

/** The issue that a correction corrects; the id itself for any other issue. */
export function originalIdOf(issue: string): string {
  return issue.replace(/\.c\d+$/, '');
}

/** Which correction of its original an issue is, from 1; 0 for an original. */
export function correctionNumberOf(issue: string): number {
  return Number(/\.c(\d+)$/.exec(issue)?.[1] ?? 0);
}

/** 10 hex digits of SHA-256 over revision and preference set: the same edition has the same id everywhere. */
export function editionIdOf(revision: number, preferenceSet: string): string {
  return createHash('sha256').update(`${revision}\n${preferenceSet}`).digest('hex').slice(0, 10);
}

/** An unguessable id in hexadecimal, `bytes` random bytes long. */
export function randomId(bytes = 8): string {
  return randomBytes(bytes).toString('hex');
}

/** A fence: 32 random bits, never 0, which means "nobody's". */
export function randomFence(): number {
  let fence = 0;
  while (fence === 0) fence = randomBytes(4).readUInt32LE(0);
  return fence;
}
