/** What `doctor` sees in Redis: the server itself, workers, bounces, and who is slowed or held. */
import type { App } from '../app.ts';
import { exitStatus } from '../core/errors.ts';
import { livingIncarnations } from '../ledger/incarnations.ts';
import { isHalted } from '../ledger/issues.ts';
import { ledgerNow } from '../ledger/ledger.ts';
import { readPacing } from '../pacing/read-pacing.ts';
import { checkRedis } from '../redis/demands.ts';
import type { Finding } from './doctor-finding.ts';
import { paceLines } from './pace-text.ts';

export async function lookAtRedis(app: App, findings: Finding[]): Promise<void> {
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

export async function lookAtWorkers(app: App, findings: Finding[]): Promise<void> {
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

export async function lookAtBounces(app: App, findings: Finding[]): Promise<void> {
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

/** What workers found out while they sent; nothing, before they did. */
export async function lookAtPace(app: App, findings: Finding[]): Promise<void> {
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
