/** All pages as one application: what is open to anybody, and what only the demo shows. */
import { type Context, Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { routePath } from 'hono/route';
import type { Logger } from '../core/log.ts';
import type { Archive } from '../delivery/archive.ts';
import type { Ballots } from '../delivery/ballots.ts';
import type { WebCopies } from '../delivery/web-copies.ts';
import type { Topic } from '../digest/topics.ts';
import { errorOf } from '../redis/failures.ts';
import { archivePages } from './archive-pages.ts';
import { assets } from './assets.ts';
import type { ChaosDesk } from './chaos-desk.ts';
import { chaosPages } from './chaos-pages.ts';
import type { DemoDesk, PreviewEditions } from './demo-desk.ts';
import { demoPages } from './demo-pages.ts';
import { health } from './health.ts';
import { type InboxShelf, inboxPages } from './inbox-pages.ts';
import { preferredLanguage } from './language.ts';
import { samplePages } from './sample-pages.ts';
import { ownHostOnly, ownPagesChange, policies, secureHeaders } from './security.ts';
import type { NamedNewsletter, SubscriberDesk } from './subscriber-desk.ts';
import { subscriberPages } from './subscriber-pages.ts';
import { noticeHtml } from './subscriber-views.ts';
import { tryPages } from './try-pages.ts';
import { loadViews, type Views } from './views.ts';
import { votePages } from './vote-pages.ts';
import { webCopyPages } from './web-copy-pages.ts';

export interface WebDeps {
  readonly subscribers: SubscriberDesk;
  readonly newsletters: readonly NamedNewsletter[];
  /** In the order in which they are shown. */
  readonly topics: readonly Topic[];
  readonly issues: IssueDesk;
  /** Resolves when Redis answers, rejects when it does not. */
  readonly health: () => Promise<unknown>;
  /** Absent outside the demo: then there is no inbox and no demo page. */
  readonly demo?: {
    readonly desk: DemoDesk;
    readonly inbox: InboxShelf;
    readonly preview: PreviewEditions;
    readonly chaos: ChaosDesk;
  };
  /** Origin under which the pages are reached; demo pages answer under its name. */
  readonly publicUrl?: string;
  readonly log: Logger;
}

/** What the pages need of issues that were sent. */
export interface IssueDesk {
  readonly copies: WebCopies;
  readonly archive: Archive;
  readonly ballots: Ballots;
  /** How long issues are kept. */
  readonly retentionDays: number;
  /** Origin of the pages, without a trailing slash: feeds need whole URLs. */
  readonly publicUrl: string;
}

export function webApp(deps: WebDeps): Hono {
  const views = loadViews();
  const { subscribers: desk, newsletters, topics } = deps;
  const app = new Hono();
  app.use(secureHeaders());
  app.route('/', health(deps.health));
  app.route('/assets', assets());
  app.route('/', samplePages(views));
  app.route('/', subscriberPages({ desk, newsletters, topics, views }));
  app.route('/', issuePages(deps, views));
  if (deps.demo) app.route('/', demo(deps, deps.demo, views));
  app.notFound((c) => c.html(noticeHtml(views, languageOf(c), 'missing'), 404));
  app.onError((thrown, c) => failure(thrown, c, views, deps.log));
  return app;
}

function issuePages({ issues, newsletters }: WebDeps, views: Views): Hono {
  const { copies, ballots } = issues;
  const missing = (c: Context) => c.html(noticeHtml(views, languageOf(c), 'missing'), 404);
  const app = new Hono();
  app.route('/', webCopyPages({ copies, newsletters, views }));
  app.route('/', votePages({ ballots, newsletters, views }));
  app.route('/', archivePages({ ...issues, views, missing }));
  return app;
}

function demo(deps: WebDeps, pieces: NonNullable<WebDeps['demo']>, views: Views): Hono {
  const { topics, publicUrl } = deps;
  const notice = (c: Context, status: 403 | 404, title: string, message: string) =>
    c.html(
      views.page('demo-notice', {
        title,
        isDemo: false,
        isInbox: false,
        name: '',
        code: '',
        message,
        hint: '',
      }),
      status,
    );
  const missing = (c: Context) =>
    notice(c, 404, '没有这个页面 No such page', '它可能已被清理。 It may have been cleared away.');
  const refuse = (c: Context) =>
    notice(
      c,
      403,
      '来自别处的请求 A request from elsewhere',
      '只有这里的页面能改动演示。 Only pages of this site may change the demo.',
    );

  const app = new Hono();
  const { desk, inbox, preview, chaos } = pieces;
  const logoUrls = deps.newsletters.flatMap(({ theme }) => theme?.logo?.url ?? []);
  for (const path of [
    '/',
    '/readers/*',
    '/try',
    '/try/*',
    '/inbox',
    '/inbox/*',
    '/chaos',
    '/chaos/*',
    '/api/*',
  ]) {
    app.use(path, ownHostOnly(publicUrl), ownPagesChange(refuse), demoHeaders);
  }
  app.route('/', demoPages({ desk, inbox, topics, views, logoUrls, missing }));
  app.route('/', tryPages({ preview, views, logoUrls, missing }));
  app.route('/', inboxPages({ inbox, views, logoUrls, missing }));
  app.route('/', chaosPages({ chaos, views, missing }));
  return app;
}

/** `same-origin`: with `no-referrer` browsers send `Origin: null` along with our own forms. */
async function demoHeaders(c: Context, next: () => Promise<void>): Promise<void> {
  await next();
  if (!c.res.headers.has('Content-Security-Policy')) {
    c.header('Content-Security-Policy', policies.demo);
    c.header('Referrer-Policy', 'same-origin');
  }
}

/** Paths of subscribers' links hold tokens: the log gets the pattern of the route, never the path. */
function failure(thrown: Error, c: Context, views: Views, log: Logger): Response {
  if (thrown instanceof HTTPException) return thrown.getResponse();
  const error = errorOf(thrown);
  log.error(
    { method: c.req.method, route: routePath(c, -1), code: error.code, reason: error.message },
    'a page failed',
  );
  const kind = error.retry === 'later' && error.code !== 'internal' ? 'later' : 'failed';
  if (kind === 'later') c.header('Retry-After', '120');
  return c.html(noticeHtml(views, languageOf(c), kind), kind === 'later' ? 503 : 500);
}

function languageOf(c: Context) {
  return preferredLanguage(c.req.header('Accept-Language'));
}
