/** Real workers over a real Redis and real SMTP servers, for what pacing has to do: an issue, its readers' domains, relays. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, openApp, readSettings } from '../../src/app.ts';
import { createKeyringFile } from '../../src/config/keyring.ts';
import { packageRoot } from '../../src/core/package-root.ts';
import { topicsOf } from '../../src/delivery/newsletter.ts';
import { publish } from '../../src/delivery/publish.ts';
import { wakeDue } from '../../src/delivery/sweep.ts';
import { parseDigest } from '../../src/digest/parse.ts';
import type { Consumer } from '../../src/queue/consume.ts';
import { startWorkers } from '../../workers/all.ts';

export interface PacedSend {
  readonly app: App;
  /** `count` readers at each domain, `reader-<n>@<domain>`. */
  subscribe(count: number, domains: readonly string[]): Promise<void>;
  /** @returns the id of the issue, published and woken */
  send(): Promise<string>;
  /** Workers with connections of their own, as another process would have them. */
  startWorkers(): Promise<Consumer>;
  close(): Promise<void>;
}

/** @param sending the `sending` block of newsletter.yaml, as JSON */
export async function openPacedSend(redisUrl: string, sending: object): Promise<PacedSend> {
  const folder = await mkdtemp(join(tmpdir(), 'paperboy-paced-'));
  createKeyringFile(join(folder, 'keyring.json'));
  const file = join(folder, 'newsletter.yaml');
  await writeFile(file, configOf(sending));
  const settings = readSettings(
    file,
    { REDIS_URL: redisUrl, DATA_DIR: folder, KEYRING: join(folder, 'keyring.json'), LOG_LEVEL: 'fatal' },
    folder,
  );
  const app = await openApp(settings);
  const workers: Consumer[] = [];
  const apps: App[] = [app];
  return {
    app,
    subscribe: async (count, domains) => {
      const inputs = Array.from({ length: count * domains.length }, (_, index) => ({
        address: `reader-${index + 1}@${domains[index % domains.length]}`,
        memberships: ['ai-daily'],
        state: 'active' as const,
        consent: 'a test',
      }));
      for (let at = 0; at < inputs.length; at += 1_000)
        await app.subscribers.upsertMany(inputs.slice(at, at + 1_000));
    },
    send: async () => {
      const name = 'ai-daily-2026-03-02.md';
      const source = await readFile(join(packageRoot(), 'examples', 'digests', name));
      const { digest } = parseDigest(source, { topics: topicsOf(app.config), name });
      const { issue } = await publish(app, { newsletter: 'ai-daily', digest });
      await wakeDue(app);
      return issue;
    },
    startWorkers: async () => {
      const own = await openApp(settings);
      apps.push(own);
      const started = await startWorkers(own);
      workers.push(started);
      return started;
    },
    close: async () => {
      for (const worker of workers) await worker.close();
      for (const each of apps) await each.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function configOf(sending: object): string {
  return `legalName: Sample Press
postalAddress: 1 Sample Street, Sampletown
newsletters:
  - id: ai-daily
    name: AI Daily
    from: { name: AI Daily, address: ai-daily@news.invalid }
    language: en
    timezone: Europe/Berlin
    schedule: { hour: 7 }
sending: ${JSON.stringify(sending)}
`;
}
