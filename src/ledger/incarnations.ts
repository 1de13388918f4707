/** Lives of workers: heartbeats, the dead and what they leave, the sweeper's lease, and the waking of due pages. */
import { keys } from '../redis/keys.ts';
import { deadAfterMs, type OpenClaim, releaseClaim, wakeAgainMs } from './claims.ts';
import {
  buryScript,
  deadScript,
  hastenScript,
  heartbeatScript,
  leaseScript,
  wakeScript,
} from './incarnation-scripts.ts';
import { type LedgerDeps, type Member, parseMember, timeArgument } from './ledger.ts';

/** @returns false when this incarnation was declared dead: it must stop claiming and begin a new life */
export async function beat(deps: LedgerDeps, incarnation: string, isFirst = false): Promise<boolean> {
  const alive = await heartbeatScript.run(
    deps.redis,
    [keys.incarnations],
    [timeArgument(deps), incarnation, isFirst ? 1 : 0],
  );
  return alive === 1;
}

/** Of Redis' memory, where it has a limit: what settling needs must be left when claiming stops. */
const tightShare = 0.8;

/** Whether Redis uses more of its memory than leaves room for what is under way. */
export async function isMemoryTight(deps: LedgerDeps): Promise<boolean> {
  const info = await deps.redis.info('memory');
  const value = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
  const limit = value('maxmemory');
  return limit > 0 && value('used_memory') > tightShare * limit;
}

/** Ends a life in good order. Claims that are still open keep it in the list until the sweeper has closed them. */
export async function retire(deps: LedgerDeps, incarnation: string): Promise<void> {
  await bury(deps, incarnation, 0);
}

/** Removes an incarnation that holds nothing and has been silent for so long. */
export async function bury(deps: LedgerDeps, incarnation: string, silentForMs: number): Promise<void> {
  const graves = [keys.incarnations, keys.claims(incarnation)];
  await buryScript.run(deps.redis, graves, [timeArgument(deps), incarnation, silentForMs]);
}

/** The worker whose life it is; also the name of its journal. */
export function workerOf(incarnation: string): string {
  return incarnation.split('.')[0] ?? incarnation;
}

/** Those whose heart beats. */
export async function livingIncarnations(deps: LedgerDeps): Promise<string[]> {
  const [all, dead] = await Promise.all([deps.redis.zrange(keys.incarnations, '0', '-1'), findDead(deps)]);
  return all.filter((incarnation) => !dead.includes(incarnation));
}

async function findDead(deps: LedgerDeps): Promise<string[]> {
  return (await deadScript.run(
    deps.redis,
    [keys.incarnations],
    [timeArgument(deps), deadAfterMs],
  )) as string[];
}

export async function openClaims(deps: LedgerDeps, incarnation: string): Promise<OpenClaim[]> {
  const hash = await deps.redis.hgetall(keys.claims(incarnation));
  return Object.entries(hash).flatMap(([fence, member]) => {
    const parsed = parseMember(member);
    return parsed.kind === 'page'
      ? [{ fence: Number(fence), incarnation, issueId: parsed.issue, page: parsed.page }]
      : [];
  });
}

/** Fences that living workers hold: their rows are nobody else's business. */
export async function livingFences(deps: LedgerDeps): Promise<number[]> {
  const claims = await Promise.all(
    (await livingIncarnations(deps)).map((incarnation) => openClaims(deps, incarnation)),
  );
  return claims.flat().map((claim) => claim.fence);
}

/** Takes from dead workers what they held: claimed rows are planned again, committing ones become uncertain. */
export async function reclaimFromDead(
  deps: LedgerDeps,
  sweeper: string,
): Promise<{ readonly incarnations: readonly string[]; readonly rows: number }> {
  const dead = (await findDead(deps)).filter((incarnation) => incarnation !== sweeper);
  let rows = 0;
  for (const incarnation of dead) {
    for (const claim of await openClaims(deps, incarnation)) {
      const given = await releaseClaim(deps, claim, sweeper);
      if (given !== 'alive') rows += given;
    }
    await bury(deps, incarnation, deadAfterMs);
  }
  return { incarnations: dead, rows };
}

/** Makes plans that are not finished due now, those whose time has come. */
export async function hastenPlans(deps: LedgerDeps): Promise<void> {
  await hastenScript.run(deps.redis, [keys.due, keys.issues], [timeArgument(deps), keys.issue('')]);
}

/** @returns whether this incarnation is the one that sweeps, for the next `leaseMs` */
export async function holdSweeperLease(
  deps: LedgerDeps,
  incarnation: string,
  leaseMs: number,
): Promise<boolean> {
  return (await leaseScript.run(deps.redis, [keys.sweeperLease], [incarnation, leaseMs])) === 1;
}

export interface Due {
  /** Rises with every taking. */
  readonly epoch: number;
  readonly members: readonly Member[];
}

/** Pages and plans that are due, at most `limit`; each comes again after `wakeAgainMs` unless its worker says otherwise. */
export async function takeDue(deps: LedgerDeps, limit: number): Promise<Due> {
  const reply = await wakeScript.run(
    deps.redis,
    [keys.due, keys.halted, keys.epoch],
    [timeArgument(deps), limit, wakeAgainMs],
  );
  const [epoch, ...members] = reply as [number, ...string[]];
  return { epoch, members: members.map(parseMember) };
}
