/** `paperboy demo chaos`: the send of the chaos page without people; everything goes wrong by itself, and is counted. */
import type { Command } from 'commander';
import { makeMischief } from '../chaos/chaos-plan.ts';
import { type ChaosResult, type ChaosRun, startChaosRun } from '../chaos/chaos-run.ts';
import { exitStatus } from '../core/errors.ts';
import { demoSettings } from './demo-settings.ts';
import { action, type CommonOptions, common, type Io, type Outcome, paint, type Run } from './frame.ts';
import { parseCount } from './options.ts';
import { startProgress } from './progress.ts';

interface ChaosOptions extends CommonOptions {
  readonly messages: string;
  readonly workerKills: string;
}

export function addDemoChaos(demo: Command, io: Io, run: Run): void {
  const command = demo
    .command('chaos')
    .description('send to made-up readers, kill workers and Redis meanwhile, and count what arrived');
  common(command, ['demo chaos', 'demo chaos --json', 'demo chaos --messages 20000 --worker-kills 8'])
    .option('--messages <number>', 'made-up readers', '5000')
    .option('--worker-kills <number>', 'how often a worker is killed', '3')
    .action(action<ChaosOptions, []>(io, run, (options) => chaos(io, options)));
}

/** Everything that is open is lost after this time and so many more milliseconds a message. */
const limit = { baseMs: 120_000, messageMs: 30 };

async function chaos(io: Io, options: ChaosOptions): Promise<Outcome> {
  const messages = parseCount(options.messages, '--messages', 200_000, 20);
  const workerKills = parseCount(options.workerKills, '--worker-kills', 100);
  const settings = demoSettings(io);
  const logLevel = io.env.LOG_LEVEL ?? 'silent';
  const run = await startChaosRun(settings, { messages, logLevel });
  const progress = startProgress(io, 'chaos', 'copies');
  try {
    const shown = setInterval(() => show(run, progress, messages), 200);
    const result = await live(run, messages, workerKills, io.signal).finally(() => clearInterval(shown));
    show(run, progress, messages);
    progress.stop();
    return outcome(io, result);
  } finally {
    progress.stop();
    await run.close();
  }
}

async function live(
  run: ChaosRun,
  messages: number,
  workerKills: number,
  signal: AbortSignal,
): Promise<ChaosResult> {
  const ended = new AbortController();
  const meanwhile = AbortSignal.any([signal, ended.signal]);
  const finished = run.finish(signal, limit.baseMs + limit.messageMs * messages).finally(() => ended.abort());
  const [result] = await Promise.all([finished, makeMischief(run, messages, workerKills, meanwhile)]);
  return result;
}

function show(run: ChaosRun, progress: ReturnType<typeof startProgress>, messages: number): void {
  const { samples } = run.observer;
  const last = samples.at(-1);
  if (last === undefined) return;
  const before = samples.at(-9) ?? samples[0] ?? last;
  const seconds = (last.atMs - before.atMs) / 1000;
  const rate = seconds > 0 ? (last.arrived - before.arrived) / seconds : 0;
  progress.update(
    messages - last.planned - last.inHand,
    messages,
    rate,
    rate > 0 ? last.planned / rate : null,
  );
}

function outcome(io: Io, { verify, ...result }: ChaosResult): Outcome {
  const { recipients, counts, record, duplicates, lost, denied, uncertain, uncertainArrived } = result;
  const { workerKills, redisKills, unsubscribed, seconds } = result;
  const isWell = duplicates === 0 && lost === 0 && denied === 0 && verify.gaps.length === 0;
  const text = [
    `${recipients} recipients in ${seconds} s; killed: ${workerKills} workers, Redis ${redisKills} times; left: ${unsubscribed}`,
    `the ledger   ${counts.accepted} accepted, ${uncertain} uncertain, ${counts.suppressed + counts.skipped} not sent because the reader had left`,
    `the inbox    ${record.copies} copies to ${record.recipients} recipients, ${uncertainArrived} of the uncertain among them`,
    paint(
      io,
      isWell ? 'green' : 'red',
      `${duplicates} duplicates, ${lost} lost, ${verify.gaps.length} gaps in the ledger`,
    ),
  ];
  return {
    data: { ...result, verify },
    text: text.join('\n'),
    status: isWell ? exitStatus.ok : exitStatus.failure,
  };
}
