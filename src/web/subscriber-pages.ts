/**
 * What a subscriber's links lead to: choosing topics and how often, leaving, coming back. Reading never changes anything, because
 * mail scanners follow links; the token in the path is the capability, so a post needs nothing else (RFC 8058 §3.2).
 */
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Language } from '../../subscribers/preferences.ts';
import type { Topic } from '../digest/topics.ts';
import { preferredLanguage } from './language.ts';
import { type PreferencesChoice, readPreferencesForm } from './preferences-form.ts';
import type {
  LinkHolder,
  LinkPurpose,
  NamedNewsletter,
  PageSubscriber,
  SubscriberDesk,
} from './subscriber-desk.ts';
import {
  isSubscribed,
  type Note,
  noticeHtml,
  preferencesHtml,
  type UnsubscribePage,
  unsubscribeHtml,
} from './subscriber-views.ts';
import type { Views } from './views.ts';

export interface SubscriberPagesDeps {
  readonly desk: SubscriberDesk;
  readonly newsletters: readonly NamedNewsletter[];
  readonly topics: readonly Topic[];
  readonly views: Views;
}

/** Bytes a form of these pages may have. */
export const maxFormBytes = 64 * 1024;

/** Longer than any token that could be ours. */
export const maxTokenLength = 512;

export function subscriberPages(deps: SubscriberPagesDeps): Hono {
  const { desk, topics, views } = deps;
  const app = new Hono();
  const notice = (c: Context, kind: 'invalid' | 'tooLarge', status: 404 | 413) =>
    c.html(noticeHtml(views, preferredLanguage(c.req.header('Accept-Language')), kind), status);
  const limit = bodyLimit({ maxSize: maxFormBytes, onError: (c) => notice(c, 'tooLarge', 413) });
  app.use('/p/*', limit).use('/u/*', limit);

  app.get('/p/:token', async (c) => {
    const visit = await preferencesVisit(c, desk);
    if (!visit) return notice(c, 'invalid', 404);
    const isSaved = c.req.query('saved') !== undefined;
    const text = views.words[visit.subscriber.language].saved ?? '';
    return c.html(preferences(deps, visit, isSaved ? { kind: 'done', text } : null));
  });

  app.post('/p/:token', async (c) => {
    const visit = await preferencesVisit(c, desk);
    if (!visit) return notice(c, 'invalid', 404);
    const fields = await c.req.parseBody({ all: true }).catch(() => ({}));
    const form = readPreferencesForm(fields, topics);
    if ('problem' in form) {
      const text = views.words[visit.subscriber.language][form.problem] ?? '';
      return c.html(preferences(deps, { ...visit, chosen: form.chosen }, { kind: 'problem', text }), 422);
    }
    await desk.changePreferences(visit.holder.sid, form);
    return c.redirect(`${pathOf(visit)}?saved`, 303);
  });

  for (const change of ['pause', 'resume'] as const) {
    app.post(`/p/:token/${change}`, async (c) => {
      const visit = await preferencesVisit(c, desk);
      if (!visit) return notice(c, 'invalid', 404);
      await desk[change](visit.holder.sid);
      return c.redirect(`${pathOf(visit)}#pause`, 303);
    });
  }

  app.post('/p/:token/leave', async (c) => {
    const visit = await preferencesVisit(c, desk);
    if (!visit) return notice(c, 'invalid', 404);
    await desk.leave(visit.holder.sid, visit.holder.newsletter);
    return c.redirect(pathOf(visit), 303);
  });

  app.post('/p/:token/rejoin', async (c) => {
    const visit = await preferencesVisit(c, desk);
    if (!visit) return notice(c, 'invalid', 404);
    if (await desk.rejoin(visit.holder.sid, visit.holder.newsletter)) return c.redirect(pathOf(visit), 303);
    const text = views.words[visit.subscriber.language].refusedTitle ?? '';
    return c.html(preferences(deps, visit, { kind: 'problem', text }), 409);
  });

  app.get('/u/:token', async (c) => {
    const holder = await holderOf(c, desk, 'unsubscribe');
    if (!holder) return notice(c, 'invalid', 404);
    const subscriber = await desk.get(holder.sid).catch(() => undefined);
    if (subscriber === null) return notice(c, 'invalid', 404);
    const hasLeft = subscriber !== undefined && !isSubscribed(subscriber, holder.newsletter);
    return c.html(unsubscribe(deps, c, holder, subscriber, hasLeft ? 'left' : 'asking'));
  });

  // The body is not looked at: `List-Unsubscribe=One-Click` in either encoding of RFC 8058 §3.1, the button of our own
  // page, or a mangled one all mean the same, and leaving must not fail for a detail.
  app.post('/u/:token', async (c) => {
    const holder = await holderOf(c, desk, 'unsubscribe');
    if (!holder) return notice(c, 'invalid', 404);
    await desk.leave(holder.sid, holder.newsletter);
    const subscriber = await desk.get(holder.sid).catch(() => undefined);
    return c.html(unsubscribe(deps, c, holder, subscriber, 'left'));
  });

  app.post('/u/:token/rejoin', async (c) => {
    const holder = await holderOf(c, desk, 'unsubscribe');
    if (!holder) return notice(c, 'invalid', 404);
    const isBack = await desk.rejoin(holder.sid, holder.newsletter);
    const subscriber = await desk.get(holder.sid).catch(() => undefined);
    const html = unsubscribe(deps, c, holder, subscriber, isBack ? 'rejoined' : 'refused');
    return c.html(html, isBack ? 200 : 409);
  });

  return app;
}

interface PreferencesVisit {
  readonly token: string;
  readonly holder: LinkHolder;
  readonly subscriber: PageSubscriber;
  readonly chosen?: PreferencesChoice;
}

async function holderOf(c: Context, desk: SubscriberDesk, purpose: LinkPurpose): Promise<LinkHolder | null> {
  const token = c.req.param('token') ?? '';
  return token.length > maxTokenLength ? null : desk.verify(purpose, token);
}

async function preferencesVisit(c: Context, desk: SubscriberDesk): Promise<PreferencesVisit | null> {
  const holder = await holderOf(c, desk, 'preferences');
  const subscriber = holder && (await desk.get(holder.sid));
  return holder && subscriber && { token: c.req.param('token') ?? '', holder, subscriber };
}

function pathOf(visit: PreferencesVisit): string {
  return `/p/${encodeURIComponent(visit.token)}`;
}

function preferences(deps: SubscriberPagesDeps, visit: PreferencesVisit, note: Note | null): string {
  const { token, holder, subscriber, chosen } = visit;
  const newsletter = { id: holder.newsletter, name: nameOf(deps.newsletters, holder.newsletter) };
  const page = { token, subscriber, newsletter, note, ...(chosen ? { chosen } : {}) };
  return preferencesHtml(deps.views, deps.topics, page);
}

function unsubscribe(
  deps: SubscriberPagesDeps,
  c: Context,
  holder: LinkHolder,
  subscriber: PageSubscriber | null | undefined,
  step: UnsubscribePage['step'],
): string {
  const newsletter = deps.newsletters.find((one) => one.id === holder.newsletter);
  const asked = (): Language => preferredLanguage(c.req.header('Accept-Language'), newsletter?.language);
  return unsubscribeHtml(deps.views, {
    language: subscriber?.language ?? asked(),
    newsletter: newsletter?.name ?? holder.newsletter,
    token: c.req.param('token') ?? '',
    address: subscriber?.address ?? null,
    step,
  });
}

/** A newsletter that was taken out of the configuration keeps its id for a name. */
function nameOf(newsletters: readonly NamedNewsletter[], id: string): string {
  return newsletters.find((newsletter) => newsletter.id === id)?.name ?? id;
}
