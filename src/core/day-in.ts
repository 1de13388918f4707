/** Which day it is somewhere. */

/** `YYYY-MM-DD`: the Swedish way of writing a date is the ISO one. @param now milliseconds since the epoch */
export function dayIn(timeZone: string, now: number): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(now);
}
