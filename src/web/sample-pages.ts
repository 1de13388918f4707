/** What the links of a preview and a test mail lead to: they belong to nobody, and say so. */
import { Hono } from 'hono';
import { sampleToken } from '../delivery/links.ts';
import { preferredLanguage } from './language.ts';
import { noticeHtml } from './subscriber-views.ts';
import type { Views } from './views.ts';

export function samplePages(views: Views): Hono {
  const app = new Hono();
  for (const path of ['/u/:token', '/p/:token', '/w/:token', '/v/:token/:answer']) {
    app.get(path.replace(':token', sampleToken), (c) =>
      c.html(noticeHtml(views, preferredLanguage(c.req.header('Accept-Language')), 'sample')),
    );
  }
  return app;
}
