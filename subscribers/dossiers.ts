/**
 * Reading and replacing what is known of an address. A change is a pure function; it is committed only over what it
 * was computed from, and computed again when someone else was faster.
 */
import type { Redis } from 'ioredis';
import { keys } from '../src/redis/keys.ts';
import { type Departure, type DepartureLog, departureOf } from './departures.ts';
import { bitmapKeysOf, bitsOf, encodeRecord, parseRecord, type SubscriberRecord } from './record.ts';
import { commitAlwaysScript, commitScript, readDossiersScript } from './scripts.ts';
import { parseSuppression, type Suppression, suppressionIdOf } from './suppression.ts';

/** All that is known of one address; of a stranger, three times nothing. */
export interface Dossier {
  /** null: no subscriber. */
  readonly sid: number | null;
  readonly record: SubscriberRecord | null;
  readonly suppression: Suppression | null;
}

/** What a dossier is to become. A record that turns null is erased, and its sid stays blocked. */
export type DossierAfter = Omit<Dossier, 'sid'>;

export interface Change<T> {
  readonly after: DossierAfter;
  readonly outcome: T;
}

export interface Changed<T> {
  readonly before: Dossier;
  readonly after: Dossier;
  readonly outcome: T;
}

export interface ChangeOptions {
  /** Consent texts to be interned, each of which some record refers to by its id. */
  readonly consents?: ReadonlyMap<string, string>;
  /** Also when Redis is full. */
  readonly always?: boolean;
}

export interface Dossiers {
  /** @param identities case-folded addresses; one may come several times: each sees what the one before it did */
  change<T>(
    identities: readonly string[],
    decide: (dossier: Dossier, position: number) => Change<T>,
    options?: ChangeOptions,
  ): Promise<Changed<T>[]>;
}

export interface DossiersDeps {
  readonly redis: Redis;
  /** The configured ones, each of which has bitmaps whether or not a record names it. */
  readonly newsletters: readonly string[];
  readonly pepper: Buffer;
  /** Is told of every departure and return before it is made. */
  readonly departures: Pick<DepartureLog, 'note'>;
  /** ISO 8601 */
  readonly now: () => string;
}

export function createDossiers({ redis, newsletters, pepper, departures, now }: DossiersDeps): Dossiers {
  return {
    async change<T>(
      identities: readonly string[],
      decide: (dossier: Dossier, position: number) => Change<T>,
      options: ChangeOptions = {},
    ): Promise<Changed<T>[]> {
      const changed: Changed<T>[] = [];
      /** What the log of departures was told that the dossier is to become. */
      const told = new Map<number, DossierAfter>();
      let waiting = identities.map((_, position) => position);
      while (waiting.length > 0) {
        const round = firstOfEach(waiting, identities);
        const read = await readAll(round.map((position) => identities[position] ?? ''));
        const plans = read.map((found, at) => {
          const { after, outcome } = decide(found.dossier, round[at] ?? 0);
          return { found, after: withReturn(found.dossier, after, now()), outcome };
        });
        // Before the change: its answer may get lost, and made again it would be none.
        await departures.note(departuresOf(plans, round, told));
        const sids = await commitAll(plans, options);
        const done = new Set<number>();
        plans.forEach(({ found, after, outcome }, at) => {
          const sid = sids[at] ?? conflict;
          const position = round[at] ?? 0;
          if (sid === conflict) return;
          done.add(position);
          changed[position] = {
            before: found.dossier,
            after: { ...after, sid: sid === 0 || after.record === null ? null : sid },
            outcome,
          };
        });
        waiting = waiting.filter((position) => !done.has(position));
      }
      return changed;
    },
  };

  /** @param told is told of them; a change that is decided again is one from what was told before */
  function departuresOf(
    plans: readonly Plan[],
    round: readonly number[],
    told: Map<number, DossierAfter>,
  ): Departure[] {
    return plans.flatMap(({ found, after }, at) => {
      const position = round[at] ?? 0;
      const whose = { id: found.suppressionId, sid: found.dossier.sid, at: now() };
      const departure = departureOf(whose, told.get(position) ?? found.dossier, after);
      told.set(position, after);
      return departure ?? [];
    });
  }

  async function readAll(identities: readonly string[]): Promise<FoundDossier[]> {
    const ids = identities.map((identity) => suppressionIdOf(pepper, identity));
    const args = identities.flatMap((identity, at) => [identity, ids[at] ?? '']);
    const texts = (await readDossiersScript.run(
      redis,
      [keys.addresses, keys.subscribers, keys.suppressions],
      args,
    )) as (string | null)[];
    return identities.map((identity, at) => {
      const [sid, recordText, suppressionText] = texts.slice(3 * at, 3 * at + 3);
      const dossier = {
        sid: sid ? Number(sid) : null,
        record: recordText ? parseRecord(recordText) : null,
        suppression: suppressionText ? parseSuppression(suppressionText) : null,
      };
      return {
        identity,
        suppressionId: ids[at] ?? '',
        recordText: recordText ?? '',
        suppressionText: suppressionText ?? '',
        dossier,
      };
    });
  }

  async function commitAll(plans: readonly Plan[], { consents, always }: ChangeOptions): Promise<number[]> {
    const changes = plans.filter(hasChanged);
    if (changes.length === 0) return plans.map(({ found }) => found.dossier.sid ?? 0);
    const concerned = new Set(newsletters);
    for (const { found, after } of changes) {
      for (const newsletter in (after.record ?? found.dossier.record)?.memberships) concerned.add(newsletter);
    }
    const args: (string | number)[] = [consents?.size ?? 0, ...[...(consents ?? [])].flat()];
    for (const plan of changes) args.push(...argumentsOf(plan, [...concerned]));
    const script = always ? commitAlwaysScript : commitScript;
    const sids = (await script.run(
      redis,
      [
        keys.lastSid,
        keys.addresses,
        keys.subscribers,
        keys.publicIds,
        keys.suppressions,
        keys.consents,
        keys.provisional,
        ...bitmapKeysOf([...concerned], keys),
      ],
      args,
    )) as number[];
    const bySid = new Map(changes.map((plan, at) => [plan, sids[at] ?? conflict]));
    return plans.map((plan) => bySid.get(plan) ?? plan.found.dossier.sid ?? 0);
  }
}

/** What the commit script answers for a dossier that was no longer what had been read. */
const conflict = -1;

/** A dossier together with the texts it was read from, which must still be there when it is replaced. */
interface FoundDossier {
  readonly identity: string;
  readonly suppressionId: string;
  readonly recordText: string;
  readonly suppressionText: string;
  readonly dossier: Dossier;
}

interface Plan {
  readonly found: FoundDossier;
  readonly after: DossierAfter;
}

/** Two changes of one address cannot be committed together: the second must see the first. */
function firstOfEach(positions: readonly number[], identities: readonly string[]): number[] {
  const seen = new Set<string>();
  return positions.filter((position) => {
    const identity = identities[position] ?? '';
    if (seen.has(identity)) return false;
    seen.add(identity);
    return true;
  });
}

/** Who lifts a pause or a suppression brings somebody back, whatever logs know of their departure. */
function withReturn(before: Dossier, after: DossierAfter, now: string): DossierAfter {
  const { record } = after;
  if (record === null || before.record === null) return after;
  const isBack =
    (before.record.paused && !record.paused) || (before.suppression !== null && after.suppression === null);
  return isBack ? { ...after, record: { ...record, returnedAt: now } } : after;
}

/** Changes keep the object they were given when they change nothing. */
function hasChanged({ found: { dossier }, after }: Plan): boolean {
  return after.record !== dossier.record || after.suppression !== dossier.suppression;
}

function argumentsOf({ found, after }: Plan, newsletters: readonly string[]): (string | number)[] {
  const { identity, suppressionId, recordText, suppressionText, dossier } = found;
  const { record, suppression } = after;
  return [
    identity,
    dossier.sid ?? 0,
    record?.publicId ?? dossier.record?.publicId ?? '',
    recordText,
    record === null ? '' : encodeRecord(record),
    suppressionId,
    suppressionText,
    suppression === null ? '' : JSON.stringify(suppression),
    suppression?.until === undefined ? '' : Date.parse(suppression.until),
    bitsOf(record, newsletters),
  ];
}
