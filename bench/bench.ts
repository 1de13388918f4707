/**
 * `npm run bench [-- --json] [--messages N] [--rounds N]`: the engine, with and without DKIM, with more connections and
 * processes, beside a naive worker and, where smtp-source is installed, the wire. All in one run, by turns, on the same
 * message, each on a Redis with `appendfsync always`, all to one SMTP server in a process of its own. Figures are medians
 * of the rounds, each of which begins with a warm-up. The naive worker sends an eighth as many messages a round: it takes
 * long enough. A page holds 500 readers and is one connection's work, so forty connections need 20,000 of them, and more
 * connections as many more. What it leaves out: TLS, network latency, a relay that slows down.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig } from '../src/config/load-config.ts';
import { packageRoot } from '../src/core/package-root.ts';
import { sampleLinks } from '../src/delivery/links.ts';
import { mastheadOf, newsletterOf, senderOf, topicsOf } from '../src/delivery/newsletter.ts';
import type { Digest } from '../src/digest/digest.ts';
import { parseDigest } from '../src/digest/parse.ts';
import { isSkipped } from '../src/edition/edition.ts';
import { planEdition } from '../src/edition/plan-edition.ts';
import { compose } from '../src/message/compose.ts';
import { sizeOf as octetsOf } from '../src/message/message.ts';
import { prepareEdition } from '../src/message/prepare-message.ts';
import { prepareIssue } from '../src/render/prepare-issue.ts';
import { renderEdition } from '../src/render/render-edition.ts';
import type { RenderedEdition } from '../src/render/rendered-edition.ts';
import { startTestRedis } from '../tests/helpers/redis.ts';
import { createEngine } from './engine.ts';
import { type Contender, measureRound, median, type Round } from './measure.ts';
import { createNaive } from './naive.ts';
import { measureSignatures, signaturesName } from './signatures.ts';
import { startSink } from './sink.ts';
import { createWire } from './wire.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    messages: { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '3' },
  },
});
const messages = Number(options.messages);
const rounds = Number(options.rounds);
const config = loadConfig(join(packageRoot(), 'examples', 'newsletter.yaml'));
const newsletter = newsletterOf(config, 'ai-daily');

const engines = [false, true].flatMap((dkim) => [
  { processes: 1, connections: 10, dkim },
  { processes: 1, connections: 40, dkim },
  { processes: 2, connections: 5, dkim },
  { processes: 2, connections: 20, dkim },
  { processes: 2, connections: 80, dkim },
]);

/** Enough for all connections of an engine to have work. */
const messagesOf = ({ processes, connections }: (typeof engines)[number]): number =>
  Math.round(messages * Math.max(1, (processes * connections) / 40));

interface Row {
  readonly name: string;
  readonly messagesPerSecond: number;
  readonly cpuMsPerMessage: number;
  readonly rssMb: number;
}

const say = (line: string) => process.stderr.write(`${line}\n`);

const folder = await mkdtemp(join(tmpdir(), 'paperboy-bench-'));
const [redis, sink] = await Promise.all([startTestRedis(), startSink()]);
const contenders: Contender[] = [];
try {
  const digest = await exampleDigest();
  const edition = await wholeEdition(digest);
  const octets = sizeOf(edition);
  const most = Math.max(...engines.map(messagesOf));
  const addresses = Array.from({ length: most }, (_, index) => `reader-${index + 1}@readers.invalid`);
  const few = addresses.slice(0, Math.ceil(messages / 8));
  contenders.push(createNaive({ redisUrl: redis.url, smtpUrl: sink.url, edition, addresses: few }));
  for (const [index, engine] of engines.entries()) {
    const readers = addresses.slice(0, messagesOf(engine));
    const place = { folder: join(folder, String(index)), smtpUrl: sink.url };
    contenders.push(await createEngine({ ...engine, ...place, digest, addresses: readers }));
  }
  const wire = createWire(sink.url, messages, octets);
  if (wire) contenders.push(wire);
  say(
    `${messages} messages of ${Math.round(octets / 1024)} KB, ${rounds} rounds by turns, each after a warm-up`,
  );
  report(await measureAll());
} finally {
  for (const contender of contenders) await contender.close();
  await Promise.all([redis.stop(), sink.stop()]);
  await rm(folder, { recursive: true, force: true });
}

async function measureAll(): Promise<Row[]> {
  const measured = new Map<string, Round[]>();
  const note = (round: number, name: string, result: Round) => {
    measured.set(name, [...(measured.get(name) ?? []), result]);
    say(`round ${round}  ${String(Math.round(result.messagesPerSecond)).padStart(6)}/s  ${name}`);
  };
  for (let round = 1; round <= rounds; round++) {
    for (const contender of contenders) note(round, contender.name, await measureRound(contender, sink));
    note(round, signaturesName, await measureSignatures());
  }
  return [...measured].map(([name, results]) => ({
    name,
    messagesPerSecond: Math.round(median(results.map((result) => result.messagesPerSecond))),
    cpuMsPerMessage: Number(median(results.map((result) => result.cpuMsPerMessage)).toFixed(3)),
    rssMb: Math.round(median(results.map((result) => result.rssMb))),
  }));
}

/**
 * Ratios of the engine where it is fastest: to the naive worker and to the wire; with DKIM, to what all cores can sign
 * when they do nothing else.
 */
function report(rows: readonly Row[]): void {
  const rate = (start: string) =>
    Math.max(
      0,
      ...rows.filter(({ name }) => name.startsWith(start)).map(({ messagesPerSecond }) => messagesPerSecond),
    );
  const ratio = (one: string, other: string) => {
    const [above, below] = [rate(one), rate(other)];
    return above > 0 && below > 0 ? Number((above / below).toFixed(2)) : null;
  };
  const ratios = {
    naive: ratio('paperboy, ', 'naive'),
    wire: ratio('paperboy, ', 'the wire'),
    dkim: ratio('paperboy with DKIM, ', signaturesName),
  };
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ rows, ratios })}\n`);
    return;
  }
  for (const { name, messagesPerSecond, cpuMsPerMessage, rssMb } of rows) {
    const cpu = cpuMsPerMessage === 0 ? '' : `${cpuMsPerMessage} ms CPU each, ${rssMb} MB`;
    process.stdout.write(`${String(messagesPerSecond).padStart(7)}/s  ${name}  ${cpu}\n`);
  }
  process.stdout.write(`${JSON.stringify(ratios)}\n`);
}

async function exampleDigest(): Promise<Digest> {
  const name = 'ai-daily-2026-03-02.md';
  const source = await readFile(join(packageRoot(), 'examples', 'digests', name));
  return parseDigest(source, { topics: topicsOf(config), name }).digest;
}

async function wholeEdition(digest: Digest): Promise<RenderedEdition> {
  const date = digest.date ?? '';
  const template = await prepareIssue(digest, mastheadOf(config, newsletter), {
    date,
    topics: topicsOf(config),
  });
  const set = { topics: 'all', format: 'html' } as const;
  const planned = planEdition(digest, set, { issue: 'bench', revision: 1, date, topicOrder: [] });
  if (isSkipped(planned)) throw new Error('the example digest has no story');
  return renderEdition(template, planned);
}

function sizeOf(edition: RenderedEdition): number {
  const prepared = prepareEdition(edition, senderOf(newsletter, 'bench', Buffer.alloc(32)));
  const links = sampleLinks('https://news.example');
  const recipient = { address: 'reader-1@readers.invalid', name: '', sid: 1, sendAt: Date.now(), ...links };
  return octetsOf(compose(prepared, recipient));
}
