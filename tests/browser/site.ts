/** The pages as they are served: the demo as a process, and states that it is hardly ever in, over data in memory. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { openInboxStore } from '../../src/inbox/inbox-store.ts';
import { startWeb } from '../../src/web/server.ts';
import { createWorkplace, type Workplace } from '../helpers/program.ts';
import {
  type ChaosInMemory,
  demoOver,
  person,
  type SubscribersInMemory,
  subscribersInMemory,
  webOptions,
} from '../web/in-memory.ts';

export interface Demo {
  readonly url: string;
  readonly place: Workplace;
  /** Of the mail to one of its readers: where the links in it lead. */
  linksOf(address: string): Promise<{
    readonly unsubscribe: string;
    readonly preferences: string;
    readonly like: string;
    readonly webCopy: string;
    readonly id: string;
  }>;
  stop(): Promise<void>;
}

interface Mail {
  readonly id: string;
  readonly to: readonly string[];
}

export async function startDemo(): Promise<Demo> {
  const place = await createWorkplace();
  const program = place.start(['demo']);
  await program.shows('Ctrl-C stops everything');
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(program.talk().stderr)?.[0] ?? '';
  return {
    url,
    place,
    linksOf: async (address) => {
      const { id } = await mailTo(url, address);
      const source = await (await fetch(`${url}/inbox/${id}/raw`)).text();
      const link = (field: string) => new RegExp(`^${field}: <([^>]+)>`, 'm').exec(source)?.[1] ?? '';
      const { text = '' } = await PostalMime.parse(source);
      const inText = (path: string) => new RegExp(`https?://\\S+${path}`).exec(text)?.[0] ?? '';
      return {
        unsubscribe: link('List-Unsubscribe'),
        preferences: link('List-Help'),
        like: inText('/v/\\S+/like'),
        webCopy: inText('/w/\\S+'),
        id,
      };
    },
    stop: async () => {
      program.child.kill('SIGINT');
      await program.ended;
      await place.remove();
    },
  };
}

/** The demo sends as soon as it has started. */
async function mailTo(url: string, address: string): Promise<Mail> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const { mails } = (await (await fetch(`${url}/api/inbox?limit=100`)).json()) as { mails: Mail[] };
    const found = mails.find(({ to }) => to.includes(address));
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`no mail to ${address} came`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export interface MadeSite {
  readonly url: string;
  readonly subscribers: SubscribersInMemory;
  readonly chaos: ChaosInMemory;
  stop(): Promise<void>;
}

export async function startMadeSite(): Promise<MadeSite> {
  const folder = await mkdtemp(join(tmpdir(), 'paperboy-site-'));
  const subscribers = subscribersInMemory({ 1: person() });
  const demo = demoOver(await openInboxStore({ folder }));
  const web = await startWeb(webOptions({ subscribers, demo }));
  return {
    url: web.url,
    subscribers,
    chaos: demo.chaos,
    stop: async () => {
      await web.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
