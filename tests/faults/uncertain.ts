/**
 * Who may be uncertain, and who must be: told from the SMTP server's side, which knows of each connection that ended
 * where it stood and whose copy it carried. And from the journals: each was intended, and no journal
 * knows what came of it.
 */
import type { Ending } from '../helpers/smtp-sink.ts';
import { readJournals } from './journals.ts';
import type { Case, Say } from './judge.ts';
import { rowsOf } from './look.ts';

export async function judgeUncertain(
  given: Case,
  say: Say,
): Promise<{ readonly uncertain: number; readonly uncertainExpected: number }> {
  const { rig, facts, readers, rows, schedule } = given;
  const endings = await rig.sink.endings();
  const dropped = endings.filter(({ hasQuit }) => !hasQuit);
  const at = (stages: readonly string[]) =>
    new Set(dropped.filter(({ stage }) => stages.includes(stage)).flatMap(({ rcpt }) => rcpt.split(' ')));
  /** The whole message had come, and no reply was given. */
  const unanswered = at(['dot']);
  /** The dot may have been on its way, or the reply to it. */
  const midway = at(['body', 'idle']);
  /** Answered; but a process that dies while it begins the next copy, or says QUIT, may not have told anybody yet. */
  const answered = new Set(
    endings.flatMap(({ before, rcpt, isAnswered }) => (isAnswered ? [before, rcpt] : [before])),
  );
  const corrections = await Promise.all([...facts.corrections].map((each) => rowsOf(rig.ledger, each)));
  const found: string[] = [];
  for (const { sid, address } of readers) {
    const state = rows.get(sid)?.state;
    if (state === 'uncertain') found.push(address);
    else if (corrections.some((own) => own.get(sid)?.state === 'uncertain')) continue;
    else if (unanswered.has(address) && !facts.sentAgain.has(address)) {
      // Nobody can know what became of it, so whoever says that they know is wrong.
      say(`I3 the dot of ${address} got no reply, and it is ${state}`);
    }
  }
  // Uncertain ⇒ its connection dropped when it was past the gate: in flight, by the server's own record.
  const unexplained = found.filter(
    (address) =>
      !unanswered.has(address) &&
      !midway.has(address) &&
      !(facts.mayBeUncertain > 0 && answered.has(address)),
  );
  if (unexplained.length > 0) {
    const known = endings.filter(({ before, rcpt }) =>
      unexplained.some((each) => `${before} ${rcpt}`.includes(each)),
    );
    say(
      `uncertain: ${unexplained.length} (${unexplained.slice(0, 3)} …), and no connection dropped with them; ` +
        `those that ended: ${JSON.stringify(known)}; what journals know: ${JSON.stringify(await told(given, unexplained))}`,
    );
  }
  // Without a fault of the relay's it takes the death of a process: at most its connections each time.
  const isRelayWell = schedule.faults.every(({ kind, cutsLines }) => kind !== 'relay' && cutsLines !== true);
  if (isRelayWell && found.length > facts.mayBeUncertain) {
    say(
      `uncertain: ${found.length} (${found.slice(0, 3)} …), at most ${facts.mayBeUncertain} were past their gate`,
    );
  }
  judgeAnswered(given, found, endings, say);
  await judgeJournals(given, say);
  const expected = isRelayWell
    ? Math.min(found.length, facts.mayBeUncertain)
    : found.length - unexplained.length;
  return { uncertain: found.length, uncertainExpected: expected };
}

/**
 * What a worker was told so long ago is in its journal, Redis there or not, also on a busy machine; so the death of the
 * worker cannot make it uncertain.
 */
export const knownAfterMs = 1_500;

/** Faults in which a worker that was told cannot read it, or write it down. */
const keepsFromKnowing = /SIGSTOP|disk full/;

function judgeAnswered(
  { schedule }: Case,
  uncertain: readonly string[],
  endings: readonly Ending[],
  say: Say,
): void {
  if (schedule.faults.some(({ name }) => keepsFromKnowing.test(name))) return;
  // An attempt after that may have got no answer.
  const unanswered = endings.flatMap(({ rcpt, isAnswered }) => (isAnswered ? [] : [rcpt]));
  for (const { rcpt, before, isAnswered, answeredAt, endedAt } of endings) {
    const address = isAnswered ? rcpt : before;
    const knownForMs = endedAt - answeredAt;
    if (knownForMs > knownAfterMs && uncertain.includes(address) && !unanswered.includes(address))
      say(
        `uncertain: ${address} is, though its relay had answered ${knownForMs} ms before the end of its worker`,
      );
  }
}

/** Rows and journal lines of some readers, for whoever looks into it. */
async function told({ rig, issue, readers, rows }: Case, addresses: readonly string[]): Promise<object[]> {
  const entries = await readJournals(rig.dataDir);
  return readers
    .filter(({ address }) => addresses.includes(address))
    .map(({ sid }) => ({
      row: rows.get(sid),
      lines: entries.filter((entry) => entry.issue === issue && entry.sid === sid),
    }));
}

/** In flight is: intent journalled, and no outcome. */
async function judgeJournals({ rig, issue, facts, readers, rows }: Case, say: Say): Promise<void> {
  const uncertain = readers.filter(({ sid }) => rows.get(sid)?.state === 'uncertain');
  if (uncertain.length === 0) return;
  const intents = new Set<string>();
  const outcomes = new Map<string, string>();
  for (const entry of await readJournals(rig.dataDir)) {
    if (entry.issue !== issue) continue;
    const key = `${entry.sid} ${entry.fence}`;
    if (!('settlement' in entry)) intents.add(key);
    else if (entry.settlement.to !== 'uncertain') outcomes.set(key, entry.settlement.to);
  }
  for (const { sid, address } of uncertain) {
    const key = `${sid} ${rows.get(sid)?.fence}`;
    // Who died between the gate's yes and the journal has written no dot; but nobody else can tell.
    if (!intents.has(key) && facts.mayBeUncertain === 0)
      say(`uncertain: ${address} is, and no journal has its intent`);
    const known = outcomes.get(key);
    if (known !== undefined) say(`uncertain: ${address} is, though a journal knows that it is ${known}`);
  }
}
