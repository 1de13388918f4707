/**
 * 👍 and 👎 in a mail: following the link asks, pressing the button records. Reading never votes, because mail scanners
 * follow links; the token in the path is the capability.
 */
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Ballot, Ballots } from '../delivery/ballots.ts';
import type { Vote } from '../ledger/votes.ts';
import { preferredLanguage } from './language.ts';
import { showDay } from './show.ts';
import type { NamedNewsletter } from './subscriber-desk.ts';
import { maxFormBytes, maxTokenLength } from './subscriber-pages.ts';
import { frame, noticeHtml } from './subscriber-views.ts';
import type { Views } from './views.ts';

export interface VotePagesDeps {
  readonly ballots: Ballots;
  readonly newsletters: readonly NamedNewsletter[];
  readonly views: Views;
}

/** What stands behind the token in the path. */
const answers = { like: 'liked', dislike: 'disliked' } as const satisfies Record<string, Vote>;

type Answer = keyof typeof answers;

export function votePages(deps: VotePagesDeps): Hono {
  const { ballots, views } = deps;
  const app = new Hono();
  const notice = (c: Context, kind: 'invalid' | 'tooLarge', status: 404 | 413) =>
    c.html(noticeHtml(views, preferredLanguage(c.req.header('Accept-Language')), kind), status);
  app.use('/v/*', bodyLimit({ maxSize: maxFormBytes, onError: (c) => notice(c, 'tooLarge', 413) }));

  app.get('/v/:token/:answer{like|dislike}', async (c) => {
    const visit = await visitOf(c, ballots);
    return visit ? c.html(voteHtml(deps, visit, false)) : notice(c, 'invalid', 404);
  });

  app.post('/v/:token/:answer{like|dislike}', async (c) => {
    const visit = await visitOf(c, ballots);
    const isKept = visit !== null && (await ballots.cast(visit.ballot, answers[visit.answer]));
    return isKept ? c.html(voteHtml(deps, visit, true)) : notice(c, 'invalid', 404);
  });

  return app;
}

interface Visit {
  readonly token: string;
  readonly answer: Answer;
  readonly ballot: Ballot;
}

async function visitOf(c: Context, ballots: Ballots): Promise<Visit | null> {
  const token = c.req.param('token') ?? '';
  const ballot = token.length > maxTokenLength ? null : await ballots.find(token);
  return ballot && { token, answer: c.req.param('answer') === 'like' ? 'like' : 'dislike', ballot };
}

function voteHtml({ views, newsletters }: VotePagesDeps, visit: Visit, isRecorded: boolean): string {
  const { token, answer, ballot } = visit;
  const { language, newsletter, date, vote } = ballot;
  const words = views.words[language];
  const other: Answer = answer === 'like' ? 'dislike' : 'like';
  const pathOf = (to: Answer) => `/v/${encodeURIComponent(token)}/${to}`;
  return views.page('vote', {
    ...frame(isRecorded ? words.thanksTitle : words.voteTitle, language, words),
    newsletter: newsletters.find(({ id }) => id === newsletter)?.name ?? newsletter,
    date: showDay(date, language),
    isRecorded,
    before: vote && (vote === 'liked' ? words.like : words.dislike),
    answer: words[answer],
    path: pathOf(answer),
    otherAnswer: words[other],
    otherPath: pathOf(other),
  });
}
