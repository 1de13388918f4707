/** The ledger: the record of every delivery, in Redis. This is its door; each part lives in a file of its own. */
import type { Redis } from 'ioredis';
import type { Position } from './position.ts';

export interface LedgerDeps {
  readonly redis: Redis;
  /** Only for tests: milliseconds to take instead of Redis' own time. */
  readonly now?: () => number;
  /** Of a worker: what it knows Redis to have on record. Absent for commands, which send nothing. */
  readonly position?: Position;
}

/** `position` argument of the scripts that raise it; empty: nobody's. */
export function workerArgument({ position }: LedgerDeps): string {
  return position?.worker ?? '';
}

/** ARGV[1] of every script: 0 means Redis' own time. */
export function timeArgument(deps: LedgerDeps): number {
  return deps.now?.() ?? 0;
}

/** Present time in milliseconds, by the clock that the scripts use. */
export async function ledgerNow(deps: LedgerDeps): Promise<number> {
  if (deps.now) return deps.now();
  const [seconds, microseconds] = await deps.redis.time();
  return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
}

/** How a page is named in the due set and in wake-up jobs. */
export function pageMember(issue: string, page: number): string {
  return `${issue}.${page}`;
}

export type Member =
  | { readonly kind: 'page'; readonly issue: string; readonly page: number }
  | { readonly kind: 'plan'; readonly issue: string };

/** The reverse of `pageMember`, and `<issue>.plan`. */
export function parseMember(member: string): Member {
  const dot = member.lastIndexOf('.');
  const issue = member.slice(0, dot);
  const rest = member.slice(dot + 1);
  return rest === 'plan' ? { kind: 'plan', issue } : { kind: 'page', issue, page: Number(rest) };
}
