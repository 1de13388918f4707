/** Faults of the relay and of the way to it. */
import { setTimeout } from 'node:timers/promises';
import type { SinkRule, SinkStage } from '../helpers/smtp-sink.ts';
import type { Fault } from './faults.ts';
import { connections } from './rig.ts';
import { type FaultContext, onlyFor, onlyFrom } from './run-context.ts';

/** Something happens to every connection that is opened, a few times. */
function opening(name: string, rule: SinkRule): Fault {
  return {
    name,
    kind: 'relay',
    act: async (run) => {
      await run.obey({ ...rule, times: 1 + Math.floor(run.random() * 5) });
      await run.reach(run.random() * 0.5);
      // Connections that are open never come to that stage again.
      await run.rig.sink.dropConnections();
      run.facts.mayBeUncertain += connections * run.rig.workers.alive.length;
    },
  };
}

/** Something happens to the copies of some readers: always, or the first few times. */
function copies(
  name: string,
  rule: SinkRule,
  options: {
    readonly lasts?: boolean;
    readonly tell?: (run: FaultContext, addresses: string[]) => void;
  } = {},
): Fault {
  return {
    name,
    kind: 'relay',
    act: async (run) => {
      const hit = run.pick(1 + Math.floor(run.random() * 8));
      options.tell?.(
        run,
        hit.map(({ address }) => address),
      );
      if (rule.reply?.startsWith('5')) for (const { address } of hit) run.facts.mayReject.add(address);
      const times = options.lasts ? {} : { times: hit.length + Math.floor(run.random() * 4) };
      const matching = rule.at === 'mail' ? onlyFrom(hit) : onlyFor(hit);
      await run.obey({ ...rule, matching, ...times });
    },
  };
}

const unanswered = (run: FaultContext, addresses: string[]) => {
  for (const address of addresses) run.facts.unanswered.add(address);
};
const gone = (run: FaultContext, addresses: string[]) => {
  for (const address of addresses) run.facts.maySuppress.add(address);
};

/** The gate may have been asked, and the dot written, before the end of the connection was noticed. */
const mayHaveWrittenDot = (run: FaultContext, addresses: string[]) => {
  run.facts.mayBeUncertain += addresses.length;
};

/** Says nothing more at that stage, until the line is cut because nothing moves. */
function hanging(name: string, at: SinkStage, record?: boolean): Fault {
  return {
    name,
    kind: 'relay',
    act: async (run) => {
      const hit = run.pick(1 + Math.floor(run.random() * 4));
      const isDot = at === 'dot';
      if (isDot)
        unanswered(
          run,
          hit.map(({ address }) => address),
        );
      const times = isDot ? {} : { times: hit.length };
      const recorded = record === undefined ? {} : { record };
      await run.obey({ at, hang: true, matching: onlyFor(hit), ...times, ...recorded });
      for (let last = -1; !(await run.isOver()); ) {
        const { accepted } = await run.rig.sink.stats();
        // Nothing has moved for a while: whoever is past the dot has hung there.
        if (accepted === last) await run.rig.sink.dropConnections();
        last = accepted;
        await setTimeout(500);
      }
    },
  };
}

export const relayFaults: readonly Fault[] = [
  opening('connect: drop', { at: 'connect', drop: true }),
  opening('greeting: 421', { at: 'greeting', reply: '421 4.3.2 too busy' }),
  opening('greeting: 554', { at: 'greeting', reply: '554 5.7.1 your address is on a block list' }),
  opening('EHLO: drop', { at: 'ehlo', drop: true }),
  opening('EHLO: 550 5.1.1', { at: 'ehlo', reply: '550 5.1.1 we do not know you' }),
  copies('MAIL: 451', { at: 'mail', reply: '451 4.3.0 try later' }),
  copies('MAIL: 550 5.7.1', { at: 'mail', reply: '550 5.7.1 relaying denied' }),
  copies('MAIL: 550 5.1.1', { at: 'mail', reply: '550 5.1.1 no such user' }),
  copies('MAIL: drop', { at: 'mail', drop: true }),
  copies('RCPT: 550 5.1.1', { at: 'rcpt', reply: '550 5.1.1 no such user' }, { lasts: true, tell: gone }),
  copies('RCPT: 550 without a code', { at: 'rcpt', reply: '550 no' }, { lasts: true }),
  copies('RCPT: 451 greylisted', { at: 'rcpt', reply: '451 4.7.1 greylisted, come back in five minutes' }),
  copies('RCPT: 421', { at: 'rcpt', reply: '421 4.7.0 closing' }),
  copies('RCPT: drop', { at: 'rcpt', drop: true }),
  copies('RCPT: 550 too fast', { at: 'rcpt', reply: '550 Mail content denied: frequency limited' }),
  copies('DATA: 451', { at: 'data', reply: '451 4.3.0 try later' }),
  copies('DATA: 554', { at: 'data', reply: '554 5.5.1 no valid recipients' }, { lasts: true }),
  copies('DATA: drop', { at: 'data', drop: true }),
  copies('body: drop', { at: 'body', drop: true }, { tell: mayHaveWrittenDot }),
  copies('dot: 451', { at: 'dot', reply: '451 4.3.0 try later' }),
  copies('dot: 421', { at: 'dot', reply: '421 4.3.0 closing' }),
  copies('dot: 550 spam', { at: 'dot', reply: '550 5.7.1 looks like spam' }),
  copies('dot: 554 message', { at: 'dot', reply: '554 5.6.0 malformed message' }, { lasts: true }),
  copies('dot: 550 5.1.1', { at: 'dot', reply: '550 5.1.1 no such user' }, { lasts: true, tell: gone }),
  copies('dot: 550 unauthenticated', { at: 'dot', reply: '550 5.7.26 DKIM did not pass' }),
  copies('dot: drop, taken', { at: 'dot', drop: true, record: true }, { lasts: true, tell: unanswered }),
  copies('dot: drop, not taken', { at: 'dot', drop: true }, { lasts: true, tell: unanswered }),
  hanging('RCPT: hang', 'rcpt'),
  hanging('DATA: hang', 'data'),
  hanging('dot: hang, taken', 'dot', true),
  hanging('dot: hang, not taken', 'dot'),
  {
    name: 'relay: all lines cut',
    kind: 'relay',
    act: async (run) => {
      await run.reach(run.random() * 0.7);
      run.facts.mayBeUncertain += connections * run.rig.workers.alive.length;
      await run.rig.sink.dropConnections();
    },
  },
  {
    name: 'relay: away for a while',
    kind: 'relay',
    act: async (run) => {
      await run.reach(run.random() * 0.7);
      run.facts.mayBeUncertain += connections * run.rig.workers.alive.length;
      await run.rig.sink.down();
      await setTimeout(200 + run.random() * 600);
      await run.rig.sink.up();
    },
  },
  {
    name: 'relay: refuses everyone',
    kind: 'relay',
    act: async (run) => {
      for (const { address } of run.readers) {
        run.facts.maySuppress.add(address);
        run.facts.mayReject.add(address);
      }
      await run.reach(run.random() * 0.5);
      await run.obey({ at: 'rcpt', reply: '550 5.1.1 no such user' });
    },
  },
  {
    name: 'relay: puts everyone off for a while',
    kind: 'relay',
    act: async (run) => {
      await run.reach(run.random() * 0.5);
      await run.obey({ at: 'rcpt', reply: '450 4.2.0 not now', times: 20 + Math.floor(run.random() * 100) });
    },
  },
  {
    name: 'relay: slow at every step',
    kind: 'relay',
    act: async (run) => {
      const stages = ['ehlo', 'mail', 'rcpt', 'data'] as const;
      await run.obey(...stages.map((at) => ({ at, delayMs: Math.floor(run.random() * 30), every: 2 })));
    },
  },
];
