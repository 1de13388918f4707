/** What a run must have kept: judged by what the SMTP server received, and by the ledger read row by row. */

import { demandIssue } from '../../src/ledger/issues.ts';
import { readTally } from '../../src/ledger/reader.ts';
import type { Row } from '../../src/ledger/row.ts';
import { isOpen } from '../../src/ledger/states.ts';
import { verifyIssue } from '../../src/ledger/verify.ts';
import type { Received } from '../helpers/smtp-sink.ts';
import { checkCopies } from './copies.ts';
import type { Rig } from './rig.ts';
import type { Facts, Reader } from './run-context.ts';
import type { Schedule } from './schedule.ts';

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

export async function judge(given: Case): Promise<Verdict> {
  const { rig, facts, readers, rows } = given;
  const record = await rig.sink.record();
  const violations = new Set(facts.violations);
  const say = (problem: string) => void violations.add(problem);

  const copies = new Map<string, Received[]>();
  for (const received of record) {
    const { rcpt } = received;
    copies.set(rcpt, [...(copies.get(rcpt) ?? []), received]);
  }
  const duplicates = [...copies].filter(([, all]) => all.length > 1).map(([rcpt]) => rcpt);
  for (const rcpt of duplicates) say(`I1 ${rcpt} got ${copies.get(rcpt)?.length} copies`);

  let lost = 0;
  let unanswered = 0;
  const uncertain: string[] = [];
  for (const { sid, address } of readers) {
    const row = rows.get(sid);
    const isReceived = copies.has(address);
    if (row === undefined || isOpen(row.state)) {
      lost++;
      say(`I2 ${address} is in no final state: ${row?.state ?? 'no row'}`);
      continue;
    }
    if (row.state === 'uncertain') uncertain.push(address);
    if (row.state === 'rejected' && !facts.mayReject.has(address)) {
      say(`I2 ${address} is rejected, and nobody refused it for good`);
    }
    if (row.state === 'accepted' && !isReceived) {
      lost++;
      say(`I3 ${address} is accepted, and nothing was received`);
    }
    if (isReceived && row.state !== 'accepted' && row.state !== 'uncertain') {
      lost++;
      say(`I3 ${address} got a copy and is ${row.state}`);
    }
    const by = facts.barred.get(address);
    if (by !== undefined && isReceived) say(`I4/I6 ${address} got a copy in spite of ${by}`);
    if (facts.unanswered.has(address)) {
      if (row.state === 'uncertain') unanswered++;
      else if (row.state === 'accepted' || row.state === 'rejected') {
        say(`the dot of ${address} got no reply, and it is ${row.state}`);
      }
    }
  }
  const others = uncertain.filter((address) => !facts.unanswered.has(address));
  if (others.length > facts.mayBeUncertain) {
    say(`${others.length} are uncertain (${others.slice(0, 3)} …), at most ${facts.mayBeUncertain} may be`);
  }
  await judgeLedger(given, say);
  checkCopies(given, record, say);
  const suppressedWrongly = await judgeSuppressions(given, say);
  return {
    sends: record.length,
    duplicates: duplicates.length,
    lost,
    uncertain: uncertain.length,
    uncertainExpected: unanswered + Math.min(others.length, facts.mayBeUncertain),
    suppressedWrongly,
    violations: [...violations],
  };
}

async function judgeLedger({ rig, issue, readers }: Case, say: (problem: string) => void): Promise<void> {
  const { gaps, recipients } = await verifyIssue(rig.ledger, issue);
  for (const gap of gaps.slice(0, 5)) say(`I11 ${JSON.stringify(gap)}`);
  if (recipients !== readers.length)
    say(`I11 ${readers.length} were eligible, and ${recipients} are recipients`);
  const { isPlanned } = await demandIssue(rig.ledger, issue);
  if (!isPlanned) say('I11 the plan was not finished');
  const { counts } = await readTally(rig.ledger, issue);
  if (Object.values(counts).some((count) => count < 0)) say('I7 a count is below zero');
}

async function judgeSuppressions(
  { rig, facts, readers }: Case,
  say: (problem: string) => void,
): Promise<number> {
  const ours = new Set(readers.map(({ address }) => address));
  const suppressed = (await rig.operators[0].subscribers.listSuppressions({}))
    .map(({ address }) => address ?? '')
    .filter((address) => ours.has(address));
  const wrongly = suppressed.filter((address) => !facts.maySuppress.has(address));
  for (const address of wrongly)
    say(`I9 ${address} was suppressed, and no reply said that it does not exist`);
  return wrongly.length;
}
