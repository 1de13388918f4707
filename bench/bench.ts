/**
 * `npm run bench [-- --json] [--messages N] [--rounds N]`: the engine beside a naive worker, in one run, by turns, on
 * the same message, the same Redis (`appendfsync always`) and the same SMTP server in a process of its own. Figures
 * are medians of the rounds after a warm-up. What it leaves out: TLS, network latency, a relay that slows down.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readSettings } from '../src/app.ts';
import { packageRoot } from '../src/core/package-root.ts';
import { sampleLinks } from '../src/delivery/links.ts';
import { mastheadOf, senderOf, topicsOf } from '../src/delivery/newsletter.ts';
import type { Digest } from '../src/digest/digest.ts';
import { parseDigest } from '../src/digest/parse.ts';
import { isSkipped } from '../src/edition/edition.ts';
import { planEdition } from '../src/edition/plan-edition.ts';
import { compose } from '../src/message/compose.ts';
import { prepareEdition } from '../src/message/prepare-message.ts';
import { prepareIssue } from '../src/render/prepare-issue.ts';
import { renderEdition } from '../src/render/render-edition.ts';
import type { RenderedEdition } from '../src/render/rendered-edition.ts';
import { startTestRedis } from '../tests/helpers/redis.ts';
import { startSmtpSink } from '../tests/helpers/smtp-sink.ts';
import { createEngine } from './engine.ts';
import { type Contender, measureRound, median, type Round } from './measure.ts';
import { createNaive } from './naive.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    messages: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '3' },
  },
});
const messages = Number(options.messages);
const rounds = Number(options.rounds);

const say = (line: string) => process.stderr.write(`${line}\n`);

const folder = await mkdtemp(join(tmpdir(), 'paperboy-bench-'));
const [redis, sink] = await Promise.all([startTestRedis(), startSmtpSink({ keep: 'none' })]);
const contenders: Contender[] = [];
try {
  const settings = readSettings(
    join(packageRoot(), 'examples', 'newsletter.yaml'),
    {
      REDIS_URL: redis.url,
      SMTP_URL: sink.url,
      DATA_DIR: folder,
      KEYRING: join(folder, 'keyring.json'),
      LOG_LEVEL: 'warn',
    },
    process.cwd(),
  );
  const [newsletter] = settings.config.newsletters;
  if (newsletter === undefined) throw new Error('the example configuration has no newsletter');
  const digest = await exampleDigest();
  const edition = await wholeEdition(digest);
  const addresses = Array.from({ length: messages }, (_, index) => `reader-${index + 1}@readers.invalid`);
  contenders.push(
    createNaive({ redisUrl: redis.url, smtpUrl: sink.url, edition, addresses }),
    await createEngine({ settings, digest, addresses }),
  );

  const links = sampleLinks('https://news.example');
  const sample = compose(prepareEdition(edition, senderOf(newsletter, 'bench', Buffer.alloc(32))), {
    address: 'reader-1@readers.invalid',
    name: '',
    sid: 1,
    sendAt: Date.now(),
    ...links,
  });
  say(`${messages} messages of ${Math.round(sample.raw.length / 1024)} KB, ${rounds} rounds by turns`);

  const measured = new Map<string, Round[]>(contenders.map(({ name }) => [name, []]));
  // Round 0 warms up, both alike, and does not count: a worker that has just started is not what one waits for.
  for (let round = 0; round <= rounds; round++) {
    for (const contender of contenders) {
      const result = await measureRound(contender, sink, messages);
      if (round > 0) measured.get(contender.name)?.push(result);
      say(
        `${round === 0 ? 'warm-up' : `round ${round}`}  ${Math.round(result.messagesPerSecond)}/s  ${contender.name}`,
      );
    }
  }
  const rows = [...measured].map(([name, results]) => ({
    name,
    messagesPerSecond: Math.round(median(results.map((result) => result.messagesPerSecond))),
    cpuMsPerMessage: Number(median(results.map((result) => result.cpuMsPerMessage)).toFixed(3)),
  }));
  const [naive, engine] = rows;
  const ratio = (engine?.messagesPerSecond ?? 0) / (naive?.messagesPerSecond ?? Number.NaN);
  report(rows, Number(ratio.toFixed(2)));

  async function wholeEdition(ofDigest: Digest): Promise<RenderedEdition> {
    if (newsletter === undefined) throw new Error('the example configuration has no newsletter');
    const template = await prepareIssue(ofDigest, mastheadOf(settings.config, newsletter), {
      date: ofDigest.date ?? '',
      topics: topicsOf(settings.config),
    });
    const planned = planEdition(
      ofDigest,
      { topics: 'all', format: 'html' },
      { issue: 'bench', revision: 1, date: ofDigest.date ?? '', topicOrder: [] },
    );
    if (isSkipped(planned)) throw new Error('the example digest has no story');
    return renderEdition(template, planned);
  }

  async function exampleDigest(): Promise<Digest> {
    const name = 'ai-daily-2026-03-02.md';
    const source = await readFile(join(packageRoot(), 'examples', 'digests', name));
    return parseDigest(source, { topics: topicsOf(settings.config), name }).digest;
  }
} finally {
  for (const contender of contenders) await contender.close();
  await Promise.all([redis.stop(), sink.stop()]);
  await rm(folder, { recursive: true, force: true });
}

function report(
  rows: readonly { name: string; messagesPerSecond: number; cpuMsPerMessage: number }[],
  ratio: number,
): void {
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ rows, ratios: { naive: ratio } })}\n`);
    return;
  }
  for (const { name, messagesPerSecond, cpuMsPerMessage } of rows) {
    process.stdout.write(
      `${String(messagesPerSecond).padStart(7)}/s  ${cpuMsPerMessage} ms CPU each  ${name}\n`,
    );
  }
  process.stdout.write(`${ratio} times the naive worker\n`);
}
