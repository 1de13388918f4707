/** Issues that really went out, over a real Redis and a stub relay, with the real pages on a port before them. */
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { createArchive } from '../../src/delivery/archive.ts';
import { createBallots } from '../../src/delivery/ballots.ts';
import { deliverPage } from '../../src/delivery/deliver-page.ts';
import { planIssue } from '../../src/delivery/plan-issue.ts';
import { publish } from '../../src/delivery/publish.ts';
import type { PublishRequest } from '../../src/delivery/publish-new.ts';
import { createWebCopies } from '../../src/delivery/web-copies.ts';
import type { Digest } from '../../src/digest/digest.ts';
import { takeDue } from '../../src/ledger/incarnations.ts';
import type { Message } from '../../src/message/message.ts';
import { createStubTransport } from '../../src/transport/stub.ts';
import { startWeb, type Web } from '../../src/web/server.ts';
import { createStoreDesk } from '../../src/web/store-desk.ts';
import { type Desk, openDesk } from '../helpers/desk.ts';
import { digestOf, storyOf } from '../helpers/digests.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { webOptions } from './in-memory.ts';

/** The newsletters that have an archive here; `tech-en` has none. */
const archived: readonly string[] = ['ai-daily', 'tech-brief'];

export interface SentIssues {
  readonly desk: Desk;
  readonly web: Web;
  /** @returns the id of the issue */
  publish(digest: Digest, request?: Partial<PublishRequest>): Promise<string>;
  /** Delivers all that is due. @returns the messages, in no particular order */
  deliver(): Promise<readonly Message[]>;
  send(digest: Digest, request?: Partial<PublishRequest>): Promise<readonly Message[]>;
  get(path: string, init?: RequestInit): Promise<Response>;
  post(path: string): Promise<Response>;
  close(): Promise<void>;
}

/** Two subscribers of `ai-daily`: the first takes all topics, the second `models` alone. */
export async function openSentIssues(server: TestRedis): Promise<SentIssues> {
  const opened = await openDesk(server);
  const newsletters = opened.config.newsletters.map((one) => ({
    ...one,
    archive: archived.includes(one.id),
  }));
  const desk: Desk = Object.assign(opened, { config: { ...opened.config, newsletters } });
  const { tokenKeys } = desk.keyring;
  const publicUrl = 'https://news.example';
  const web = await startWeb(
    webOptions({
      newsletters,
      subscribers: createStoreDesk({
        ...desk,
        tokenKeys,
        leaveLog: { note: async () => {} },
        clock: () => desk.now,
      }),
      issues: {
        copies: createWebCopies({ ...desk, tokenKeys, publicUrl }),
        archive: createArchive(desk),
        ballots: createBallots({ ...desk, tokenKeys }),
        retentionDays: desk.config.retentionDays,
        publicUrl,
      },
    }),
  );
  await desk.subscribe(2, 'all', ['models']);
  for (const sid of [1, 2]) await desk.subscribers.changePreferences(sid, { language: 'zh' });
  const get: SentIssues['get'] = (path, init = {}) =>
    fetch(`${web.url}${path.replace(publicUrl, '')}`, { redirect: 'manual', ...init });
  const sent: SentIssues = {
    desk,
    web,
    publish: async (digest, request = {}) =>
      (await publish(desk, { newsletter: 'ai-daily', digest, ...request })).issue,
    deliver: async () => {
      const transport = createStubTransport();
      const worker = await desk.worker(transport);
      const never = new AbortController().signal;
      for (;;) {
        const { members } = await takeDue(desk.ledger, 100);
        if (members.length === 0) return transport.accepted;
        for (const member of members) {
          if (member.kind === 'plan') await planIssue(desk, member.issue, never);
          else await deliverPage(worker, member.issue, member.page, never);
        }
      }
    },
    send: async (digest, request) => {
      await sent.publish(digest, request);
      return await sent.deliver();
    },
    get,
    post: (path) => get(path, { method: 'POST' }),
    close: () => web.close(),
  };
  return sent;
}

/**
 * A Redis for the tests of a file, and for each of them issues of its own.
 * @param begin is given them before each test
 */
export function eachWithSentIssues(
  begin: (sent: SentIssues, server: TestRedis) => void | Promise<void>,
): void {
  let server: TestRedis;
  let sent: SentIssues;
  beforeAll(async () => {
    server = await startTestRedis();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    sent = await openSentIssues(server);
    await begin(sent, server);
  });
  afterEach(() => sent.close());
}

/** Whom these copies went to, by name, sorted. */
export function recipientsOf(copies: readonly Message[]): (string | undefined)[] {
  return copies.map(({ envelope }) => envelope.to.split('@')[0]).sort();
}

/** One story of policy, one of models. */
export function dayOf(date: string, mark = ''): Digest {
  return digestOf(
    [
      { name: '模型', stories: [storyOf(`模型新闻${mark}`, { topics: ['models'], line: 3 })] },
      { name: '政策', stories: [storyOf(`政策新闻${mark}`, { topics: ['policy'], line: 9 })] },
    ],
    { date },
  );
}

/** The copy that went to the n-th subscriber, from 1. */
export function copyTo(messages: readonly Message[], n: number): Message {
  const found = messages.find(({ envelope }) => envelope.to.startsWith(`reader-${n}@`));
  if (found === undefined) throw new Error(`no copy went to reader ${n}`);
  return found;
}

/** What the text part of a message has behind `https://news.example`, of the link whose path begins so. */
export function pathIn(message: Message, start: string): string {
  const text = Buffer.from(
    message.raw.toString('latin1').split('\r\n\r\n')[2]?.split('\r\n--')[0] ?? '',
    'base64',
  ).toString();
  const found = new RegExp(`https://news\\.example(${start}[^\\s]*)`).exec(text)?.[1];
  if (found === undefined) throw new Error(`no link to ${start} in\n${text}`);
  return found;
}
