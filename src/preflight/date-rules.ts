/** A digest of another day than today is most often the wrong file. */
import { type Problem, problemOf } from './problem.ts';

const dayMs = 86_400_000;

/**
 * @param date `YYYY-MM-DD`, the issue's
 * @param today `YYYY-MM-DD`, in the newsletter's time zone
 */
export function dateProblems(date: string, today: string): Problem[] {
  const days = Math.round((Date.parse(date) - Date.parse(today)) / dayMs);
  if (days === 0) return [];
  const distance = Math.abs(days) === 1 ? '1 day' : `${Math.abs(days)} days`;
  return days < 0
    ? [problemOf('date-past', `the digest is of ${date}, ${distance} before today, ${today}`)]
    : [problemOf('date-future', `the digest is of ${date}, ${distance} after today, ${today}`)];
}
