/** Suppressing addresses, whether or not a subscriber has them, taking it back, and forgetting a person altogether. */
import type { Redis } from 'ioredis';
import { PaperboyError } from '../src/core/errors.ts';
import { keys } from '../src/redis/keys.ts';
import { parseAddress } from './address.ts';
import { changedAt } from './changes.ts';
import type { Dossier, DossierAfter, Dossiers } from './dossiers.ts';
import { withBounces } from './record.ts';
import {
  matchesFilter,
  parseSuppression,
  type Suppression,
  type SuppressionFilter,
  type SuppressionReason,
  strongerOf,
} from './suppression.ts';

export interface SuppressionResult {
  /** The one that stands now: an earlier one, unless the new reason is stronger. */
  readonly suppression: Suppression;
  /** Whose address it is; null when no subscriber has it. */
  readonly sid: number | null;
}

export interface Forgotten {
  /** null when no subscriber had the address. */
  readonly sid: number | null;
  /** Whether a suppression held the address in clear. */
  readonly suppression: boolean;
}

export interface Suppressions {
  /** @throws PaperboyError `address-invalid` */
  suppress(
    address: string,
    why: { readonly reason: Exclude<SuppressionReason, 'forgotten'>; readonly evidence?: string },
  ): Promise<SuppressionResult>;
  /** Whether there was one. A subscriber has the state again that follows from the rest; also lifts `forgotten`. */
  unsuppress(address: string): Promise<boolean>;
  /** The one that stands for an address, also for a forgotten one. */
  findSuppression(address: string): Promise<Suppression | null>;
  /** Earliest first. */
  listSuppressions(filter?: SuppressionFilter): Promise<Suppression[]>;
  /**
   * Lifts all that match and returns them. Those forgotten are lifted only by address, since nobody knows who they are.
   * @throws PaperboyError `usage` without a single criterion
   */
  unsuppressWhere(filter: SuppressionFilter): Promise<Suppression[]>;
  /**
   * Removes record, indexes, and the address wherever it stands. What stays is the hash that keeps an import from
   * bringing them back, and the bit that keeps the gate shut. Also for an address that nobody has.
   */
  forget(address: string): Promise<Forgotten>;
}

/** @param now ISO 8601 */
export function createSuppressions(redis: Redis, dossiers: Dossiers, now: () => string): Suppressions {
  const change = async (
    addresses: readonly string[],
    decide: (dossier: Dossier, identity: string) => DossierAfter,
  ) => {
    const identities = addresses.map((address) => parseAddress(address).identity);
    return await dossiers.change(
      identities,
      (dossier, at) => ({ after: decide(dossier, identities[at] ?? ''), outcome: undefined }),
      { always: true },
    );
  };

  // Whoever lifts it by hand knows better than what was remembered of the address.
  const lift = ({ record }: Dossier): DossierAfter => ({
    record: record && changedAt(record, withBounces({ ...record, suppressed: false }, []), now()),
    suppression: null,
  });

  const listSuppressions: Suppressions['listSuppressions'] = async (filter = {}) => {
    const byId = new Map<string, Suppression>();
    // HSCAN may give an entry twice but misses none that stays: nothing has to happen while it runs.
    for await (const page of redis.hscanStream(keys.suppressions, { count: 500 })) {
      const texts = page as string[];
      for (let at = 0; at < texts.length; at += 2) {
        byId.set(texts[at] ?? '', parseSuppression(texts[at + 1] ?? ''));
      }
    }
    return [...byId.values()]
      .filter((suppression) => matchesFilter(suppression, filter))
      .sort((one, other) => one.since.localeCompare(other.since));
  };

  return {
    async suppress(address, { reason, evidence = '' }) {
      const [changed] = await change([address], ({ record, suppression }, identity) => ({
        record: record && changedAt(record, { ...record, suppressed: true }, now()),
        suppression: strongerOf(suppression, { address: identity, reason, since: now(), evidence }),
      }));
      if (!changed?.after.suppression) throw new PaperboyError('internal', 'a suppression was not kept');
      return { suppression: changed.after.suppression, sid: changed.after.sid };
    },

    async unsuppress(address) {
      const [changed] = await change([address], lift);
      return changed?.before.suppression != null;
    },

    async findSuppression(address) {
      const [found] = await change([address], (dossier) => dossier);
      return found?.before.suppression ?? null;
    },

    listSuppressions,

    async unsuppressWhere(filter) {
      if (Object.values(filter).every((criterion) => criterion === undefined)) {
        throw new PaperboyError('usage', 'nothing says which suppressions to remove', {
          hint: 'Name a time, a domain or a reason.',
        });
      }
      const matching = await listSuppressions(filter);
      const lifted: Suppression[] = [];
      for (let first = 0; first < matching.length; first += batchSize) {
        const addresses = matching.slice(first, first + batchSize).flatMap(({ address }) => address ?? []);
        // One that was renewed for a stronger reason since it was listed may match no more: look again.
        const changed = await change(addresses, (dossier) =>
          dossier.suppression && matchesFilter(dossier.suppression, filter) ? lift(dossier) : dossier,
        );
        for (const { before, after } of changed) {
          if (before.suppression && !after.suppression) lifted.push(before.suppression);
        }
      }
      return lifted;
    },

    async forget(address) {
      const [changed] = await change([address], ({ suppression }) => ({
        record: null,
        suppression:
          suppression?.reason === 'forgotten'
            ? suppression
            : { address: null, reason: 'forgotten', since: now(), evidence: '' },
      }));
      return { sid: changed?.before.sid ?? null, suppression: changed?.before.suppression?.address != null };
    },
  };
}

const batchSize = 500;
