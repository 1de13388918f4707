/** Redis has forgotten who left: what the log of departures knows is carried out again. */
import type { Redis } from 'ioredis';
import { keys } from '../src/redis/keys.ts';
import { parseAddress } from './address.ts';
import { hasLeft } from './changes.ts';
import type { Departed, DepartureLog } from './departures.ts';
import type { Dossier, DossierAfter, Dossiers } from './dossiers.ts';
import { parseRecord } from './record.ts';
import { isOver, parseSuppression, type Suppression, strongerOf, suppressionIdOf } from './suppression.ts';

export interface DepartureReplay {
  /**
   * Doing it twice is doing it once.
   * @returns how many people Redis had as they were before they left
   * @throws Redis' errors
   */
  replayDepartures(): Promise<number>;
  /**
   * For a store from which people are missing that the log knows: suppresses them again, so that no import brings them
   * back. Nobody else may use the store meanwhile.
   * @returns how many
   */
  suppressStrangers(): Promise<number>;
}

export interface ReplayDeps {
  readonly redis: Redis;
  readonly dossiers: Dossiers;
  readonly pepper: Buffer;
  readonly log: Pick<DepartureLog, 'read'>;
  /** milliseconds */
  readonly now: () => number;
}

const batchSize = 500;

export function createDepartureReplay(deps: ReplayDeps): DepartureReplay {
  return {
    replayDepartures: async () => {
      const departed = await deps.log.read();
      const found = await findPeople(deps, departed);
      let people = 0;
      for (let first = 0; first < found.length; first += batchSize) {
        people += await replaySome(deps, found.slice(first, first + batchSize));
      }
      return people;
    },
    suppressStrangers: async () => {
      const strangers = new Map(await deps.log.read());
      for (const { id } of await findPeople(deps, strangers)) strangers.delete(id);
      return await suppressAll(deps, strangers);
    },
  };
}

interface Found {
  readonly id: string;
  readonly identity: string;
  readonly departed: Departed;
}

/** Those whose sid is still theirs are found at once; every address is looked at only for others of whom Redis knows nothing. */
async function findPeople(deps: ReplayDeps, departed: ReadonlyMap<string, Departed>): Promise<Found[]> {
  const found = await findBySid(deps, departed);
  const missing = new Map(departed);
  for (const { id } of found) missing.delete(id);
  await dropSuppressed(deps, missing);
  return missing.size === 0 ? found : [...found, ...(await findByHash(deps, missing))];
}

async function findBySid(
  { redis, pepper }: ReplayDeps,
  departed: ReadonlyMap<string, Departed>,
): Promise<Found[]> {
  const hinted = [...departed].filter(([, { sid }]) => sid !== null);
  const found: Found[] = [];
  for (let first = 0; first < hinted.length; first += batchSize) {
    const some = hinted.slice(first, first + batchSize);
    const texts = await redis.hmget(keys.subscribers, ...some.map(([, { sid }]) => String(sid)));
    some.forEach(([id, known], at) => {
      const text = texts[at];
      if (!text) return;
      const { identity } = parseAddress(parseRecord(text).address);
      if (suppressionIdOf(pepper, identity) === id) found.push({ id, identity, departed: known });
    });
  }
  return found;
}

/** Takes out those who have no record because they were forgotten, and those whose suppression stands. */
async function dropSuppressed({ redis }: ReplayDeps, missing: Map<string, Departed>): Promise<void> {
  const ids = [...missing.keys()];
  for (let first = 0; first < ids.length; first += batchSize) {
    const some = ids.slice(first, first + batchSize);
    const texts = await redis.hmget(keys.suppressions, ...some);
    some.forEach((id, at) => {
      const current = parsed(texts[at]);
      const logged = missing.get(id)?.suppression;
      if (current?.reason === 'forgotten' || (current && logged && current.reason === logged.reason))
        missing.delete(id);
    });
  }
}

function parsed(text: string | null | undefined): Suppression | null {
  return text ? parseSuppression(text) : null;
}

/** A hash does not tell its address, so that of every address is made. */
async function findByHash(
  { redis, pepper }: ReplayDeps,
  departed: ReadonlyMap<string, Departed>,
): Promise<Found[]> {
  const found = new Map<string, Found>();
  for await (const page of redis.hscanStream(keys.addresses, { count: 1_000 })) {
    const fields = page as string[];
    for (let at = 0; at < fields.length; at += 2) {
      const identity = fields[at] ?? '';
      const id = suppressionIdOf(pepper, identity);
      const known = departed.get(id);
      if (known) found.set(id, { id, identity, departed: known });
    }
  }
  return [...found.values()];
}

async function replaySome({ dossiers, now }: ReplayDeps, found: readonly Found[]): Promise<number> {
  const changed = await dossiers.change(
    found.map(({ identity }) => identity),
    (dossier, at) => {
      const { departed, identity } = found[at] as Found;
      return { after: departedAgain(dossier, identity, departed, now()), outcome: undefined };
    },
    { always: true },
  );
  return changed.filter(
    ({ before, after }) => before.record !== after.record || before.suppression !== after.suppression,
  ).length;
}

/** Who came back since stays: the log of another machine may know of it, and this one not. */
function departedAgain(dossier: Dossier, identity: string, departed: Departed, now: number): DossierAfter {
  const { record } = dossier;
  const { createdAt = '', returnedAt = createdAt } = record ?? {};
  const isForgotten = (at: string | null) => at !== null && returnedAt <= at;
  const suppression = isForgotten(departed.suppression?.at ?? null)
    ? suppressedAgain(dossier.suppression, departed, now, identity)
    : dossier.suppression;
  if (record === null || (suppression?.reason === 'forgotten' && suppression !== dossier.suppression))
    return { record: null, suppression };
  let again = record;
  for (const [newsletter, at] of departed.left) {
    const membership = record.memberships[newsletter];
    if (membership === undefined || membership.since <= at) again = hasLeft(again, newsletter, at);
  }
  if (isForgotten(departed.paused) && !again.paused) again = { ...again, paused: true };
  if (suppression !== dossier.suppression) again = { ...again, suppressed: true };
  return { record: again, suppression };
}

/** @param identity null of one that only its hash tells of */
function suppressedAgain(
  current: Suppression | null,
  { suppression: logged }: Departed,
  now: number,
  identity: string | null,
): Suppression | null {
  if (logged === null) return current;
  const { at: _, ...told } = logged;
  const address = told.reason === 'forgotten' ? null : identity;
  const suppression = { ...told, address, evidence: '' };
  return isOver(suppression, now) ? current : strongerOf(current, suppression);
}

async function suppressAll(
  { redis, now }: ReplayDeps,
  strangers: ReadonlyMap<string, Departed>,
): Promise<number> {
  let added = 0;
  for (const [id, departed] of strangers) {
    const suppression = suppressedAgain(null, departed, now(), null);
    // A provisional one ends with its subscriber's record, and there is none.
    if (suppression && suppression.until === undefined)
      added += await redis.hsetnx(keys.suppressions, id, JSON.stringify(suppression));
  }
  return added;
}
