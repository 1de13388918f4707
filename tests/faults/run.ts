/** One run: an issue is published, faults happen to it, it comes to its end, and the judge looks at what was left. */
import { availableParallelism, loadavg } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { readIssue } from '../../src/ledger/issues.ts';
import { ledgerNow } from '../../src/ledger/ledger.ts';
import type { DeliveryState } from '../../src/ledger/states.ts';
import { keys } from '../../src/redis/keys.ts';
import type { SinkRule } from '../helpers/smtp-sink.ts';
import { isRefusedForNow } from './again.ts';
import { digestFor, subjects } from './content.ts';
import { strikes } from './deal.ts';
import type { Fault } from './faults.ts';
import { gather, slowRule } from './gathering.ts';
import { judge, type Verdict } from './judge.ts';
import { countsOf, hasClaims, isDone, lives, look, rowsOf, standing } from './look.ts';
import type { Rig } from './rig.ts';
import { addHits, type FaultContext, momentMs, noFacts, patienceMs } from './run-context.ts';
import { openDesk, shuffled, subscribe } from './scene.ts';
import type { Schedule } from './schedule.ts';
import { within } from './within.ts';

export interface RunResult extends Verdict {
  readonly seed: number;
  readonly faults: readonly string[];
  readonly tookMs: number;
}

/** Nothing has moved for so long, after the end of the last fault. */
const drainWithinMs = 25_000;
const drainAtMostMs = 90_000;
const faultsEndWithinMs = 120_000;
const tickMs = 50;
/** Share of the copies after which no fault strikes: towards the end fewer connections are at work. */
const latestMoment = 0.6;

export async function runOnce(rig: Rig, newsletter: string, schedule: Schedule): Promise<RunResult> {
  const begun = performance.now();
  const { random, slowMs } = schedule;
  const { sink, ledger } = rig;
  const facts = noFacts();
  const begunAt = await ledgerNow(ledger);
  const readers = await subscribe(rig, newsletter, schedule);
  const digest = digestFor(schedule);
  const issue = `${newsletter}-${digest.date}`;
  const { localHour } = schedule;
  const desk = openDesk(rig, { newsletter, digest, subject: subjects[0], localHour }, facts);

  const special: SinkRule[] = [];
  await sink.clear();
  await sink.setWeather({});
  const { accepted: acceptedBefore } = await sink.stats();
  rig.workers.failures();

  let isEnded = false;
  const isOver = async (): Promise<boolean> => {
    if (isEnded) return true;
    const all = await Promise.all([issue, ...facts.corrections].map((each) => isDone(ledger, each)));
    return all.every((done) => done);
  };
  const rows = () => rowsOf(ledger, issue);
  const isPlanned = async () => (await readIssue(ledger, issue))?.isPlanned === true;
  const reach = async (share: number): Promise<void> => {
    const target = acceptedBefore + Math.floor(share * readers.length * 0.6);
    const until = performance.now() + patienceMs / 2;
    while (performance.now() < until) {
      if ((await sink.stats()).accepted >= target || (await isOver())) return;
      await setTimeout(3);
    }
  };
  const unpicked = shuffled(readers, random);
  const strikers = schedule.faults
    .filter(strikes)
    .sort((a, b) => Number(a.isLast ?? 0) - Number(b.isLast ?? 0));
  // What strikes from outside needs a middle of things; what the relay does comes by itself.
  const gathering = strikers.length > 0 ? gather(sink, schedule, isOver) : null;
  const usual = gathering ? [gathering.rule] : slowMs > 0 ? [slowRule(schedule)] : [];
  await sink.setRules(usual);
  const contextOf = (fault: Fault): FaultContext => ({
    rig,
    issue,
    newsletter,
    facts,
    random,
    readers,
    isAlone: schedule.faults.length === 1,
    strikesLeft: () => strikesLeft,
    isOver,
    rows,
    reach,
    pick: (count) => unpicked.splice(0, count),
    obey: async (...rules) => {
      special.push(...rules.map((rule) => ({ ...rule, name: JSON.stringify([fault.name, rule.at]) })));
      await sink.setRules([...special, ...usual]);
    },
    moment: async () => {
      // One after the other, though one may still go on when the next strikes.
      await reach((latestMoment * (strikers.indexOf(fault) + random())) / strikers.length);
      await gathering?.hold(momentMs);
    },
    hold: async (patience) => await gathering?.hold(patience),
    isHeld: () => gathering?.isHeld() === true,
    strike: async () => {
      for (const [stage, count] of Object.entries(await sink.stages()))
        addHits(facts, fault.name, stage, count);
      gathering?.struck();
      if (fault.meets === 'claim' || (fault.meets === 'plan' && !(await isPlanned())))
        addHits(facts, fault.name, fault.meets, 1);
    },
    notPastGate: async (some) => {
      const all = await rows();
      return some.filter(({ sid }) => !pastGate.includes(all.get(sid)?.state ?? 'planned'));
    },
    change: async (how) => {
      if (!(await desk.change(how)) || how !== 'revise') return;
      const all = await rows();
      const late = readers.filter(({ sid }) => !pastGate.includes(all.get(sid)?.state ?? 'planned'));
      for (const { address } of late) facts.revised.add(address);
    },
    publishAgain: desk.publishAgain,
  });

  const isHealthy = schedule.faults.every(({ kind }) => kind === 'relay' || kind === 'operator');
  // Who rested in the run before begins a new life within a second of its end.
  if (isHealthy) await allBeat(rig, begunAt);
  const livesBefore = await lives(ledger);
  await within(30_000, 'publishing', desk.publish(random() < 0.2));
  let acting = true;
  let strikesLeft = strikers.length;
  const acts = schedule.faults.map(async (fault) => {
    await act(fault, contextOf(fault));
    if (!strikes(fault) || --strikesLeft > 0) return;
    // Once nothing strikes any more there is no need for a middle of things.
    usual.length = 0;
    await sink.setRules(special);
    await gathering?.end();
  });
  const acted = Promise.all(acts).then(() => {
    acting = false;
  });
  let deadline = performance.now() + drainWithinMs;
  // What acts may be done before anybody has looked.
  let latest = performance.now() + drainAtMostMs;
  let stood = '';
  let slowestTickMs = 0;
  let calm = 0;
  for (let tick = 0; calm < 2; tick++) {
    const tickedAt = performance.now();
    await setTimeout(tickMs);
    try {
      await within(patienceMs, 'a look at the ledger', lookAtAll(tick));
      // Uncertain rows may still be settled by who holds their fence: over is when nobody holds anything.
      calm = !acting && (await isOver()) && !(await hasClaims(ledger)) ? calm + 1 : 0;
    } catch (error) {
      // Redis may be away just now.
      if (error instanceof RangeError) facts.violations.add(`the ledger is damaged: ${error.message}`);
    }
    const now = performance.now();
    slowestTickMs = Math.max(slowestTickMs, now - tickedAt);
    const stands = await countsOf(ledger, issue).catch(() => stood);
    if (acting || stands !== stood) deadline = now + drainWithinMs;
    if (acting) latest = now + drainAtMostMs;
    stood = stands;
    if (now > Math.min(deadline, latest)) {
      // I10: it drains once the fault ends.
      facts.violations.add(`I10 it does not drain: ${await standing(ledger, issue)}`);
      break;
    }
  }
  isEnded = true;
  await acted;

  async function act(fault: Fault, context: FaultContext): Promise<void> {
    try {
      await within(faultsEndWithinMs, fault.name, fault.act(context));
    } catch (error) {
      // Another fault of this run keeps Redis from taking it: then it does not happen.
      if (isRefusedForNow(error)) return;
      const reason = error instanceof Error ? error.stack : error;
      facts.violations.add(`${fault.name} could not be done: ${reason}`);
    }
  }
  async function lookAtAll(tick: number): Promise<void> {
    for (const each of [issue, ...facts.corrections]) await look(rig, each, facts, tick);
  }

  // On a machine that is busy with something else hearts beat late.
  const isCalm = slowestTickMs < 1_500 && (loadavg()[0] ?? 0) < 4 * availableParallelism();
  if (isHealthy && isCalm && (await lives(ledger)).some((each) => !livesBefore.includes(each))) {
    facts.violations.add('I10 a worker that lived and worked was taken for dead');
  }
  for (const [rule, count] of Object.entries(await sink.hits())) {
    const [fault, stage] = JSON.parse(rule) as [string, string];
    addHits(facts, fault, stage, count);
  }
  await sink.setRules([]);
  await sink.setWeather({});
  await rig.workers.fill().catch(() => {});
  // Who comes up while Redis is away says so and ends; anything else is a finding.
  for (const failure of rig.workers.failures()) {
    if (!/redis-unreachable|MISCONF|READONLY|NOREPLICAS|OOM/.test(failure))
      facts.violations.add(`I10 ${failure}`);
  }
  await rig.workers.fill();
  const verdict = await judge({ rig, issue, newsletter, facts, readers, rows: await rows(), schedule });
  if (!isHealthy) await allBeat(rig);
  return {
    ...verdict,
    seed: schedule.seed,
    faults: schedule.faults.map(({ name }) => name),
    tookMs: performance.now() - begun,
  };
}

const pastGate: readonly DeliveryState[] = ['committing', 'accepted', 'uncertain'];

/**
 * Nothing of one run's faults is to reach into the next: the dead are gone, and every heart beats.
 * @param since each has beaten after this (ms, by Redis' clock); default: two seconds ago
 */
async function allBeat(rig: Rig, since?: number): Promise<void> {
  const { redis } = rig.ledger;
  for (let waited = 0; waited < 8_000; waited += 100) {
    const from = since ?? (await ledgerNow(rig.ledger)) - 2_000;
    const all = await redis.zcard(keys.incarnations);
    const beating = await redis.zcount(keys.incarnations, from, '+inf');
    if (all === beating && all === rig.workers.alive.length) return;
    await setTimeout(100);
  }
}
