/** `paperboy doctor`: looks at configuration, keyring, DNS, Redis and relay, and says what keeps a send from going well. */
import { createServer } from 'node:net';
import type { Command } from 'commander';
import { openApp, type Settings } from '../app.ts';
import { demandReachablePages } from '../config/reachable-pages.ts';
import { exitStatus } from '../core/errors.ts';
import { demandCompleteSender } from '../delivery/newsletter.ts';
import { loadSigners } from '../delivery/signers.ts';
import { createTxtResolver } from '../dns/resolver.ts';
import { redisTarget } from '../redis/redis-url.ts';
import { lookAtDns } from './doctor-dns.ts';
import { type Finding, look } from './doctor-finding.ts';
import { lookAtRelays } from './doctor-relays.ts';
import { lookAtBounces, lookAtPace, lookAtRedis, lookAtWorkers } from './doctor-store.ts';
import { lookAtWeeklyReaders } from './doctor-weekly.ts';
import { action, type CommonOptions, common, type Io, type Outcome, paint, type Run } from './frame.ts';
import { settingsFor } from './with-app.ts';

interface DoctorOptions extends CommonOptions {
  readonly dns?: string;
}

export function addDoctor(program: Command, io: Io, run: Run): void {
  const command = program
    .command('doctor')
    .description('look at configuration, keyring, DNS, Redis and relay');
  common(command, ['doctor', 'doctor --json'])
    .option('--dns <server>', 'ask this DNS server instead of the ones of this machine')
    .action(action<DoctorOptions, []>(io, run, (options) => doctor(io, options)));
}

async function doctor(io: Io, options: DoctorOptions): Promise<Outcome> {
  const findings: Finding[] = [];
  const settings = await look(findings, 'configuration', async () => {
    const found = settingsFor(io, options);
    return { value: found, message: `${options.config}: ${found.config.newsletters.length} newsletters` };
  });
  if (settings) await lookFurther(settings, options, findings);
  const statuses = findings.filter(({ severity }) => severity === 'error').map(({ status }) => status);
  return {
    data: { findings: findings.map(({ status: _, ...finding }) => finding) },
    text: findings.map((finding) => line(io, finding)).join('\n'),
    status: worstOf(statuses),
  };
}

async function lookFurther(settings: Settings, options: DoctorOptions, findings: Finding[]): Promise<void> {
  const ask = createTxtResolver(options.dns === undefined ? {} : { server: options.dns });
  await look(findings, 'sender', async () => {
    demandCompleteSender(settings.config);
    return { value: null, message: 'legal name and postal address are given' };
  });
  await look(findings, 'links', async () => {
    demandReachablePages(settings.config, settings.environment);
    return { value: null, message: `lead to ${settings.environment.publicUrl}` };
  });
  const keys = await look(findings, 'dkim', async () => {
    const { names, keys: published } = await loadSigners(settings.config);
    const message =
      names.length === 0 ? 'no key is configured: the relay has to sign' : `proved: ${names.join(', ')}`;
    return { value: published, message };
  });
  for (const finding of await lookAtDns(settings, keys ?? [], ask)) {
    findings.push({ ...finding, status: exitStatus.ok });
  }
  const app = await look(findings, 'store', async () => {
    const opened = await openApp(settings);
    return {
      value: opened,
      message: `Redis at ${redisTarget(opened.redisUrl)}, keyring and store belong together`,
    };
  });
  if (app) {
    try {
      await lookAtRedis(app, findings);
      await lookAtWorkers(app, findings);
      await lookAtBounces(app, findings);
      for (const finding of await lookAtWeeklyReaders(app))
        findings.push({ ...finding, status: exitStatus.ok });
      await lookAtRelays(settings, findings);
      await lookAtPace(app, findings);
    } finally {
      await app.close();
    }
  } else await lookAtRelays(settings, findings);
  await lookAtPort(settings, findings);
}

async function lookAtPort({ environment }: Settings, findings: Finding[]): Promise<void> {
  const { host, port } = environment;
  const server = createServer();
  const problem = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
    server.once('error', resolve);
    server.listen(port, host, () => resolve(null));
  });
  if (problem === null) await new Promise((resolve) => server.close(resolve));
  findings.push({
    check: 'pages',
    severity: problem === null ? 'ok' : 'warning',
    message:
      problem === null
        ? `${host}:${port} is free`
        : `${host}:${port} is in use (${problem.code}), perhaps by our own pages`,
    status: exitStatus.ok,
  });
}

/** Of several errors, one that does not pass by itself: a server that is away may be back before that is mended. */
function worstOf(statuses: readonly number[]): number {
  const lasting = statuses.find((status) => status !== exitStatus.unavailable);
  return lasting ?? statuses[0] ?? exitStatus.ok;
}

const marks = { ok: ['green', '✓'], warning: ['yellow', '!'], error: ['red', '✗'] } as const;

function line(io: Io, { check, severity, message, hint }: Finding): string {
  const [color, mark] = marks[severity];
  const more = hint === undefined ? '' : `\n${' '.repeat(18)}${paint(io, 'dim', hint)}`;
  return `${paint(io, color, mark)}  ${check.padEnd(14)} ${message}${more}`;
}
