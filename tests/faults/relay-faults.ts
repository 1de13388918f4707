/** What a relay says, or does instead of saying anything, at each stage of the dialogue. */
import { setTimeout } from 'node:timers/promises';
import type { SinkRule, SinkStage } from '../helpers/smtp-sink.ts';
import type { Fault } from './faults.ts';
import { type FaultContext, only, type Reader } from './run-context.ts';

type OpeningStage = 'connect' | 'greeting' | 'ehlo' | 'starttls' | 'auth';
type CopyStage = 'mail' | 'rcpt' | 'data' | 'body' | 'dot';

/** Something happens to every connection that is opened, a few times. */
function opening(at: OpeningStage, what: string, rule: Omit<SinkRule, 'at'>): Fault {
  return {
    name: `${names[at]}: ${what}`,
    kind: 'relay',
    onlyAt: [at],
    ...needs(at),
    act: async (run) => {
      await run.obey({ ...rule, at, times: 6 + Math.floor(run.random() * 8) });
      await run.reach(run.random() * 0.5);
      // Connections that are open never come to that stage again.
      await run.rig.sink.dropConnections();
      // One outage is followed by a pause; those that come after it are to meet the rest.
      for (let share = 0.2; share < 0.9; share += 0.15) {
        await run.reach(share + run.random() * 0.1);
        await run.rig.sink.dropConnections();
      }
    },
  };
}

function needs(at: OpeningStage): { needsLogin?: true } {
  return at === 'starttls' || at === 'auth' ? { needsLogin: true } : {};
}

interface CopyOptions {
  /** Every time, not only the first few. */
  readonly lasts?: boolean;
  /** Says positively that the mailbox does not exist. */
  readonly isGone?: boolean;
}

/** Something happens to the copies of some readers: always, or the first few times. */
function copies(at: CopyStage, what: string, rule: Omit<SinkRule, 'at'>, options: CopyOptions = {}): Fault {
  return {
    name: `${names[at]}: ${what}`,
    kind: 'relay',
    onlyAt: [at],
    isOfCopies: true,
    needsData: at === 'data',
    act: async (run) => {
      const hit = run.pick(7 + Math.floor(run.random() * 7));
      if (options.isGone) for (const { address } of hit) run.facts.maySuppress.add(address);
      if (rule.reply?.startsWith('5')) for (const { address } of hit) run.facts.mayReject.add(address);
      if (options.lasts && rule.reply) for (const { address } of hit) run.facts.mustReject.add(address);
      const times = options.lasts ? {} : { times: hit.length + Math.floor(run.random() * 4) };
      await run.obey({ ...rule, at, matching: only(hit, at), ...times });
    },
  };
}

/** Says nothing more at that stage, until the line is cut because nothing moves. */
function hanging(at: CopyStage, what: string, record?: boolean): Fault {
  return {
    name: `${names[at]}: ${what}`,
    kind: 'relay',
    onlyAt: [at],
    isOfCopies: true,
    needsData: at === 'data',
    act: async (run) => {
      const hit: readonly Reader[] = run.pick(5 + Math.floor(run.random() * 4));
      const times = at === 'dot' ? {} : { times: hit.length };
      const recorded = record === undefined ? {} : { record };
      await run.obey({ at, hang: true, matching: only(hit, at), ...times, ...recorded });
      await cutWhatHangs(run, at);
    },
  };
}

/** The same before the first copy. */
function hangingOpening(at: OpeningStage): Fault {
  return {
    name: `${names[at]}: hang`,
    kind: 'relay',
    onlyAt: [at],
    ...needs(at),
    act: async (run) => {
      await run.obey({ at, hang: true, times: 6 + Math.floor(run.random() * 5) });
      // Those that are open come to that stage when they are opened again.
      await setTimeout(run.random() * 300);
      await run.rig.sink.dropConnections();
      await cutWhatHangs(run, at);
    },
  };
}

/** Cuts the lines when nothing has moved for a while and some stand where they hang; fresh ones get their chance. */
async function cutWhatHangs(run: FaultContext, at: SinkStage): Promise<void> {
  const { sink } = run.rig;
  // Should all be done before something strikes, there may be more to do after that.
  for (let last = -1; run.strikesLeft() > 0 || !(await run.isOver()); ) {
    const { accepted } = await sink.stats();
    if (!run.isHeld() && accepted === last && ((await sink.stages())[at] ?? 0) > 0)
      await sink.dropConnections();
    last = accepted;
    await setTimeout(400);
  }
}

const names = {
  connect: 'connect',
  greeting: 'greeting',
  ehlo: 'EHLO',
  starttls: 'STARTTLS',
  auth: 'AUTH',
  mail: 'MAIL',
  rcpt: 'RCPT',
  data: 'DATA',
  body: 'body',
  dot: 'dot',
} as const;

const silences = [
  ['drop', { drop: true }],
  ['reset', { reset: true }],
  ['half-close', { halfClose: true }],
] as const;

const openingStages: readonly OpeningStage[] = ['connect', 'greeting', 'ehlo', 'starttls', 'auth'];
const copyStages: readonly CopyStage[] = ['mail', 'rcpt', 'data', 'body', 'dot'];

const lasts = { lasts: true };
const gone = { lasts: true, isGone: true };

export const relayFaults: readonly Fault[] = [
  ...silences.flatMap(([what, rule]) => openingStages.map((at) => opening(at, what, rule))),
  ...openingStages.map(hangingOpening),
  ...silences.flatMap(([what, rule]) =>
    copyStages.filter((at) => at !== 'dot').map((at) => copies(at, what, rule)),
  ),
  ...silences.flatMap(([what, rule]) => [
    copies('dot', `${what}, taken`, { ...rule, record: true }, lasts),
    copies('dot', `${what}, not taken`, rule, lasts),
  ]),
  ...copyStages.filter((at) => at !== 'dot').map((at) => hanging(at, 'hang')),
  hanging('dot', 'hang, taken', true),
  hanging('dot', 'hang, not taken'),

  opening('greeting', '421', { reply: '421 4.3.2 too busy' }),
  opening('greeting', '451', { reply: '451 4.3.0 not now' }),
  opening('greeting', '554', { reply: '554 5.7.1 your address is on a block list' }),
  opening('ehlo', '421', { reply: '421 4.3.2 shutting down' }),
  opening('ehlo', '451', { reply: '451 4.3.0 not now' }),
  opening('ehlo', '550 5.1.1', { reply: '550 5.1.1 we do not know you' }),
  opening('starttls', '421', { reply: '421 4.3.0 no more sessions' }),
  opening('starttls', '454', { reply: '454 4.7.0 TLS not available due to temporary reason' }),
  opening('starttls', '550', { reply: '550 5.7.1 not for you' }),
  opening('auth', '421', { reply: '421 4.7.0 too many logins' }),
  opening('auth', '454', { reply: '454 4.7.0 temporary authentication failure' }),
  opening('auth', '535', { reply: '535 5.7.8 authentication credentials invalid' }),
  opening('auth', '550 5.1.1', { reply: '550 5.1.1 no such account' }),

  copies('mail', '421', { reply: '421 4.7.0 try again later' }),
  copies('mail', '451', { reply: '451 4.3.0 try later' }),
  copies('mail', '550 5.7.1', { reply: '550 5.7.1 relaying denied' }),
  copies('mail', '550 5.1.1', { reply: '550 5.1.1 no such user' }),
  copies('rcpt', '421', { reply: '421 4.7.0 closing' }),
  copies('rcpt', '451 greylisted', { reply: '451 4.7.1 greylisted, come back in five minutes' }),
  copies('rcpt', '452 mailbox full', { reply: '452 4.2.2 mailbox full' }),
  copies('rcpt', '550 5.1.1', { reply: '550 5.1.1 no such user' }, gone),
  copies('rcpt', '550 without a code', { reply: '550 no' }, lasts),
  copies('rcpt', '550 too fast', { reply: '550 Mail content denied: frequency limited' }),
  copies('data', '421', { reply: '421 4.3.2 closing' }),
  copies('data', '451', { reply: '451 4.3.0 try later' }),
  copies('data', '554', { reply: '554 5.5.1 no valid recipients' }, lasts),
  copies('body', '421', { reply: '421 4.3.0 closing' }),
  copies('body', '451', { reply: '451 4.3.0 enough' }),
  copies('body', '550', { reply: '550 5.7.1 enough' }),
  copies('dot', '421', { reply: '421 4.3.0 closing' }),
  copies('dot', '451', { reply: '451 4.3.0 try later' }),
  copies('dot', '550 spam', { reply: '550 5.7.1 looks like spam' }),
  copies('dot', '554 message', { reply: '554 5.6.0 malformed message' }, lasts),
  copies('dot', '550 5.1.1', { reply: '550 5.1.1 no such user' }, gone),
  copies('dot', '550 unauthenticated', { reply: '550 5.7.26 DKIM did not pass' }),
];
