/**
 * The whole path: publish and plan, claim, compose, sign, gate, settle, by worker processes as `paperboy work` runs them,
 * on a Redis of their own with `appendfsync always`.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { openApp, readSettings } from '../src/app.ts';
import { createKeyringFile } from '../src/config/keyring.ts';
import { packageRoot } from '../src/core/package-root.ts';
import { publish } from '../src/delivery/publish.ts';
import { wakeDue } from '../src/delivery/sweep.ts';
import type { Digest } from '../src/digest/digest.ts';
import { generateDkimKey } from '../src/message/dkim-key.ts';
import { startTestRedis } from '../tests/helpers/redis.ts';
import type { Contender } from './measure.ts';

export interface EngineOptions {
  /** Of this contender alone. */
  readonly folder: string;
  readonly smtpUrl: string;
  readonly digest: Digest;
  readonly addresses: readonly string[];
  readonly processes: number;
  /** Of each process. */
  readonly connections: number;
  readonly dkim: boolean;
}

const domain = 'news.example';

export async function createEngine(options: EngineOptions): Promise<Contender> {
  const { folder, digest, addresses, processes, connections, dkim } = options;
  await mkdir(folder, { recursive: true });
  const redis = await startTestRedis();
  const config = await writeConfig(options);
  createKeyringFile(join(folder, 'keyring.json'));
  const env = {
    PATH: '/usr/bin:/bin',
    REDIS_URL: redis.url,
    DATA_DIR: folder,
    KEYRING: join(folder, 'keyring.json'),
    LOG_LEVEL: 'warn',
    PUBLIC_URL: `https://${domain}`,
  };
  const app = await openApp(readSettings(config, env, folder));
  for (let at = 0; at < addresses.length; at += 500) {
    await app.subscribers.upsertMany(
      addresses.slice(at, at + 500).map((address) => ({ address, state: 'active', consent: 'bench' })),
    );
  }
  let supervisor: ChildProcess | undefined;
  let pids: readonly number[] = [];
  let day = 0;
  const each =
    processes === 1 ? `${connections} connections` : `${processes} processes of ${connections} connections`;
  return {
    name: `paperboy${dkim ? ' with DKIM' : ''}, ${each}`,
    messages: addresses.length,
    get pids() {
      return pids;
    },
    prepare: async () => {
      supervisor = await startWorkers(config, env, processes);
      pids = childrenOf(supervisor.pid ?? 0);
    },
    send: async () => {
      // Every sending is an issue of its own: nobody gets one twice.
      day++;
      const date = new Date(Date.UTC(2026, 0, day)).toISOString().slice(0, 10);
      await publish(app, { newsletter: 'bench', digest: { ...onDay(digest, day), date } });
      await wakeDue(app);
    },
    reset: async () => {
      supervisor?.kill('SIGTERM');
      if (supervisor?.exitCode === null) await once(supervisor, 'exit');
    },
    close: async () => {
      await app.close();
      await redis.stop();
    },
  };
}

/** Stories that no other day has: what was published already would be left out. Of the same length every day. */
function onDay(digest: Digest, day: number): Digest {
  const mark = String(day).padStart(4, '0');
  const categories = digest.categories.map(({ name, stories }) => ({
    name,
    stories: stories.map((story) => ({
      ...story,
      title: `${story.title} ${mark}`,
      sources: story.sources.map((source) =>
        source.url === undefined ? source : { ...source, url: `${source.url}#${mark}` },
      ),
    })),
  }));
  return { ...digest, categories };
}

async function writeConfig({ folder, smtpUrl, connections, dkim }: EngineOptions): Promise<string> {
  const file = join(folder, 'newsletter.yaml');
  const keys = [{ domain, selector: 'bench', privateKeyFile: 'dkim.pem' }];
  if (dkim) await writeFile(join(folder, 'dkim.pem'), (await generateDkimKey()).privateKeyPem);
  const config = {
    legalName: 'Bench',
    postalAddress: '1 Bench Street',
    newsletters: [
      {
        id: 'bench',
        name: 'AI 日报',
        from: { name: 'AI 日报', address: `bench@${domain}` },
        language: 'zh',
        timezone: 'UTC',
        schedule: { hour: 7 },
      },
    ],
    sending: {
      relays: [{ url: smtpUrl, connections, messagesPerConnection: 10_000 }],
      dkim: dkim ? keys : [],
    },
  };
  await writeFile(file, stringify(config));
  return file;
}

async function startWorkers(
  config: string,
  env: NodeJS.ProcessEnv,
  processes: number,
): Promise<ChildProcess> {
  const program = join(packageRoot(), 'dist', 'src', 'cli', 'main.js');
  const args = ['work', '--config', config, '--processes', String(processes)];
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  for await (const chunk of child.stderr) if (String(chunk).includes('working')) break;
  child.stderr.destroy();
  return child;
}

/** The processes that work; the one that watches over them does nothing meanwhile. */
function childrenOf(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
  return stdout.trim().split(/\s+/).map(Number);
}
