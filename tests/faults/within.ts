/** Nothing in a run waits without a limit: what takes too long is a finding of its own. */

export class TooLate extends Error {}

/** @throws TooLate when it is not settled by then; it may go on all the same, and what comes of it is not looked at */
export async function within<Result>(ms: number, what: string, promise: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TooLate(`${what} took longer than ${ms} ms`)), ms);
  });
  promise.catch(() => {});
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** The same where the end of it matters to nobody: true when it came, false when it failed or was too late. */
export async function endsWithin(ms: number, promise: Promise<unknown>): Promise<boolean> {
  return await within(ms, 'the end', promise).then(
    () => true,
    () => false,
  );
}
