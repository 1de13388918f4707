/**
 * What a run must have kept: judged by what the SMTP server received, and by the ledger read row by row. Each invariant
 * is looked at where its number stands in a comment; I7, I10 and part of I2 are also watched while the run goes on
 * (`look.ts`, `hasten.ts`, `run.ts`), I5 and I8 in `copies.ts`, the uncertain in `uncertain.ts`, what must stand in
 * journals in `journals.ts`.
 */

import { demandIssue } from '../../src/ledger/issues.ts';
import { readTally } from '../../src/ledger/reader.ts';
import type { Row } from '../../src/ledger/row.ts';
import { isOpen } from '../../src/ledger/states.ts';
import { verifyIssue } from '../../src/ledger/verify.ts';
import type { Received } from '../helpers/smtp-sink.ts';
import { checkCopies } from './copies.ts';
import { judgeCorrection, subjectOf } from './corrections.ts';
import type { Fault } from './faults.ts';
import { gateTimes, judgeIntents } from './journals.ts';
import { rowsOf } from './look.ts';
import type { Rig } from './rig.ts';
import type { Facts, Reader } from './run-context.ts';
import type { Schedule } from './schedule.ts';
import { judgeUncertain } from './uncertain.ts';

export type Hits = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface Verdict {
  /** Copies that the SMTP server took. */
  readonly sends: number;
  readonly duplicates: number;
  /** Said to be accepted, and not received; or received, and neither accepted nor uncertain; or in no row. */
  readonly lost: number;
  readonly uncertain: number;
  readonly uncertainExpected: number;
  readonly suppressedWrongly: number;
  readonly violations: readonly string[];
  /** Fault → stage of the dialogue → how often. */
  readonly hits: Hits;
}

export interface Case {
  readonly rig: Rig;
  readonly issue: string;
  readonly newsletter: string;
  readonly facts: Facts;
  readonly readers: readonly Reader[];
  readonly rows: ReadonlyMap<number, Row>;
  readonly schedule: Schedule;
}

export type Say = (problem: string) => void;

export async function judge(given: Case): Promise<Verdict> {
  const { rig, facts, readers, rows } = given;
  const everything = await rig.sink.record();
  const isCorrection = (received: Received) => facts.corrections.size > 0 && subjectOf(received) === 2;
  const record = everything.filter((received) => !isCorrection(received));
  const violations = new Set(facts.violations);
  const say = (problem: string) => void violations.add(problem);

  const copies = byRecipient(record);
  // I1: no recipient twice in the server's record of one issue, unless an operator asked for it.
  const duplicates = [...copies].filter(([rcpt, all]) => all.length > (facts.sentAgain.has(rcpt) ? 2 : 1));
  for (const [rcpt, all] of duplicates) say(`I1 ${rcpt} got ${all.length} copies`);

  let lost = 0;
  for (const { sid, address } of readers) {
    const row = rows.get(sid);
    const received = copies.get(address);
    // I2: every planned recipient in exactly one final state (that there is one row for each is I11).
    if (row === undefined || isOpen(row.state)) {
      lost++;
      say(`I2 ${address} is in no final state: ${row?.state ?? 'no row'}`);
      continue;
    }
    if (row.state === 'rejected' && !facts.mayReject.has(address)) {
      say(`I2 ${address} is rejected, and nobody refused it for good`);
    }
    // I3: accepted ⇒ in the record; in the record and not accepted ⇒ uncertain.
    if (row.state === 'accepted' && !received) {
      lost++;
      say(`I3 ${address} is accepted, and nothing was received`);
    }
    if (received && row.state !== 'accepted' && row.state !== 'uncertain' && !facts.sentAgain.has(address)) {
      lost++;
      say(`I3 ${address} got a copy and is ${row.state}`);
    }
    // I4: suppressed or unsubscribed before the gate ⇒ never in the record. I6: nothing after cancel or expiry.
    const by = facts.barred.get(address);
    if (by !== undefined && received) say(`I4/I6 ${address} got a copy in spite of ${by}`);
    const gone = facts.goneSince.get(address);
    const late = gone === undefined ? undefined : received?.find(({ at }) => at > gone);
    if (gone !== undefined && late !== undefined) {
      const passed = await gateTimes(rig, given.issue, sid);
      say(
        `I4 ${address} was told at ${gone} that they have left, and got a copy at ${late.at} (gate passed at ${passed})`,
      );
    }
  }
  await judgeRefusals(given, say);
  const { uncertain, uncertainExpected } = await judgeUncertain(given, say);
  await judgeIntents(given, say);
  await judgeLedger(given, given.issue, say);
  for (const correction of facts.corrections) {
    const rowsOfIt = await rowsOf(rig.ledger, correction);
    lost += judgeCorrection(given, rowsOfIt, everything.filter(isCorrection), say);
    await judgeLedger(given, correction, say);
  }
  await checkCopies(given, everything, say);
  const suppressedWrongly = await judgeSuppressions(given, say);
  return {
    sends: everything.length,
    duplicates: duplicates.length,
    lost,
    uncertain,
    uncertainExpected,
    suppressedWrongly,
    violations: [...violations],
    hits: Object.fromEntries([...facts.hits].map(([fault, stages]) => [fault, Object.fromEntries(stages)])),
  };
}

/** I2: a refusal for good is final, where nothing keeps it from being heard and no operator thinks otherwise. */
async function judgeRefusals({ rig, facts, schedule }: Case, say: Say): Promise<void> {
  const isHeard = ({ kind, isOfCopies, cutsLines, name }: Fault) =>
    isOfCopies === true || (kind === 'operator' && !cutsLines && name !== 'retry --rejected');
  if (!schedule.faults.every(isHeard)) return;
  const times = new Map<string, number>();
  for (const { subject } of await rig.sink.refusals()) {
    if (facts.mustReject.has(subject)) times.set(subject, (times.get(subject) ?? 0) + 1);
  }
  for (const [address, count] of times) {
    if (count > 1) say(`I2 ${address} was refused for good, and tried again: ${count} times`);
  }
}

export function byRecipient(record: readonly Received[]): Map<string, Received[]> {
  const copies = new Map<string, Received[]>();
  for (const received of record) {
    const { rcpt } = received;
    copies.set(rcpt, [...(copies.get(rcpt) ?? []), received]);
  }
  return copies;
}

async function judgeLedger({ rig, readers, facts }: Case, issue: string, say: Say): Promise<void> {
  // I11: everyone eligible at publication has exactly one row. `verify` compares rows, counts and audience.
  const { gaps, recipients } = await verifyIssue(rig.ledger, issue);
  for (const gap of gaps.slice(0, 5)) say(`I11 ${JSON.stringify(gap)}`);
  if (recipients !== readers.length && !facts.corrections.has(issue)) {
    say(`I11 ${readers.length} were eligible, and ${recipients} are recipients`);
  }
  const { isPlanned } = await demandIssue(rig.ledger, issue);
  if (!isPlanned) say('I11 the plan was not finished');
  // I7 at the end.
  const { counts } = await readTally(rig.ledger, issue);
  if (Object.values(counts).some((count) => count < 0)) say('I7 a count is below zero');
}

/** I9: rate, policy and authentication replies suppress nobody; nor does any that does not say: no such mailbox. */
async function judgeSuppressions({ rig, facts, readers }: Case, say: Say): Promise<number> {
  const ours = new Set(readers.map(({ address }) => address));
  const suppressed = (await rig.operators[0].subscribers.listSuppressions({}))
    .map(({ address }) => address ?? '')
    .filter((address) => ours.has(address));
  const wrongly = suppressed.filter((address) => !facts.maySuppress.has(address));
  for (const address of wrongly)
    say(`I9 ${address} was suppressed, and no reply said that it does not exist`);
  return wrongly.length;
}
