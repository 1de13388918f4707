/** `paperboy doctor`: looks at configuration, keyring, DNS, Redis and relay, and says what keeps a send from going well. */
import { createServer } from 'node:net';
import type { Command } from 'commander';
import { type App, openApp, type Settings } from '../app.ts';
import { demandReachablePages } from '../config/reachable-pages.ts';
import { exitStatus, toPaperboyError } from '../core/errors.ts';
import { demandCompleteSender } from '../delivery/newsletter.ts';
import { type OpenRelay, openRelays } from '../delivery/open-relays.ts';
import { loadSigners } from '../delivery/signers.ts';
import { createTxtResolver } from '../dns/resolver.ts';
import { livingIncarnations } from '../ledger/incarnations.ts';
import { isHalted } from '../ledger/issues.ts';
import { ledgerNow } from '../ledger/ledger.ts';
import { readPacing } from '../pacing/read-pacing.ts';
import { checkRedis } from '../redis/demands.ts';
import { redisTarget } from '../redis/redis-url.ts';
import { isConnection } from '../transport/transport.ts';
import { lookAtDns } from './doctor-dns.ts';
import { lookAtWeeklyReaders } from './doctor-weekly.ts';
import { action, type CommonOptions, common, type Io, type Outcome, paint, type Run } from './frame.ts';
import { paceLines } from './pace-text.ts';
import { settingsFor } from './with-app.ts';

interface Finding {
  readonly check: string;
  readonly severity: 'ok' | 'warning' | 'error';
  readonly message: string;
  readonly hint?: string;
  /** Exit status that this alone would mean. */
  readonly status: number;
}

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
  const worst = findings.find((finding) => finding.severity === 'error');
  return {
    data: { findings: findings.map(({ status: _, ...finding }) => finding) },
    text: findings.map((finding) => line(io, finding)).join('\n'),
    status: worst?.status ?? exitStatus.ok,
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

/** Runs one look; what it throws is a finding. */
async function look<Value>(
  findings: Finding[],
  check: string,
  see: () => Promise<{ readonly value: Value; readonly message: string }>,
): Promise<Value | null> {
  try {
    const { value, message } = await see();
    findings.push({ check, severity: 'ok', message, status: exitStatus.ok });
    return value;
  } catch (thrown) {
    const { message, hint, exitStatus: status } = toPaperboyError(thrown);
    findings.push({ check, severity: 'error', message, ...(hint === undefined ? {} : { hint }), status });
    return null;
  }
}

async function lookAtRedis(app: App, findings: Finding[]): Promise<void> {
  const { problems, facts } = await checkRedis(app.ledger.redis, app.config);
  const used =
    facts.maxmemory && facts.usedMemory
      ? `, ${Math.round((100 * facts.usedMemory) / facts.maxmemory)} % of its memory used`
      : '';
  findings.push({
    check: 'redis',
    severity: 'ok',
    message: `${facts.server} ${facts.version}, ${facts.policy ?? 'policy unknown'}, appendfsync ${facts.appendfsync ?? 'unknown'}${used}`,
    status: exitStatus.ok,
  });
  for (const { severity, message, hint } of problems) {
    findings.push({ check: 'redis', severity, message, hint, status: exitStatus.badConfig });
  }
}

async function lookAtWorkers(app: App, findings: Finding[]): Promise<void> {
  const workers = await livingIncarnations(app.ledger);
  findings.push({
    check: 'workers',
    severity: workers.length > 0 ? 'ok' : 'warning',
    message: workers.length > 0 ? `${workers.length} running` : 'none is running',
    ...(workers.length > 0
      ? {}
      : { hint: '`paperboy work` or `paperboy up` starts one; `send --wait` needs none' }),
    status: exitStatus.ok,
  });
  if (await isHalted(app.ledger)) {
    findings.push({
      check: 'workers',
      severity: 'warning',
      message: 'all sending is halted',
      hint: '`paperboy halt --lift` goes on',
      status: exitStatus.ok,
    });
  }
}

async function lookAtBounces(app: App, findings: Finding[]): Promise<void> {
  const alarms = (await app.subscribers.bounceAlarms()).filter(({ isOn }) => isOn);
  findings.push({
    check: 'bounces',
    severity: alarms.length > 0 ? 'warning' : 'ok',
    message:
      alarms.length > 0
        ? `unusually many addresses are said to be gone: suppressions are held back (${alarms.map(({ lane }) => lane).join(', ')})`
        : 'no more addresses are said to be gone than usual',
    ...(alarms.length > 0 ? { hint: '`paperboy deliveries ISSUE --state rejected` shows the replies' } : {}),
    status: exitStatus.ok,
  });
}

async function lookAtRelays(settings: Settings, findings: Finding[]): Promise<void> {
  const relays = await look(findings, 'relay', async () => {
    const opened = await openRelays(settings);
    return { value: opened, message: `${opened.length}` };
  });
  if (!relays) return;
  findings.pop();
  for (const relay of relays) await lookAtRelay(relay, findings);
}

async function lookAtRelay({ transport }: OpenRelay, findings: Finding[]): Promise<void> {
  try {
    const opened = await transport.connect();
    if (isConnection(opened)) {
      findings.push({
        check: 'relay',
        severity: 'ok',
        message: `${transport.name} takes mail`,
        status: exitStatus.ok,
      });
      return await opened.close();
    }
    const why =
      opened.type === 'refused'
        ? opened.refusal.reply
        : 'error' in opened
          ? opened.error.message
          : opened.type;
    findings.push({
      check: 'relay',
      severity: 'error',
      message: `${transport.name} does not take mail: ${why}`,
      status: exitStatus.unavailable,
    });
  } finally {
    await transport.close();
  }
}

/** What workers found out while they sent; nothing, before they did. */
async function lookAtPace(app: App, findings: Finding[]): Promise<void> {
  const { relays, lanes } = await readPacing(app.ledger.redis, await ledgerNow(app.ledger));
  const held = [
    ...relays.filter(({ state }) => state !== 'closed'),
    ...lanes.filter(({ heldUntil }) => heldUntil),
  ];
  findings.push({
    check: 'pace',
    severity: held.length > 0 ? 'warning' : 'ok',
    message: paceLines({ relays, lanes }).join('; ') || 'no relay and no lane is limited',
    ...(held.length > 0 ? { hint: '`paperboy deliveries ISSUE --state deferred` shows the replies' } : {}),
    status: exitStatus.ok,
  });
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

const marks = { ok: ['green', '✓'], warning: ['yellow', '!'], error: ['red', '✗'] } as const;

function line(io: Io, { check, severity, message, hint }: Finding): string {
  const [color, mark] = marks[severity];
  const more = hint === undefined ? '' : `\n${' '.repeat(18)}${paint(io, 'dim', hint)}`;
  return `${paint(io, color, mark)}  ${check.padEnd(14)} ${message}${more}`;
}
