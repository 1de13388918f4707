/** `/healthz`: whether this process can do its work, for whoever watches it. */
import { Hono } from 'hono';

/** A check that takes longer counts as failed. */
const limitMs = 1000;

/** @param check resolves when Redis answers, rejects when it does not */
export function health(check: () => Promise<unknown>): Hono {
  return new Hono().get('/healthz', async (c) => {
    const ok = await withinLimit(check);
    return c.json({ ok }, ok ? 200 : 503);
  });
}

async function withinLimit(check: () => Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  const answered = Promise.resolve()
    .then(check)
    .then(
      () => true,
      () => false,
    );
  try {
    return await Promise.race([answered, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
