/** What the workers' journals hold, read from their files, and held against what the SMTP server received. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { journalFolder } from '../../src/delivery/worker-ledger.ts';
import type { JournalIntent, JournalOutcome } from '../../src/ledger/journal.ts';
import type { Case, Say } from './judge.ts';
import type { Rig } from './rig.ts';

/** No dot without an intent on file: else, should Redis forget, nobody knows that the copy may have gone. */
export async function judgeIntents({ rig, issue, facts, readers }: Case, say: Say): Promise<void> {
  const intents = new Map<number, number>();
  for (const entry of await readJournals(rig.dataDir)) {
    if (!('at' in entry) || (entry.issue !== issue && !facts.corrections.has(entry.issue))) continue;
    intents.set(entry.sid, (intents.get(entry.sid) ?? 0) + 1);
  }
  const dots = new Map<string, number>();
  for (const { rcpt } of await rig.sink.attempts()) dots.set(rcpt, (dots.get(rcpt) ?? 0) + 1);
  for (const { sid, address } of readers) {
    const [came, intended] = [dots.get(address) ?? 0, intents.get(sid) ?? 0];
    if (came > intended)
      say(`journal: the dot of ${address} came ${came} times, and was intended ${intended}`);
  }
}

/** A line cut short is left out, as the product leaves it out. */
export async function readJournals(dataDir: string): Promise<(JournalIntent | JournalOutcome)[]> {
  const folder = journalFolder({ dataDir });
  const entries: (JournalIntent | JournalOutcome)[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    for (const line of (await readFile(join(folder, name), 'utf8')).split('\n')) {
      try {
        if (line.endsWith('}')) entries.push(JSON.parse(line));
      } catch {
        // It was not written to its end.
      }
    }
  }
  return entries;
}

/** When the journals say that this reader's copy passed its gate (ms, by Redis' clock). */
export async function gateTimes({ dataDir }: Rig, issue: string, sid: number): Promise<readonly number[]> {
  const entries = await readJournals(dataDir);
  return entries.flatMap((entry) =>
    'at' in entry && entry.issue === issue && entry.sid === sid ? [entry.at] : [],
  );
}
