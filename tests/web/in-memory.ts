/** Small true implementations of what the pages need, in memory, so that the pages can be tried through real HTTP. */

import { PaperboyError } from '../../src/core/errors.ts';
import { silentLogger } from '../../src/core/log.ts';
import { builtInTopics } from '../../src/digest/topics.ts';
import type { InboxStore } from '../../src/inbox/inbox-store.ts';
import type { ChaosAction, ChaosDesk, ChaosView } from '../../src/web/chaos-desk.ts';
import type { DemoDesk, DemoReader, EditionsPreview, NextMail } from '../../src/web/demo-desk.ts';
import type { WebOptions } from '../../src/web/server.ts';
import type { PageSubscriber, SubscriberDesk } from '../../src/web/subscriber-desk.ts';
import type { TopicChoice } from '../../subscribers/preferences.ts';

export interface SubscribersInMemory extends SubscriberDesk {
  /** Every change that was asked for, in order. */
  readonly changes: string[];
  readonly people: Map<number, PageSubscriber>;
  /** While set, reading subscribers fails as it does when Redis is away. */
  away: boolean;
}

/** Tokens are `<purpose>-<sid>-<newsletter>`. */
export function subscribersInMemory(people: Readonly<Record<number, PageSubscriber>>): SubscribersInMemory {
  const known = new Map(Object.entries(people).map(([sid, person]) => [Number(sid), person]));
  const changes: string[] = [];
  const change = (sid: number, to: Partial<PageSubscriber>) => {
    const person = known.get(sid);
    if (person) known.set(sid, { ...person, ...to });
  };
  const membership = (sid: number, newsletter: string, state: 'subscribed' | 'left') => {
    const memberships = known.get(sid)?.memberships ?? {};
    const entry = { state, since: '2026-02-03T00:00:00Z', consent: null };
    change(sid, { memberships: { ...memberships, [newsletter]: entry } });
  };
  return {
    changes,
    people: known,
    away: false,
    verify(purpose, token) {
      const found = /^(preferences|unsubscribe)-(\d+)-([a-z-]+)$/.exec(token);
      return found && found[1] === purpose ? { sid: Number(found[2]), newsletter: found[3] ?? '' } : null;
    },
    async get(sid) {
      if (this.away) throw new PaperboyError('redis-unreachable', 'Redis does not answer');
      return known.get(sid) ?? null;
    },
    async changePreferences(sid, choice) {
      const { topics, frequency, hour } = choice;
      changes.push(`topics ${sid} ${topics === 'all' ? 'all' : topics.join(',')}`);
      if (frequency) changes.push(`frequency ${sid} ${frequency}`);
      if (hour !== undefined) changes.push(`hour ${sid} ${hour}`);
      change(sid, choice);
    },
    async pause(sid) {
      changes.push(`pause ${sid}`);
      change(sid, { state: 'paused' });
    },
    async resume(sid) {
      changes.push(`resume ${sid}`);
      change(sid, { state: 'active' });
    },
    async leave(sid, newsletter) {
      changes.push(`leave ${sid} ${newsletter}`);
      membership(sid, newsletter, 'left');
    },
    async rejoin(sid, newsletter) {
      changes.push(`rejoin ${sid} ${newsletter}`);
      if (known.get(sid)?.address.startsWith('suppressed@')) return false;
      membership(sid, newsletter, 'subscribed');
      return true;
    },
  };
}

export function person(over: Partial<PageSubscriber> = {}): PageSubscriber {
  return {
    address: 'lin@example.invalid',
    state: 'active',
    memberships: { 'ai-daily': { state: 'subscribed', since: '2026-02-01T00:00:00Z', consent: 'web form' } },
    topics: ['policy', 'models'],
    frequency: 'daily',
    language: 'zh',
    timezone: 'Asia/Shanghai',
    hour: 8,
    ...over,
  };
}

export interface DemoInMemory extends DemoDesk {
  readonly choices: Map<string, TopicChoice>;
}

/** @param compose the mail of a reader with that choice */
export function demoInMemory(
  readers: readonly DemoReader[],
  stories: Readonly<Record<string, number>>,
  compose: (reader: DemoReader) => NextMail | null,
): DemoInMemory {
  const choices = new Map(readers.map((reader) => [reader.id, reader.topics]));
  const current = () =>
    readers.map((reader) => ({ ...reader, topics: choices.get(reader.id) ?? reader.topics }));
  return {
    choices,
    readers: async () => current(),
    storiesByTopic: async () => stories,
    async setTopics(readerId, topics) {
      choices.set(readerId, topics);
    },
    async nextMail(readerId) {
      const reader = current().find((one) => one.id === readerId);
      return reader ? compose(reader) : null;
    },
  };
}

/** One edition for each line `topic: title`; a line that is something else is refused by its number. */
export async function previewInMemory(bytes: Uint8Array, name: string): Promise<EditionsPreview> {
  const lines = new TextDecoder().decode(bytes).trim().split('\n');
  const editions = lines.map((line, index) => {
    const [, topic, title] = /^([a-z]+): (.+)$/.exec(line) ?? [];
    if (!topic || !title) {
      throw new PaperboyError('digest-unreadable', `line ${index + 1} of ${name}: found "${line}"`, {
        hint: 'Write topic: title.',
      });
    }
    const html = `<html><head><title>t</title></head><body><h1>${topic}</h1><script>top.hacked=1</script></body></html>`;
    return {
      id: topic,
      label: topic,
      stories: 1,
      subject: title,
      preheader: `more of ${topic}`,
      htmlBytes: html.length,
      html,
      text: `== ${topic} ==`,
    };
  });
  return { title: name, date: '2026-02-03', warnings: [{ line: 1, message: 'no category' }], editions };
}

export interface ChaosInMemory extends ChaosDesk {
  readonly acts: ChaosAction[];
  view: ChaosView;
}

/** Shows what it is told to show, and notes what was done. */
export function chaosInMemory(): ChaosInMemory {
  const acts: ChaosAction[] = [];
  return {
    acts,
    view: {
      phase: 'idle',
      messages: 5_000,
      workers: 0,
      isRedisAway: false,
      samples: [],
      events: [],
      verdict: null,
      problem: null,
    },
    look() {
      return this.view;
    },
    act: async (action) => void acts.push(action),
  };
}

/** Nothing was ever sent. */
const noIssues: WebOptions['issues'] = {
  copies: { find: async () => null, ofIssue: async () => null },
  archive: { newsletter: () => null, list: async () => [], find: async () => null },
  ballots: { find: async () => null, cast: async () => false },
  retentionDays: 30,
  publicUrl: 'https://news.example',
};

/** Everything a server needs but what a test brings itself. */
export function webOptions(over: Partial<WebOptions> & Pick<WebOptions, 'subscribers'>): WebOptions {
  return {
    host: '127.0.0.1',
    port: 0,
    newsletters: [{ id: 'ai-daily', name: 'AI 行业动态', language: 'zh' }],
    topics: builtInTopics,
    issues: noIssues,
    health: async () => 'PONG',
    log: silentLogger,
    ...over,
  };
}

/** A demo of two readers over that inbox. */
export function demoOver(inbox: InboxStore) {
  const desk = demoInMemory(
    [
      { id: 'lin', name: '林 <script>alert(1)</script>', address: 'lin@example.invalid', topics: ['policy'] },
      { id: 'ann', name: 'Ann', address: 'ann@example.invalid', topics: 'all' },
    ],
    { policy: 2, models: 3 },
    (reader) =>
      reader.topics.length === 0
        ? null
        : {
            subject: `mail of ${reader.topics === 'all' ? 'all' : reader.topics.join('+')}`,
            preheader: 'and more',
            storyCount: 5,
            html: `<html><head></head><body>for ${reader.id}<script>top.hacked=1</script></body></html>`,
            text: 'text',
          },
  );
  return { desk, inbox, preview: previewInMemory, chaos: chaosInMemory() };
}
