/** What people do at the worst moment: readers who leave, operators who change their mind. */
import { setTimeout } from 'node:timers/promises';
import { keys } from '../../src/redis/keys.ts';
import { untilTaken } from './again.ts';
import type { Fault } from './faults.ts';
import { amidPlan } from './planning.ts';
import { bar, type FaultContext, patienceMs, type Reader } from './run-context.ts';

export const operatorFaults: readonly Fault[] = [
  racing('readers leave', async ({ rig, newsletter }, { sid }) => {
    await rig.operators[1].subscribers.leave(sid, newsletter);
  }),
  racing('addresses suppressed', async ({ rig, facts }, { address }) => {
    facts.maySuppress.add(address);
    await rig.operators[1].subscribers.suppress(address, { reason: 'complaint' });
  }),
  racing('readers pause', async ({ rig }, { sid }) => {
    await rig.operators[1].subscribers.pause(sid);
  }),
  racing('readers forgotten', async ({ rig, facts }, { address }) => {
    facts.maySuppress.add(address);
    await rig.operators[1].subscribers.forget(address);
  }),
  holding(
    'pause and resume',
    (run) => run.rig.product.control.pauseIssue(run.rig.operators[1].ledger, run.issue),
    (run) => run.rig.product.control.resumeIssue(run.rig.operators[1].ledger, run.issue),
  ),
  holding(
    'halt and lift',
    (run) => run.rig.product.issues.setHalted(run.rig.operators[1].ledger, true),
    (run) => run.rig.product.issues.setHalted(run.rig.operators[1].ledger, false),
  ),
  {
    name: 'cancel',
    kind: 'operator',
    deals: 1.5,
    isLast: true,
    act: async (run) => {
      await run.moment();
      await run.strike();
      const cancelling = untilTaken(() =>
        run.rig.product.control.cancelIssue(run.rig.operators[1], run.issue),
      );
      // Should it fail while we look, it is told below.
      cancelling.catch(() => {});
      // The first thing it does is close the gate; the rest goes on while we look.
      const control = () => run.rig.redis.redis.hget(keys.issue(run.issue), 'control');
      const until = performance.now() + patienceMs;
      while ((await control()) !== 'cancelled' && performance.now() < until) await setTimeout(1);
      bar(run, await run.notPastGate(run.readers), 'the cancel');
      await cancelling;
      await untilTaken(() => run.rig.product.sweep.wakeDue(run.rig.operators[1]));
    },
  },
  {
    name: 'the issue ends',
    kind: 'operator',
    deals: 1.5,
    isLast: true,
    act: async (run) => {
      await run.moment();
      await run.strike();
      const [seconds] = await run.rig.redis.redis.time();
      await untilTaken(() =>
        run.rig.redis.redis.hset(keys.issue(run.issue), 'endsAt', Number(seconds) * 1000 - 1),
      );
      bar(run, await run.notPastGate(run.readers), 'the end of the issue');
    },
  },
  {
    name: 'revise',
    kind: 'operator',
    deals: 1.5,
    act: async (run) => {
      await run.moment();
      await run.strike();
      await run.change('revise');
    },
  },
  {
    name: 'two operators press send',
    kind: 'operator',
    act: async (run) => {
      for (let times = 0; times < 3; times++) {
        // At once, then amid the sending.
        if (times > 0) await run.moment();
        await run.strike();
        if (await run.publishAgain()) run.facts.violations.add('the same content was published twice');
      }
    },
  },
  {
    name: 'two planners',
    kind: 'operator',
    meets: 'plan',
    deals: 3.5,
    // More than two stretches of the plan.
    size: 8_600,
    act: async (run) => {
      const plan = (epoch: number) =>
        untilTaken(() => run.rig.operators[0].wakeups.plan({ issue: run.issue, epoch }));
      await plan(800_001);
      // Each time a stretch is planned, others come to plan the next: the copies of those before are on their way.
      let seen = '';
      for (const epoch of [800_002, 800_003]) {
        [seen] = await amidPlan(run, seen);
        await run.strike();
        await Promise.all([plan(epoch), plan(epoch + 100)]);
      }
    },
  },
];

/** Some readers are not to get a copy any more, each said at a moment of its own. */
function racing(name: string, say: (run: FaultContext, reader: Reader) => Promise<void>): Fault {
  return {
    name,
    kind: 'operator',
    act: async (run) => {
      const some = run.pick(4 + Math.floor(run.random() * 20));
      let share = 0;
      for (const reader of some) {
        share += (run.random() * 1.6) / some.length;
        await run.reach(Math.min(share, 0.95));
        await run.strike();
        await untilTaken(() => say(run, reader));
        bar(run, await run.notPastGate([reader]), name);
      }
    },
  };
}

/** Nothing goes while it is held. */
function holding(
  name: string,
  hold: (run: FaultContext) => Promise<unknown>,
  release: (run: FaultContext) => Promise<unknown>,
): Fault {
  return {
    name,
    kind: 'operator',
    act: async (run) => {
      for (let times = 1 + Math.floor(run.random() * 3); times > 0; times--) {
        await run.moment();
        await run.strike();
        await untilTaken(() => hold(run));
        const held = new Set((await run.notPastGate(run.readers)).map(({ address }) => address));
        await setTimeout(200 + run.random() * 600);
        const gone = (await run.rig.sink.record()).filter(({ rcpt }) => held.has(rcpt));
        for (const { rcpt } of gone) run.facts.violations.add(`I6 ${rcpt} got a copy in spite of ${name}`);
        await untilTaken(() => release(run));
        await untilTaken(() => run.rig.product.sweep.wakeDue(run.rig.operators[1]));
      }
    },
  };
}
