/** The public archive of a newsletter that wants one: its issues listed, each as a page, and as a feed. */
import { type Context, Hono } from 'hono';
import type { NewsletterConfig } from '../config/config.ts';
import type { Archive } from '../delivery/archive.ts';
import type { WebCopies } from '../delivery/web-copies.ts';
import { archiveHtml, archiveNoteHtml } from './archive-views.ts';
import { atomFeed } from './atom-feed.ts';
import { keptAnswers } from './kept-answers.ts';
import { answerWebCopy } from './mail-document.ts';
import { policies } from './security.ts';
import { noticeHtml } from './subscriber-views.ts';
import type { Views } from './views.ts';
import { wholeNumber } from './whole-number.ts';

export interface ArchivePagesDeps {
  readonly archive: Archive;
  readonly copies: WebCopies;
  /** How long issues are kept. */
  readonly retentionDays: number;
  /** Origin of the pages, without a trailing slash: feeds need whole URLs. */
  readonly publicUrl: string;
  readonly views: Views;
  readonly missing: (c: Context) => Response;
}

const issuesPerPage = 20;
const issuesInFeed = 30;

export function archivePages(deps: ArchivePagesDeps): Hono {
  const { archive, copies, retentionDays, publicUrl, views, missing } = deps;
  const app = new Hono();
  const newsletterOf = (c: Context): NewsletterConfig | null =>
    archive.newsletter(c.req.param('newsletter') ?? '');

  app.use('/archive/*', keptAnswers());

  app.get('/archive/:newsletter', async (c) => {
    const newsletter = newsletterOf(c);
    const page = wholeNumber(c.req.query('page') ?? '1');
    if (newsletter === null || page === null || page < 1) return missing(c);
    // One more than is shown tells whether there are older ones.
    const found = await archive.list(newsletter.id, (page - 1) * issuesPerPage, issuesPerPage + 1);
    if (found.length === 0 && page > 1) return missing(c);
    const hasOlder = found.length > issuesPerPage;
    const issues = found.slice(0, issuesPerPage);
    c.header('X-Robots-Tag', 'all');
    return c.html(archiveHtml(views, { newsletter, issues, page, hasOlder, retentionDays }));
  });

  app.get('/archive/:newsletter/feed.atom', async (c) => {
    const newsletter = newsletterOf(c);
    if (newsletter === null) return missing(c);
    const issues = await archive.list(newsletter.id, 0, issuesInFeed);
    // Readers that live in a browser read feeds of other sites, too.
    return c.body(atomFeed(views, { newsletter, issues, publicUrl }), 200, {
      'Content-Type': 'application/atom+xml; charset=utf-8',
      'Content-Security-Policy': policies.feed,
      'Access-Control-Allow-Origin': '*',
      'Cross-Origin-Resource-Policy': 'cross-origin',
    });
  });

  app.get('/archive/:newsletter/:slug', async (c) => {
    const newsletter = newsletterOf(c);
    const issue = newsletter && (await archive.find(newsletter.id, c.req.param('slug')));
    const html = issue && (await copies.ofIssue(issue.current));
    if (!newsletter || !html) {
      const language = newsletter?.language ?? 'zh';
      return newsletter === null ? missing(c) : c.html(noticeHtml(views, language, 'gone'), 404);
    }
    return answerWebCopy(c, html, archiveNoteHtml(views, newsletter), newsletter.theme.logo?.url);
  });

  return app;
}
