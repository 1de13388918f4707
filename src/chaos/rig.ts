/** What a chaos run happens on: a store, workers and a relay of its own, in a folder that goes with them. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type App, openApp, type Settings } from '../app.ts';
import { createLogger } from '../core/log.ts';
import { packageRoot } from '../core/package-root.ts';
import { topicsOf } from '../delivery/newsletter.ts';
import { planIssue } from '../delivery/plan-issue.ts';
import { publish } from '../delivery/publish.ts';
import { wakeDue } from '../delivery/sweep.ts';
import { type Digest, storiesOf } from '../digest/digest.ts';
import { parseDigest } from '../digest/parse.ts';
import { type Supervisor, startSupervisor } from '../supervisor/supervisor.ts';
import { type ChaosSink, startChaosSink } from './sink.ts';

export interface ChaosRig {
  readonly app: App;
  readonly sink: ChaosSink;
  readonly workers: Supervisor;
  /** sid → address of everyone who is to get a copy. */
  readonly addresses: ReadonlyMap<number, string>;
  /** Publishes the issue to all of them. @returns its id */
  publish(): Promise<string>;
  /** Ends everything and removes the folder. */
  close(): Promise<void>;
}

export interface ChaosRigOptions {
  readonly messages: number;
  /** Worker processes. */
  readonly processes: number;
  readonly logLevel: string;
}

export const chaosNewsletter = 'chaos';

/** A relay that takes its time, most of it before the dot: there must be a middle in which things can go wrong. */
const slowness = { rcptMs: 60, dotMs: 15 };

const digestFile = 'ai-daily-2026-03-02.md';

/** @param base of the demo: its sender and topics are used */
export async function openChaosRig(base: Settings, options: ChaosRigOptions): Promise<ChaosRig> {
  const folder = await mkdtemp(join(tmpdir(), 'paperboy-chaos-'));
  const closers: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const workers = startSupervisor({
      program: fileURLToPath(new URL('../../workers/process.js', import.meta.url)),
      processes: options.processes,
      log: createLogger(options.logLevel),
    });
    closers.push(workers.close);
    const sink = await startChaosSink(slowness);
    closers.push(sink.close);
    const settings = settingsOf(base, folder, sink.url, options.logLevel);
    const app = await openApp(settings);
    closers.push(app.close);
    const begun = workers.begin(settings);
    // Waited for below; what goes wrong before is told first.
    begun.catch(() => {});
    const digest = await readDigest(app);
    const addresses = await subscribe(app, digest, options.messages);
    await begun;
    // The first to be closed, while what it works with is still there.
    closers.push(workers.close);
    return {
      app,
      sink,
      workers,
      addresses,
      publish: async () => {
        const { issue } = await publish(app, { newsletter: chaosNewsletter, digest });
        // Planned here, so that there is something to disturb from the first moment.
        await planIssue(app, issue, new AbortController().signal);
        await wakeDue(app);
        return issue;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function settingsOf(base: Settings, dataDir: string, smtpUrl: string, logLevel: string): Settings {
  const [newsletter] = base.config.newsletters;
  if (newsletter === undefined) throw new Error('the demo has no newsletter');
  const { publicUrl, host, port } = base.environment;
  return {
    config: { ...base.config, newsletters: [{ ...newsletter, id: chaosNewsletter }] },
    environment: { publicUrl, host, port, logLevel, dataDir, smtpUrl, relayPasswords: {} },
  };
}

async function readDigest(app: App): Promise<Digest> {
  const source = await readFile(join(packageRoot(), 'examples', 'digests', digestFile));
  return parseDigest(source, { topics: topicsOf(app.config), name: digestFile }).digest;
}

/** How many are written at once. */
const batch = 1_000;

/** Every second reader takes all topics, the others one each of those that have stories. */
async function subscribe(app: App, digest: Digest, messages: number): Promise<Map<number, string>> {
  const topics = [...new Set(storiesOf(digest).flatMap((story) => story.topics))];
  const addresses = new Map<number, string>();
  for (let at = 0; at < messages; at += batch) {
    const inputs = Array.from({ length: Math.min(batch, messages - at) }, (_, index) => {
      const number = at + index + 1;
      const topic = topics[number % topics.length];
      return {
        address: `reader-${number}@chaos.invalid`,
        memberships: [chaosNewsletter],
        state: 'active' as const,
        consent: 'nobody by this name exists',
        ...(number % 2 === 0 || topic === undefined ? {} : { topics: [topic] }),
      };
    });
    for (const result of await app.subscribers.upsertMany(inputs)) {
      if (result.outcome !== 'refused') addresses.set(result.subscriber.sid, result.subscriber.address);
    }
  }
  return addresses;
}
