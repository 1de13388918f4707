/**
 * Every Redis key of the product: name, type, lifetime, writer. All carry one hash tag, so that scripts may touch any
 * of them together. No key is built from what a person typed: parts are ids checked elsewhere, or numbers.
 */

const root = '{paperboy}';

/** What all keys begin with. */
export const keyPrefix = `${root}:`;

/** BullMQ's keys live under this prefix; losing them all loses nothing. */
export const queuePrefix = `${root}:queue`;

export const keys = {
  /**
   * hash: storeId, schema, keyring (a fingerprint), createdAt, written once; backedUpAt; `restoring` while a backup is put
   * in its place. For ever. Written by `src/redis/store-id.ts`.
   */
  store: `${root}:store`,

  // ---- subscribers/ -------------------------------------------------------------------------------------------
  /** string: highest sid given. For ever. */
  lastSid: `${root}:sid`,
  /** hash: sid → record as JSON (see subscribers/record.ts); 500 are read in one command. Until forgotten. */
  subscribers: `${root}:subscribers`,
  /** hash: case-folded address → sid. Until forgotten. */
  addresses: `${root}:addresses`,
  /** hash: public id → sid. Until forgotten. */
  publicIds: `${root}:public-ids`,
  /** hash: consent id → text; the id is a hash of the text. For ever. */
  consents: `${root}:consents`,
  /** hash: peppered HMAC of the folded address → JSON {address?, reason, since, evidence}. Until removed. */
  suppressions: `${root}:suppressions`,
  /** zset: sid by the end (ms) of a provisional suppression. Changes in the same script as the suppression. */
  provisional: `${root}:provisional`,
  /** hash: `tried` and `hard`, copies of a lane in a clock hour (see subscribers/bounce-alarm.ts). Six days. */
  laneHour: (lane: string, hour: number) => `${root}:lane:${lane}:${hour}`,
  /** hash: lane → JSON of its alarm, `<lane> held` → number of suppressions held back. Six days after the last. */
  bounceAlarms: `${root}:bounce-alarms`,
  /** bitmap by sid: suppressed, paused or forgotten. Changes in the same script as the record; the gate reads it. */
  blocked: `${root}:blocked`,
  /** bitmap by sid: left this newsletter. Changes in the same script as the record; the gate reads it. */
  left: (newsletter: string) => `${root}:left:${newsletter}`,
  /** bitmap by sid: active, subscribed, of this frequency. Changes in the same script as the record. */
  eligible: (newsletter: string, frequency: string) => `${root}:eligible:${newsletter}:${frequency}`,

  // ---- src/ledger ---------------------------------------------------------------------------------------------
  /** zset: issue id by publication time (ms). For ever. */
  issues: `${root}:issues`,
  /** hash: the issue's control record (see ledger/issue.ts). For ever. */
  issue: (issue: string) => `${root}:issue:${issue}`,
  /** hash: state → number of rows, `skipped:<reason>` → number, `recipients`. For ever. */
  counts: (issue: string) => `${root}:issue:${issue}:counts`,
  /** hash: revision → JSON of the digest. Retention. */
  digests: (issue: string) => `${root}:issue:${issue}:digests`,
  /** bitmap by sid: who was eligible at publication. Retention. */
  audience: (issue: string) => `${root}:issue:${issue}:audience`,
  /**
   * hash: issue → `startsAt date` and a word for each story it holds, of issues that were not cancelled; `changes`: how
   * often it changed. Written by the scripts that publish, revise and cancel; an issue stays 14 days after its start.
   */
  published: (newsletter: string) => `${root}:published:${newsletter}`,
  /** hash: preference set key → number, and number → key; `next`. Retention. */
  preferenceSets: (issue: string) => `${root}:issue:${issue}:preference-sets`,
  /** hash: reply text → number, and number → text; `next`. Retention. */
  replies: (issue: string) => `${root}:issue:${issue}:replies`,
  /** hash: page number → `wave lane rows`. Retention. */
  pages: (issue: string) => `${root}:issue:${issue}:pages`,
  /** string: 24 bytes a row (see ledger/row.ts). Retention. */
  page: (issue: string, page: number) => `${root}:issue:${issue}:page:${page}`,
  /** zset: `<issue>.<page>` by the time (ms) at which a row of it is due. Rewritten by every ledger script. */
  due: `${root}:due`,
  /** zset: worker incarnation by its last heartbeat (Redis ms). Removed by the sweeper once dead and reclaimed. */
  incarnations: `${root}:incarnations`,
  /** hash: worker → how many writes of it Redis has on record; a number that falls tells that Redis forgot. As long as its journal. */
  positions: `${root}:positions`,
  /** string: run id of the server that all workers found to remember everything; without it nothing is claimed. For ever. */
  confirmedRun: `${root}:confirmed-run`,
  /** hash: what workers found of a server that was restarted: `run`, `worker:<worker>`, `forgotten`. One hour. */
  rollCall: `${root}:roll-call`,
  /** hash: issue that journals know and Redis has forgotten → number of copies sent. For ever. */
  forgottenIssues: `${root}:forgotten-issues`,
  /** hash: fence → `<issue>.<page>`: the claims an incarnation has open. Removed with the incarnation. */
  claims: (incarnation: string) => `${root}:incarnation:${incarnation}:claims`,
  /** string with expiry: the incarnation that sweeps now. */
  sweeperLease: `${root}:sweeper`,
  /** string: number of the last taking of due pages; makes each wake-up's job id new. For ever. */
  epoch: `${root}:epoch`,
  /** string: set while the operator has halted all sending. */
  halted: `${root}:halted`,
  /** string: two bits by sid (see ledger/votes.ts): what each said of the issue. Written with `votes`. Retention. */
  voters: (issue: string) => `${root}:issue:${issue}:voters`,
  /** hash: `liked` and `disliked` → number of readers. Written by `src/ledger/votes.ts`. For ever. */
  votes: (issue: string) => `${root}:issue:${issue}:votes`,
  /** hash: epoch second → messages accepted, for the rate in `status`. Ten-minute expiry. */
  throughput: (issue: string) => `${root}:issue:${issue}:throughput`,

  // ---- src/pacing ---------------------------------------------------------------------------------------------
  /** hash: `relay <id>` or `lane <id>` → JSON {name, perMinute?}: all that is paced, was slowed or was held. For ever. */
  paced: `${root}:paced`,
  /** hash: rate, next slot, measured limit and breaker of a relay (see pacing/limit-lua.ts). A day after the last use. */
  pacedRelay: (relay: string) => `${root}:paced:relay:${relay}`,
  /** hash: rate, next slot, holds of a lane. A day after the last use. */
  pacedLane: (lane: string) => `${root}:paced:lane:${lane}`,
  /** zset: holder of a permit by its expiry (ms), renewed while the holder lives: connections of a relay, copies of a lane. */
  permits: (kind: 'relay' | 'lane', id: string) => `${root}:paced:${kind}:${id}:permits`,
  /** zset: `<issue>.<page>` by the time it was put aside because the lane had its share of a worker. An hour. */
  aside: (lane: string) => `${root}:paced:lane:${lane}:aside`,
} as const;
