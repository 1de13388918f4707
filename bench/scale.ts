/**
 * `npm run bench:scale [-- --json] [--sizes 1000,10000,100000]`: what an issue costs as its audience grows: how fast it
 * is planned, CPU a message through the whole path to a stub relay, and Redis memory a delivery by MEMORY USAGE. What it
 * leaves out: SMTP itself (see `npm run bench`), and time spent waiting. Beyond `--messages` only the first are sent.
 * A first issue that does not count warms the code up.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type App, openApp, readSettings } from '../src/app.ts';
import { createKeyringFile } from '../src/config/keyring.ts';
import { packageRoot } from '../src/core/package-root.ts';
import { readStatus } from '../src/delivery/issue-status.ts';
import { topicsOf } from '../src/delivery/newsletter.ts';
import { planIssue } from '../src/delivery/plan-issue.ts';
import { publish } from '../src/delivery/publish.ts';
import { parseDigest } from '../src/digest/parse.ts';
import { demandIssue } from '../src/ledger/issues.ts';
import { keys } from '../src/redis/keys.ts';
import { startTestRedis } from '../tests/helpers/redis.ts';
import { startWorkers } from '../workers/all.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    sizes: { type: 'string', default: '1000,10000,100000' },
    messages: { type: 'string', default: '10000' },
  },
});

interface Row {
  readonly recipients: number;
  readonly planPerSecond: number;
  readonly cpuMsPerMessage: number;
  readonly redisBytesPerDelivery: number;
  readonly rssMb: number;
}

const say = (line: string) => process.stderr.write(`${line}\n`);
const rows: Row[] = [];
say('warming up');
await measure(10_000);
for (const size of options.sizes.split(',').map(Number)) rows.push(await measure(size));
if (options.json) process.stdout.write(`${JSON.stringify({ rows })}\n`);
else for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`);

async function measure(recipients: number): Promise<Row> {
  const folder = await mkdtemp(join(tmpdir(), 'paperboy-scale-'));
  const redis = await startTestRedis();
  createKeyringFile(join(folder, 'keyring.json'));
  const env = {
    REDIS_URL: redis.url,
    SMTP_URL: 'stub:',
    DATA_DIR: folder,
    KEYRING: join(folder, 'keyring.json'),
    LOG_LEVEL: 'warn',
  };
  const settings = readSettings(join(packageRoot(), 'examples', 'newsletter.yaml'), env, process.cwd());
  const app = await openApp(settings);
  try {
    await subscribe(app, recipients);
    const issue = await publishExample(app);
    const startedAt = performance.now();
    await planIssue(app, issue, new AbortController().signal);
    const planPerSecond = recipients / ((performance.now() - startedAt) / 1000);
    say(`${recipients} recipients: planned ${Math.round(planPerSecond)}/s`);
    const cpuMsPerMessage = await send(app, issue, Math.min(recipients, Number(options.messages)));
    say(`${recipients} recipients: ${cpuMsPerMessage.toFixed(3)} ms CPU a message`);
    return {
      recipients,
      planPerSecond: Math.round(planPerSecond),
      cpuMsPerMessage: Number(cpuMsPerMessage.toFixed(3)),
      redisBytesPerDelivery: Number(((await ledgerBytes(app, issue)) / recipients).toFixed(1)),
      rssMb: Math.round(process.memoryUsage.rss() / 1024 / 1024),
    };
  } finally {
    await app.close();
    await redis.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function subscribe(app: App, count: number): Promise<void> {
  for (let at = 0; at < count; at += 1_000) {
    const inputs = Array.from({ length: Math.min(1_000, count - at) }, (_, index) => ({
      address: `reader-${at + index + 1}@readers.invalid`,
      memberships: ['ai-daily'],
      state: 'active' as const,
      consent: 'bench',
    }));
    await app.subscribers.upsertMany(inputs);
  }
}

async function publishExample(app: App): Promise<string> {
  const name = 'ai-daily-2026-03-02.md';
  const source = await readFile(join(packageRoot(), 'examples', 'digests', name));
  const { digest } = parseDigest(source, { topics: topicsOf(app.config), name });
  return (await publish(app, { newsletter: 'ai-daily', digest })).issue;
}

/** CPU of this process for the first so many messages; a small issue warms the code up before. */
async function send(app: App, issue: string, messages: number): Promise<number> {
  const workers = await startWorkers(app);
  const warm = Math.min(500, Math.floor(messages / 2));
  const accepted = async () => (await readStatus(app.ledger, issue)).counts.accepted;
  while ((await accepted()) < warm) await setTimeout(5);
  const [before, cpu] = [await accepted(), process.cpuUsage()];
  while ((await accepted()) < messages) await setTimeout(20);
  const { user, system } = process.cpuUsage(cpu);
  const sent = (await accepted()) - before;
  await workers.close();
  return (user + system) / 1000 / sent;
}

/** What the ledger holds of an issue, its share of the due set included. */
async function ledgerBytes(app: App, id: string): Promise<number> {
  const { redis } = app.ledger;
  const issue = await demandIssue(app.ledger, id);
  const names = [
    keys.issue(id),
    keys.counts(id),
    keys.digests(id),
    keys.audience(id),
    keys.preferenceSets(id),
    keys.replies(id),
    keys.pages(id),
    keys.due,
    ...Array.from({ length: issue.pages }, (_, index) => keys.page(id, index + 1)),
  ];
  let bytes = 0;
  for (const name of names) bytes += Number((await redis.memory('USAGE', name, 'SAMPLES', 0)) ?? 0);
  return bytes;
}
