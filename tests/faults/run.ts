/** One run: an issue is published, faults happen to it, it comes to its end, and the judge looks at what was left. */
import { setTimeout } from 'node:timers/promises';
import type { PaperboyError } from '../../src/core/errors.ts';
import type { PublishRequest } from '../../src/delivery/publish.ts';
import { builtInTopics } from '../../src/digest/topics.ts';
import { demandIssue, readIssue } from '../../src/ledger/issues.ts';
import { readPage, readTally } from '../../src/ledger/reader.ts';
import type { Row } from '../../src/ledger/row.ts';
import { type DeliveryState, deliveryStates, openStates } from '../../src/ledger/states.ts';
import { keys } from '../../src/redis/keys.ts';
import type { SinkRule } from '../helpers/smtp-sink.ts';
import { digestFor, subjects } from './content.ts';
import { checkWakeUps } from './hasten.ts';
import { judge, type Verdict } from './judge.ts';
import type { Rig } from './rig.ts';
import { type FaultContext, noFacts, type Reader } from './run-context.ts';
import type { Schedule } from './schedule.ts';

export interface RunResult extends Verdict {
  readonly seed: number;
  readonly faults: readonly string[];
  readonly tookMs: number;
}

const drainWithinMs = 25_000;
const tickMs = 100;

export async function runOnce(rig: Rig, newsletter: string, schedule: Schedule): Promise<RunResult> {
  const begun = performance.now();
  const { random } = schedule;
  const { product, sink, ledger } = rig;
  const facts = noFacts();
  const readers = await subscribe(rig, newsletter, schedule);
  const digest = digestFor(schedule);
  const issue = `${newsletter}-${digest.date}`;
  const request: PublishRequest = { newsletter, digest, subject: subjects[0] };

  const usual: SinkRule[] = [];
  const { slowAt: at, slowMs: delayMs } = schedule;
  if (delayMs > 0) {
    const taken = { record: true, reply: '250 2.0.0 Ok: queued as 4ZQ' };
    usual.push({ at, delayMs, ...(at === 'dot' ? taken : {}) });
  }
  const special: SinkRule[] = [];
  await sink.clear();
  await sink.setRules(usual);
  const { accepted: acceptedBefore } = await sink.stats();

  let isEnded = false;
  const isOver = async (): Promise<boolean> => {
    if (isEnded) return true;
    const [{ counts }, found] = await Promise.all([readTally(ledger, issue), readIssue(ledger, issue)]);
    return found?.isPlanned === true && openStates.every((state) => counts[state] === 0);
  };
  const rows = async (): Promise<Map<number, Row>> => {
    const found = await readIssue(ledger, issue);
    const all = new Map<number, Row>();
    for (let page = 1; page <= (found?.pages ?? 0); page++) {
      for (const row of await readPage(ledger, issue, page)) all.set(row.sid, row);
    }
    return all;
  };
  const unpicked = shuffled(readers, random);
  const run: FaultContext = {
    rig,
    issue,
    newsletter,
    facts,
    random,
    readers,
    isAlone: schedule.faults.length === 1,
    isOver,
    rows,
    pick: (count) => unpicked.splice(0, count),
    obey: async (...rules) => {
      special.push(...rules);
      await sink.setRules([...special, ...usual]);
    },
    reach: async (share) => {
      const target = acceptedBefore + Math.floor(share * readers.length * 0.6);
      while ((await sink.stats()).accepted < target && !(await isOver())) await setTimeout(3);
    },
    notPastGate: async (some) => {
      const all = await rows();
      return some.filter(({ sid }) => !pastGate.includes(all.get(sid)?.state ?? 'planned'));
    },
    revise: async () => {
      try {
        await product.publish.publish(rig.operators[1], {
          ...request,
          subject: subjects[1],
          change: 'revise',
        });
      } catch (error) {
        if (error instanceof Error && (error as PaperboyError).code === 'issue-phase') return;
        throw error;
      }
      for (const { address } of await run.notPastGate(readers)) facts.revised.add(address);
    },
    publishAgain: async () => {
      try {
        return (await product.publish.publish(rig.operators[1], request)).created;
      } catch (error) {
        if ((error as PaperboyError).code === 'issue-differs') return false;
        throw error;
      }
    },
  };

  const livesBefore = await lives(rig);
  const first = product.publish.publish(rig.operators[0], request);
  const again = random() < 0.2 ? run.publishAgain() : Promise.resolve(false);
  const [{ created }, createdAgain] = await Promise.all([first, again]);
  if (created === createdAgain) facts.violations.add('two sends at once made the issue twice, or not at all');
  await product.sweep.wakeDue(rig.operators[0]);

  let acting = true;
  const acts = Promise.all(
    schedule.faults.map(async (fault) => {
      try {
        await fault.act(run);
      } catch (error) {
        facts.violations.add(
          `${fault.name} could not be done: ${error instanceof Error ? error.stack : error}`,
        );
      }
    }),
  ).then(() => {
    acting = false;
  });
  let deadline = performance.now() + drainWithinMs;
  let calm = 0;
  for (let tick = 0; calm < 2; tick++) {
    await setTimeout(tickMs);
    try {
      await look(tick);
      // Uncertain rows may still be settled by who holds their fence: over is when nobody holds anything.
      calm = !acting && (await isOver()) && (await noClaims(rig)) ? calm + 1 : 0;
    } catch (error) {
      // Redis may be away just now.
      if (error instanceof RangeError) facts.violations.add(`the ledger is damaged: ${error.message}`);
    }
    if (acting) deadline = performance.now() + drainWithinMs;
    if (performance.now() > deadline) {
      facts.violations.add(
        `I10 it does not drain: ${JSON.stringify((await readTally(ledger, issue)).counts)}`,
      );
      break;
    }
  }
  isEnded = true;
  await acts;

  async function look(tick: number): Promise<void> {
    const { recipients, counts } = await readTally(ledger, issue);
    const sum = deliveryStates.reduce((total, state) => total + counts[state], 0);
    if (sum !== recipients) facts.violations.add(`I7 ${recipients} recipients, and ${sum} in the states`);
    if (deliveryStates.some((state) => counts[state] < 0)) facts.violations.add('I7 a count below zero');
    if (tick % 3 !== 2) return;
    if (counts.deferred > 0 && counts.claimed + counts.committing === 0) rig.workers.skip(10 * 60_000);
    for (const problem of await checkWakeUps(ledger, await demandIssue(ledger, issue), true)) {
      facts.violations.add(problem);
    }
  }

  const isHealthy = schedule.faults.every(({ kind }) => kind === 'relay' || kind === 'operator');
  if (isHealthy && (await lives(rig)).some((each) => !livesBefore.includes(each))) {
    facts.violations.add('I10 a worker that lived and worked was taken for dead');
  }
  await sink.setRules([]);
  const verdict = await judge({ rig, issue, newsletter, facts, readers, rows: await rows(), schedule });
  await rig.workers.fill();
  if (!isHealthy) await allBeat(rig);
  return {
    ...verdict,
    seed: schedule.seed,
    faults: schedule.faults.map(({ name }) => name),
    tookMs: performance.now() - begun,
  };
}

const pastGate: readonly DeliveryState[] = ['committing', 'accepted', 'uncertain'];

/** Nothing of this run's faults is to reach into the next: the dead are gone, and every heart beats. */
async function allBeat(rig: Rig): Promise<void> {
  const { redis } = rig.ledger;
  for (let waited = 0; waited < 8_000; waited += 100) {
    const [seconds] = await redis.time();
    const all = await redis.zcard(keys.incarnations);
    const beating = await redis.zcount(keys.incarnations, (Number(seconds) - 2) * 1000, '+inf');
    if (all === beating && all === rig.workers.alive.length) return;
    await setTimeout(100);
  }
}

async function lives({ ledger }: Rig): Promise<string[]> {
  return await ledger.redis.zrange(keys.incarnations, '0', '-1');
}

async function noClaims({ ledger }: Rig): Promise<boolean> {
  const incarnations = await ledger.redis.zrange(keys.incarnations, '0', '-1');
  const open = await Promise.all(incarnations.map((each) => ledger.redis.hlen(keys.claims(each))));
  return open.every((count) => count === 0);
}

async function subscribe(rig: Rig, newsletter: string, schedule: Schedule): Promise<Reader[]> {
  const { random } = schedule;
  const topics = builtInTopics.map(({ id }) => id);
  const some = (): string[] => shuffled(topics, random).slice(0, 1 + Math.floor(random() * 2));
  // A large audience is for the planner: most of it wants what the digest has not.
  const isLarge = schedule.readers > 500;
  const inputs = Array.from({ length: schedule.readers }, (_, index) => ({
    address: `${newsletter}-${index + 1}@readers.example`,
    memberships: [newsletter],
    topics: isLarge && random() < 0.9 ? ['other'] : random() < 0.3 ? ('all' as const) : some(),
    format: random() < 0.3 ? ('text' as const) : ('html' as const),
    state: 'active' as const,
    consent: 'a test',
  }));
  const results = [];
  for (let at = 0; at < inputs.length; at += 500) {
    results.push(...(await rig.operators[0].subscribers.upsertMany(inputs.slice(at, at + 500))));
  }
  return results.map((result) => {
    if (result.outcome === 'refused') throw new Error('a reader could not subscribe');
    return { sid: result.subscriber.sid, address: result.subscriber.address };
  });
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  return items
    .map((item) => ({ item, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
