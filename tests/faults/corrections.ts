/** A correction goes to those who have the first content, or may have it; and to each of them once. */

import type { Row } from '../../src/ledger/row.ts';
import { isOpen } from '../../src/ledger/states.ts';
import type { Received } from '../helpers/smtp-sink.ts';
import { subjects } from './content.ts';
import { byRecipient, type Case, type Say } from './judge.ts';

/** @returns which of the subjects it carries, -1 for none */
export function subjectOf({ raw }: Received): number {
  if (raw === undefined) return -1;
  const head = raw.toString('latin1', 0, raw.indexOf('\r\n\r\n'));
  return subjects.findIndex((subject) => head.includes(subject));
}

/** @returns how many copies were lost */
export function judgeCorrection(
  { readers, rows }: Case,
  corrected: ReadonlyMap<number, Row>,
  record: readonly Received[],
  say: Say,
): number {
  let lost = 0;
  const copies = byRecipient(record);
  // I1 to I3, as for the issue itself.
  for (const [rcpt, all] of copies) if (all.length > 1) say(`I1 ${rcpt} got ${all.length} corrections`);
  for (const { sid, address } of readers) {
    const row = corrected.get(sid);
    const isReceived = copies.has(address);
    if (row === undefined && isReceived) say(`I2 ${address} got a correction and is no recipient of it`);
    if (row === undefined) continue;
    const first = rows.get(sid)?.state;
    if (first !== 'accepted' && first !== 'uncertain') {
      say(`I2 ${address} is corrected, and what is to be corrected is ${first}`);
    }
    if (isOpen(row.state)) say(`I2 the correction of ${address} is in no final state: ${row.state}`);
    if (row.state === 'accepted' && !isReceived) {
      lost++;
      say(`I3 the correction of ${address} is accepted, and nothing was received`);
    }
    if (isReceived && row.state !== 'accepted' && row.state !== 'uncertain') {
      lost++;
      say(`I3 ${address} got a correction that is ${row.state}`);
    }
  }
  return lost;
}
