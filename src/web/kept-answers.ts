/** Answers that anybody may keep for a while: the same for everyone, asked again with their ETag (RFC 9110 §13.1.2). */
import type { MiddlewareHandler } from 'hono';
import { etag, RETAINED_304_HEADERS } from 'hono/etag';

/** How long a copy is shown without asking again; seconds. */
const freshSeconds = 300;

/** A 304 replaces the headers of the copy that is kept (RFC 9111 §4.3.4), so those that protect it go along. */
const retained = [
  ...RETAINED_304_HEADERS,
  'content-security-policy',
  'cross-origin-resource-policy',
  'access-control-allow-origin',
  'referrer-policy',
  'x-robots-tag',
];

/** What is found may be kept; what is not found may be there the next moment. */
export function keptAnswers(): MiddlewareHandler {
  const tagged = etag({ retainedHeaders: retained });
  return (c, next) =>
    tagged(c, async () => {
      await next();
      if (c.res.ok) c.header('Cache-Control', `public, max-age=${freshSeconds}`);
    });
}
