/**
 * The two scripts that touch subscribers. A dossier is all that is known of one address: sid, record, suppression.
 * `readDossiers` reads some, and `commit` replaces each one only if it is still what was read, together with every
 * index and every bitmap: no reader ever sees a record that its bits contradict.
 */
import { defineScript } from '../src/redis/script.ts';

/**
 * KEYS: addresses, subscribers, suppressions. ARGV: identity and suppression id of each address.
 * Returns sid, record and suppression of each; false where there is none.
 */
export const readDossiersScript = defineScript(
  `
local found = {}
for at = 1, #ARGV, 2 do
  local sid = redis.call('HGET', KEYS[1], ARGV[at])
  found[#found + 1] = sid
  found[#found + 1] = sid and redis.call('HGET', KEYS[2], sid)
  found[#found + 1] = redis.call('HGET', KEYS[3], ARGV[at + 1])
end
return found`,
  // It writes nothing, but without the flag a full Redis would refuse it.
  ['allow-oom'],
);

/**
 * KEYS: last sid, addresses, subscribers, public ids, suppressions, consents, provisional, then the bitmaps.
 * ARGV: number of consents, id and text of each; then of each dossier its identity, sid (0: none), public id, record
 * before and after (empty: none), suppression id (empty: don't look), suppression before and after (empty: none),
 * the end of a provisional suppression in ms (empty: it is none), and a character 0 or 1 for each bitmap.
 * Returns the sid of each dossier, 0 where it has none, -1 where it was no longer what was read and was left alone.
 */
const commit = `
local function text(value) return value or '' end

local function commit(at)
  local identity, sid, publicId = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local recordBefore, recordAfter = ARGV[at + 3], ARGV[at + 4]
  local suppressionId, suppressionBefore, suppressionAfter = ARGV[at + 5], ARGV[at + 6], ARGV[at + 7]
  local provisionalEnd, bits = ARGV[at + 8], ARGV[at + 9]

  if (redis.call('HGET', KEYS[2], identity) or '0') ~= sid then return -1 end
  if sid ~= '0' and text(redis.call('HGET', KEYS[3], sid)) ~= recordBefore then return -1 end
  if suppressionId ~= '' then
    if text(redis.call('HGET', KEYS[5], suppressionId)) ~= suppressionBefore then return -1 end
    if suppressionAfter == '' then
      redis.call('HDEL', KEYS[5], suppressionId)
    elseif suppressionAfter ~= suppressionBefore then
      redis.call('HSET', KEYS[5], suppressionId, suppressionAfter)
    end
    if sid ~= '0' and suppressionAfter ~= suppressionBefore then
      if provisionalEnd == '' then
        redis.call('ZREM', KEYS[7], sid)
      else
        redis.call('ZADD', KEYS[7], provisionalEnd, sid)
      end
    end
  end
  if recordBefore == recordAfter then return tonumber(sid) end
  if sid == '0' then sid = redis.call('INCR', KEYS[1]) end
  if recordAfter == '' then
    redis.call('HDEL', KEYS[2], identity)
    redis.call('HDEL', KEYS[3], sid)
    redis.call('HDEL', KEYS[4], publicId)
  else
    redis.call('HSET', KEYS[3], sid, recordAfter)
    if recordBefore == '' then
      redis.call('HSET', KEYS[2], identity, sid)
      redis.call('HSET', KEYS[4], publicId, sid)
    end
  end
  for bitmap = 1, #bits do
    redis.call('SETBIT', KEYS[7 + bitmap], sid, string.sub(bits, bitmap, bitmap))
  end
  return tonumber(sid)
end

local first = 2 + 2 * tonumber(ARGV[1])
for at = 2, first - 1, 2 do redis.call('HSET', KEYS[6], ARGV[at], ARGV[at + 1]) end
local sids = {}
for at = first, #ARGV, 10 do sids[#sids + 1] = commit(at) end
return sids`;

/** For what may wait: refused when Redis is full. */
export const commitScript = defineScript(commit);

/** For leaving, pausing, suppressing, forgetting: a full Redis still records them. */
export const commitAlwaysScript = defineScript(commit, ['allow-oom']);
