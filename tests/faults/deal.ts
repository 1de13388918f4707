/**
 * What is dealt to each run: where its relay is slow, and its faults. Runs are dealt in the order of their seeds, each
 * time what has been dealt least, so that any stretch of seeds meets every fault at every stage alike.
 */
import type { SinkStage } from '../helpers/smtp-sink.ts';
import { type Fault, faults } from './faults.ts';

/** At these the relay is met once a connection; at the others once a copy. */
export const openingStages: readonly SinkStage[] = ['greeting', 'ehlo', 'starttls', 'auth'];

/** Stages that a copy or a connection goes through: what strikes from outside can meet each of them. */
export const struckStages: readonly SinkStage[] = [...openingStages, 'mail', 'rcpt', 'data', 'body', 'dot'];

export interface Hand {
  readonly slowAt: SinkStage;
  readonly faults: readonly Fault[];
}

/** What strikes from outside meets connections wherever they stand. */
export function strikes({ onlyAt }: Fault): boolean {
  return onlyAt === undefined;
}

/**
 * What ten runs in a row are about: a fault that cannot be judged beside others; any other fault alone; three strikes of
 * different kinds; what a relay says or does, with a strike or two.
 */
const themes = [
  'lonely',
  'strikes',
  'relay',
  'strikes',
  'relay',
  'lonely',
  'strikes',
  'relay',
  'single',
  'relay',
] as const;

/** Of every four runs with a relay's faults: some at an opening stage, at the stages of copies, or both. */
const spoken = [
  { openings: 1, copies: 0 },
  { openings: 0, copies: 4 },
  { openings: 1, copies: 2 },
  { openings: 1, copies: 1 },
] as const;

/** Seeds beyond begin anew. */
const dealtSeeds = 12_000;

export interface Dealer {
  deal(seed: number): Hand;
}

export interface RigKind {
  readonly workers: number;
  /** How one logs in to the relay, over STARTTLS; `none`: neither is offered. */
  readonly login: 'none' | 'PLAIN' | 'LOGIN';
  /** Whether the relay takes messages in chunks (RFC 3030). */
  readonly chunking: boolean;
}

export function isPossible(
  { needsLogin, needsData, needsWorkers = 1 }: Fault,
  { login, workers, chunking }: RigKind,
): boolean {
  if (needsLogin === true && login === 'none') return false;
  if (needsData === true && chunking) return false;
  return workers >= needsWorkers;
}

function hasStage({ login, chunking }: RigKind, stage: SinkStage): boolean {
  if (stage === 'starttls' || stage === 'auth') return login !== 'none';
  return stage !== 'data' || !chunking;
}

export function createDealer(rigKindOf: (seed: number) => RigKind): Dealer {
  const hands: Hand[] = [];
  const dealt = new Map<string, number>();
  const countOf = (...what: readonly string[]) => dealt.get(what.join(' × ')) ?? 0;
  const count = (...what: readonly string[]) => dealt.set(what.join(' × '), countOf(...what) + 1);
  /** The first of those that were dealt least, from a place that moves on with each run. */
  const least = <Item>(items: readonly Item[], often: (item: Item) => number): Item | undefined => {
    const from = items.length === 0 ? 0 : (hands.length * 7) % items.length;
    const turned = [...items.slice(from), ...items.slice(0, from)];
    return turned.reduce<Item | undefined>(
      (best, item) => (best === undefined || often(item) < often(best) ? item : best),
      undefined,
    );
  };

  const dealNext = (seed: number): Hand => {
    const rig = rigKindOf(seed);
    const possible = faults.filter((fault) => isPossible(fault, rig));
    const stages = struckStages.filter((stage) => hasStage(rig, stage));
    const theme = themes[seed % themes.length] ?? 'single';
    const slowAt = least(stages, (stage) => countOf(theme, stage)) ?? 'dot';
    count(theme, slowAt);
    const picked: Fault[] = [];
    const pick = (from: readonly Fault[]): void => {
      const fault = least(
        from.filter((each) => !picked.includes(each)),
        (each) => {
          const all = countOf(each.name);
          return (strikes(each) ? countOf(each.name, slowAt) + all / 1_000 : all) / (each.deals ?? 1);
        },
      );
      if (fault === undefined) return;
      picked.push(fault);
      count(fault.name);
      count(fault.name, slowAt);
    };
    const company = possible.filter(({ isLonely }) => isLonely !== true);
    const strike = (times: number): void => {
      for (let more = 0; more < times; more++) {
        const kinds = new Set(picked.map(({ kind }) => kind));
        pick(company.filter((fault) => strikes(fault) && !kinds.has(fault.kind)));
      }
    };
    if (theme === 'lonely') pick(possible.filter(({ isLonely }) => isLonely === true));
    else if (theme === 'strikes') strike(3);
    else if (theme === 'single') pick(company.filter((fault) => strikes(fault) === seed % 20 < 10));
    else {
      count(theme);
      const { openings, copies } = spoken[countOf(theme) % spoken.length] ?? { openings: 1, copies: 0 };
      const relays = company.filter((fault) => !strikes(fault));
      for (let more = 0; more < openings; more++)
        pick(relays.filter(({ isOfCopies }) => isOfCopies !== true));
      for (let more = 0; more < copies; more++) pick(relays.filter(({ isOfCopies }) => isOfCopies === true));
      strike(2);
    }
    return { slowAt, faults: picked };
  };

  return {
    deal: (seed) => {
      const wanted = seed % dealtSeeds;
      while (hands.length <= wanted) hands.push(dealNext(hands.length));
      return hands[wanted] ?? { slowAt: 'dot', faults: [] };
    },
  };
}
