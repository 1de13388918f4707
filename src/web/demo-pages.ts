/** The page the demo opens on: readers side by side, their topics to toggle, and the mail that would come of it. */
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Topic } from '../digest/topics.ts';
import type { DemoDesk, DemoReader } from './demo-desk.ts';
import { type InboxShelf, shownMail } from './inbox-pages.ts';
import { answerMail, answerText } from './mail-document.ts';
import { readTopicForm, togglesOf } from './topic-form.ts';
import type { Views } from './views.ts';

export interface DemoPagesDeps {
  readonly desk: DemoDesk;
  readonly inbox: InboxShelf;
  readonly topics: readonly Topic[];
  readonly views: Views;
  /** Pictures that mails may show. */
  readonly logoUrls: readonly string[];
  readonly missing: (c: Context) => Response;
}

export function demoPages(deps: DemoPagesDeps): Hono {
  const { desk, topics, views, logoUrls, missing } = deps;
  const app = new Hono();
  const readerOf = async (id: string) => (await desk.readers()).find((reader) => reader.id === id);

  app.get('/', async (c) => {
    const [readers, stories] = await Promise.all([desk.readers(), desk.storiesByTopic()]);
    const shown = await Promise.all(readers.map((reader) => shownReader(deps, reader, stories)));
    return c.html(views.page('demo', { title: '演示 Demo', isDemo: true, isInbox: false, readers: shown }));
  });

  app.post('/readers/:id/topics', bodyLimit({ maxSize: 64 * 1024 }), async (c) => {
    const reader = await readerOf(c.req.param('id'));
    const form = await c.req.parseBody({ all: true }).catch(() => ({ topic: undefined, was: undefined }));
    const ticked = [form.topic ?? []].flat().filter((value) => typeof value === 'string');
    const chosen = readTopicForm(ticked, form.was === 'all', topics);
    if (!reader || chosen === null) return missing(c);
    await desk.setTopics(reader.id, chosen);
    return c.redirect(`/#reader-${reader.id}`, 303);
  });

  app.get('/readers/:id/next', async (c) => {
    const reader = await readerOf(c.req.param('id'));
    const mail = reader && (await desk.nextMail(reader.id));
    if (!mail) return missing(c);
    return mail.html === '' ? answerText(c, mail.text) : answerMail(c, mail.html, logoUrls);
  });

  return app;
}

async function shownReader(
  { desk, inbox, topics }: DemoPagesDeps,
  reader: DemoReader,
  stories: Readonly<Record<string, number>>,
): Promise<object> {
  const address = reader.address.toLowerCase();
  const received = inbox
    .list({ address })
    .mails.filter((mail) => mail.to.some((recipient) => recipient.toLowerCase() === address));
  const next = await desk.nextMail(reader.id);
  return {
    id: reader.id,
    name: reader.name,
    address: reader.address,
    isAll: reader.topics === 'all',
    toggles: togglesOf(topics, reader.topics, 'zh').map((toggle) => ({
      ...toggle,
      stories: stories[toggle.id] ?? 0,
    })),
    next: next && { subject: next.subject, preheader: next.preheader, storyCount: next.storyCount },
    latest: received[0] ? shownMail(received[0]) : null,
    receivedCount: received.length,
  };
}
