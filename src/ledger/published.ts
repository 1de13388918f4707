/**
 * What a newsletter published in the last 14 days: a word for each story of each issue that was not cancelled. The words
 * are the caller's. They are written by the scripts that make, revise and cancel issues, so that no crash parts the two.
 */
import { keys } from '../redis/keys.ts';
import { type LedgerDeps, ledgerNow } from './ledger.ts';

/** How long after an issue's start its stories count as published. */
export const rememberedMs = 14 * 24 * 3_600_000;

export interface PublishedRecord {
  readonly issue: string;
  /** `YYYY-MM-DD` */
  readonly date: string;
  readonly stories: readonly string[];
}

export interface PublishedRecords {
  /** Rises with every change; who publishes on the ground of these records names it. */
  readonly changes: number;
  readonly records: readonly PublishedRecord[];
  /** Issues that started longer ago: the next write lets them go. */
  readonly forgotten: readonly string[];
}

/** Nothing published is an empty list. Changes nothing. */
export async function readPublished(deps: LedgerDeps, newsletter: string): Promise<PublishedRecords> {
  const [{ changes = '0', ...fields }, now] = await Promise.all([
    deps.redis.hgetall(keys.published(newsletter)),
    ledgerNow(deps),
  ]);
  const all = Object.entries(fields).map(([issue, value]) => ({ issue, ...decode(value) }));
  const isRemembered = ({ startsAt }: { startsAt: number }) => now - startsAt < rememberedMs;
  return {
    changes: Number(changes),
    records: all.filter(isRemembered).map(({ issue, date, stories }) => ({ issue, date, stories })),
    forgotten: all.filter((entry) => !isRemembered(entry)).map(({ issue }) => issue),
  };
}

function decode(value: string): { startsAt: number; date: string; stories: readonly string[] } {
  const [startsAt, date = '', ...stories] = value.split(' ');
  return { startsAt: Number(startsAt), date, stories };
}

/** What an issue adds to the records. */
export interface PublishedStories {
  /** `changes` of the records by which its repeats were left out: if it has risen, nothing is written. */
  readonly after: number;
  /** Without a space in any. */
  readonly stories: readonly string[];
  readonly forgotten: readonly string[];
}

/** For `rememberPublished` below: after what, issue, date and words, and who is let go. */
export function publishedArguments(
  id: string,
  date: string,
  { after, stories, forgotten }: PublishedStories,
): string[] {
  return [String(after), id, [date, ...stories].join(' '), forgotten.join(' ')];
}

/** Nothing is compared and nothing remembered: of an issue that repeats on purpose, as a weekly one does. */
export const unremembered = ['', '', '', ''] as const;

/** Lua for scripts that write records; `first` is the place of `publishedArguments` in ARGV. */
export function rememberPublished(first: number): string {
  return `
local function is_outdated(published)
  return ARGV[${first}] ~= '' and (redis.call('HGET', published, 'changes') or '0') ~= ARGV[${first}]
end

local function remember_published(published, starts_at, now)
  if ARGV[${first}] == '' then return end
  redis.call('HSET', published, ARGV[${first + 1}], string.format('%.0f', starts_at) .. ' ' .. ARGV[${first + 2}])
  redis.call('HINCRBY', published, 'changes', 1)
  for issue in string.gmatch(ARGV[${first + 3}], '%S+') do redis.call('HDEL', published, issue) end
  local lifetime = starts_at - now + ${rememberedMs}
  if redis.call('PTTL', published) < lifetime then redis.call('PEXPIRE', published, string.format('%.0f', lifetime)) end
end
`;
}
