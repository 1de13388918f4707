/** Saying the same thing over and over helps nobody: a server that is away is met ten times a second. */

/** More different messages than these at one time are not told apart. */
const remembered = 100;

/** @returns `say`, but an error with the message of one told less than `everyMs` ago is left out */
export function seldom(say: (error: Error) => void, everyMs = 5_000): (error: Error) => void {
  const toldAt = new Map<string, number>();
  return (error) => {
    const now = performance.now();
    if (now - (toldAt.get(error.message) ?? Number.NEGATIVE_INFINITY) < everyMs) return;
    if (toldAt.size >= remembered) toldAt.clear();
    toldAt.set(error.message, now);
    say(error);
  };
}
