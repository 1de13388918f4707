/**
 * Which lane an address belongs to: the mailbox provider behind its domain, as far as the domain alone tells it. A
 * domain that a provider hosts for somebody else is in `other`, or in the lane the configuration puts it in.
 */

export interface LaneConfig {
  /** Absent: the built-in lane of its first domain, else that domain. */
  readonly id?: string;
  readonly domains: readonly string[];
  /** Messages a minute, of all workers together; absent: only what replies teach. */
  readonly perMinute?: number;
  /** Copies under way at one time, of all workers together. */
  readonly connections?: number;
}

export type LaneLimits = Pick<LaneConfig, 'perMinute' | 'connections'>;

export interface Lanes {
  /** @param address anything after its last `@` counts as domain */
  of(address: string): string;
  /** What is configured of a lane; empty for most. */
  limitsOf(lane: string): LaneLimits;
  /** Lanes that the configuration limits. */
  readonly limited: readonly string[];
}

/** The lane of whoever is in no other. */
export const otherLane = 'other';

export const builtInLanes = ['google', 'microsoft', 'yahoo', 'apple', 'qq', 'netease', otherLane] as const;

const builtInDomains: Readonly<Record<Exclude<(typeof builtInLanes)[number], 'other'>, readonly string[]>> = {
  google: ['gmail.com', 'googlemail.com', 'google.com'],
  microsoft: ['outlook.com', 'hotmail.com', 'live.com', 'msn.com', 'windowslive.com', 'passport.com'],
  yahoo: ['yahoo.com', 'ymail.com', 'rocketmail.com', 'aol.com', 'aim.com', 'verizon.net', 'myyahoo.com'],
  apple: ['icloud.com', 'me.com', 'mac.com'],
  qq: ['qq.com', 'vip.qq.com', 'foxmail.com'],
  netease: ['163.com', '126.com', 'yeah.net', '188.com', 'vip.163.com', 'vip.126.com', 'vip.188.com'],
};

/** `hotmail.co.uk`, `yahoo.com.br`, `live.nl`: the same provider in another country. */
const countryVariant = /^(outlook|hotmail|live|yahoo|aol)\.(?:com?\.)?[a-z]{2}$/;
const familyLanes: Readonly<Record<string, string>> = {
  outlook: 'microsoft',
  hotmail: 'microsoft',
  live: 'microsoft',
  yahoo: 'yahoo',
  aol: 'yahoo',
};

const builtIn = new Map(
  Object.entries(builtInDomains).flatMap(([lane, domains]) =>
    domains.map((domain) => [domain, lane] as const),
  ),
);

/** @param configured `sending.lanes`; a domain named there leaves its built-in lane */
export function createLanes(configured: readonly LaneConfig[] = []): Lanes {
  const own = new Map<string, string>();
  const limits = new Map<string, LaneLimits>();
  for (const lane of configured) {
    const id = laneIdOf(lane);
    for (const domain of lane.domains) own.set(domain.toLowerCase(), id);
    limits.set(id, lane);
  }
  return {
    of: (address) => {
      const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
      return own.get(domain) ?? builtInLaneOf(domain);
    },
    limitsOf: (lane) => limits.get(lane) ?? {},
    limited: [...limits.keys()],
  };
}

/** The id of a configured lane, said or derived. */
export function laneIdOf({ id, domains }: Pick<LaneConfig, 'id' | 'domains'>): string {
  if (id !== undefined) return id;
  const [first = otherLane] = domains;
  const found = builtInLaneOf(first.toLowerCase());
  return found === otherLane ? first.toLowerCase() : found;
}

function builtInLaneOf(domain: string): string {
  const lane = builtIn.get(domain);
  if (lane !== undefined) return lane;
  const family = countryVariant.exec(domain)?.[1];
  return (family === undefined ? undefined : familyLanes[family]) ?? otherLane;
}
