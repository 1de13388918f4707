/**
 * Mistakes that one could make in the protocol, each as a change to the built product. The fault runner must notice
 * every one of them.
 */
export interface Edit {
  /** In the built folder. */
  readonly file: string;
  /** Must occur, or the mutant is out of date. */
  readonly find: string | RegExp;
  readonly replace: string;
}

export interface Mutant {
  readonly name: string;
  /** Matches the violations by which it is caught: others may come of a busy machine, or of what follows. */
  readonly shows: string;
  /** Matches the faults that every other run begins with, because they are the likeliest to show it. */
  readonly lean?: string;
  readonly edits: readonly Edit[];
}

const passage = 'src/ledger/passage-script.js';
const claimScripts = 'src/ledger/claim-scripts.js';
const gatekeeper = 'src/ledger/gatekeeper.js';
const planner = 'src/delivery/plan-issue.js';
const issueScripts = 'src/ledger/issue-scripts.js';
const freeze = 'src/ledger/freeze.js';
const lua = 'src/ledger/lua.js';
const states = 'src/ledger/states.js';
const claims = 'src/ledger/claims.js';
const settlement = 'src/delivery/settlement.js';
const replies = 'src/transport/replies.js';

/** What a worker does not give back itself it would find half a second later. */
const nobodyLooksAgain: Edit = {
  file: 'workers/sweep.js',
  find: 'await underWay.giveBackOthers(life.incarnation());',
  replace: '',
};

type Listed = Omit<Mutant, 'shows' | 'lean'>;

function mutant(name: string, file: string, find: string | RegExp, replace: string, ...more: Edit[]): Listed {
  return { name, edits: [{ file, find, replace }, ...more] };
}

const leans: readonly (readonly [RegExp, string])[] = [
  [/forgotten with the rest|writes down who/, 'Redis forgets 1|older copy'],
  [/living are taken/, '^relay: slow|press send|^revise'],
  [/after the settling/, 'kill -9 Redis and all'],
  [/asked for twice/, 'pages are claimed'],
  [/nobody works on/, 'given up'],
  // Not those that suppress: nobody is tried again who is suppressed.
  [/5xx is tried/, 'RCPT: 550 without|DATA: 554|dot: 554 message'],
  [/replaying does/, 'then no reply'],
  [/lives on/, 'leave while Redis is away'],
  [/left while Redis/, 'workers are away'],
  [/cannot be written/, 'disk full'],
  [/did not take/, 'Redis|CLIENT'],
  [/correction/, 'correct'],
  [/sent again at once|uncertain copies/, 'retry --uncertain'],
  [/retry plans/, 'retry --rejected'],
  [/told to end/, 'SIGTERM'],
  [/broken connection/, 'drop|reset'],
  [/wake-up/, 'dot: 451|RCPT: 451|pause and'],
  [/eligible while/, 'readers (leave|pause)|suppressed'],
  [/stage alone/, 'RCPT: 550'],
  [/fence|what others hold/, 'dead|SIGSTOP|locks'],
  [/dead|written down|journal/, 'kill -9 a|SIGSTOP'],
  [/gate fails/, 'pause|cancel|leave'],
  [/blocked/, 'suppressed|readers pause|forgotten'],
  [/who left/, 'leave'],
  [/cancel/, 'cancel'],
  [/a pause|gate sends back/, 'pause and|halt'],
  [/revision/, 'revise'],
  [/end of an issue/, 'the issue ends'],
  [/uncertain|no reply/, 'dot: (drop|hang)'],
  [/planner|cursor/, 'two planners'],
  [/publishing/, 'press send'],
  [/given back/, 'SIGTERM|kill|dead'],
  [/reject|5xx|reply that nobody/, '55[04]'],
  [/refused sender/, 'MAIL: 550'],
  [/defer|4xx/, '45[0-9]'],
];

/** All but what a busy machine brings about by itself: runs that do not come to their end, and hearts that beat late. */
const usuallyShows = '^(?!I10|I2 \\S+ is in no final state|SIGTERM|the run could not|.* could not be done)';

const showings: readonly (readonly [RegExp, string])[] = [
  // A cancel that comes upon what another claim holds finds no such move among the legal ones.
  [/what others hold/, `illegal move from claimed|${usuallyShows}`],
  [/living are taken/, 'taken for dead|^uncertain'],
  [
    /never taken for dead|not written down|not given back|nobody works on/,
    'not drain.*"(claimed|committing)"',
  ],
  [/leaves the due set|wakes nobody/, 'is never woken|woken long after'],
  [/wake-up/, 'not drain'],
  [/5xx is tried again/, 'refused for good'],
  [
    /forgotten with the rest|writes down who|look at the blocked|look at who left|see a cancel|see a pause|end of an issue|left while/,
    'in spite of|have left',
  ],
  [/see a revision/, 'the first content'],
];

const notRows = ' or row.fence ~= fence';

/** In whatever order it comes, and what is added while one looks is not seen. */
const scanInstead = `const audience = Buffer.from(await readAudience(deps.ledger, id));
  const seen = new Set();
  for await (const found of deps.ledger.redis.hscanStream('paperboy:subscribers', { count: 10 })) {
    for (let at = 0; at < found.length; at += 2) seen.add(Number(found[at]));
    if (seen.size > 60) break;
  }
  for (let sid = 0; sid < audience.length * 8; sid++) if (!seen.has(sid)) audience[sid >> 3] &= ~(128 >> (sid & 7));`;

const list: readonly Listed[] = [
  mutant(
    'the gate does not check the fence',
    passage,
    `${notRows} or row.state ~= CLAIMED`,
    ' or row.state ~= CLAIMED',
  ),
  mutant(
    'settling does not check the fence',
    passage,
    /or row\.fence ~= fence then return (?=[^\n]*\n\s*if not LEGAL)/,
    'then return ',
  ),
  mutant('every claim has the same fence', 'src/core/ids.js', 'return fence;', 'return 7;'),
  mutant(
    'the gate does not look at the blocked',
    passage,
    /if redis\.call\('GETBIT', KEYS\[6\], row\.sid\) == 1 then return refuse\(SUPPRESSED, BECAUSE_BLOCKED\) end/,
    '',
  ),
  mutant(
    'the gate does not look at who left',
    passage,
    /if redis\.call\('GETBIT', KEYS\[7\], row\.sid\) == 1 then return refuse\(SKIPPED, BECAUSE_LEFT\) end/,
    '',
  ),
  mutant(
    'the gate does not see a cancel',
    passage,
    "if control == 'cancelled' then return refuse(CANCELLED, BECAUSE_NONE) end",
    '',
  ),
  mutant('the gate does not see a pause', passage, 'if stopped() then', 'if false then'),
  mutant(
    'the gate does not see a revision',
    passage,
    /if row\.revision ~= revision then return refuse[^\n]*/,
    '',
  ),
  mutant(
    'the gate does not see the end of an issue',
    passage,
    /if now >= expiry\([^\n]*return refuse\(EXPIRED[^\n]*/,
    '',
  ),
  mutant(
    'the gate does not move the row',
    passage,
    /move\('gate', page, index, KEYS\[2\], row, COMMITTING, BECAUSE_NONE, now\)/,
    '',
  ),
  mutant(
    'the dot does not wait for the gate',
    'src/transport/ask-gate.js',
    'return (await gate()) === true;',
    'gate().catch(() => {}); return true;',
  ),
  mutant(
    'the first chunk says LAST',
    'src/transport/fast-message.js',
    /command: `BDAT (\S+)`/,
    'command: `BDAT $1 LAST`',
  ),
  mutant('a gate that fails lets the copy go', 'src/transport/ask-gate.js', 'return false;', 'return true;'),
  mutant(
    'a dead worker’s committing rows are planned again',
    claimScripts,
    /if state == COMMITTING then\n(\s*)move\('release', KEYS\[1\], index, KEYS\[2\], row, UNCERTAIN,/,
    "if state == COMMITTING then wake_by(KEYS[3], member, now)\n$1move('release', KEYS[1], index, KEYS[2], row, PLANNED,",
    {
      file: states,
      find: "uncertain: ['settle', 'release', 'recovery'],",
      replace: "uncertain: ['settle', 'release', 'recovery'], planned: ['release'],",
    },
  ),
  mutant('the living are taken for dead', claims, 'deadAfterMs = 5_000', 'deadAfterMs = 0'),
  mutant(
    'the dead are never taken for dead',
    claims,
    'deadAfterMs = 5_000',
    'deadAfterMs = 5_000_000_000_000',
  ),
  mutant(
    'a claim takes what is uncertain',
    claimScripts,
    'elseif state == PLANNED or state == DEFERRED then',
    'elseif state == PLANNED or state == DEFERRED or state == UNCERTAIN then',
    {
      file: states,
      find: /uncertain: \{\n/,
      replace: "uncertain: { claimed: ['claim'],\n",
    },
  ),
  mutant(
    'a claim takes what others hold',
    claimScripts,
    'elseif state == PLANNED or state == DEFERRED then',
    'elseif state == PLANNED or state == DEFERRED or state == CLAIMED then',
    { file: states, find: "committing: ['gate'],", replace: "committing: ['gate'], claimed: ['claim']," },
    { file: claimScripts, find: 'if fence_of(bytes, at) == fence then', replace: 'if true then' },
  ),
  mutant(
    'a claim is not written down',
    claimScripts,
    "if count > 0 then redis.call('HSET', KEYS[6], ARGV[4], member) end",
    '',
  ),
  mutant('counts are not moved', lua, 'add_count(counts, STATE_NAMES[to], 1)', ''),
  mutant(
    'counts do not know who is skipped at once',
    freeze,
    "redis.call('HINCRBY', KEYS[2], 'planned', -skipped)",
    '',
  ),
  mutant('the plan’s cursor is not checked', freeze, "issue[1] ~= ARGV[3] or issue[2] == '1' or", ''),
  mutant(
    'publishing does not look whether it was done',
    issueScripts,
    "if redis.call('EXISTS', KEYS[1]) == 1 then",
    'if false then',
  ),
  mutant('the planner leaves one out at a seam', 'src/delivery/plan-issue.js', ': last + 1', ': last + 2'),
  mutant(
    'the planner forgets the last page',
    'src/delivery/plan-issue.js',
    'Math.ceil(members.length / pageSize)',
    'Math.max(1, Math.floor(members.length / pageSize))',
  ),
  mutant(
    'a page leaves the due set with rows in it',
    claimScripts,
    /if wake_at < math\.huge then redis\.call\('ZADD'[^\n]*/,
    "redis.call('ZREM', KEYS[4], member)",
  ),
  mutant('a deferred row wakes nobody', passage, /if to == DEFERRED then wake_by\([^\n]*/, ''),
  mutant('what is given back wakes nobody', claimScripts, 'wake_by(KEYS[3], member, now)', ''),
  mutant(
    'what the gate sends back wakes nobody',
    passage,
    'if to == PLANNED then wake_by(KEYS[3], member, now) end',
    '',
  ),
  mutant(
    'a rejection counts as accepted',
    settlement,
    /if \(action === 'reject'\)\s*return \{ to: 'rejected'/,
    "if (action === 'reject') return { to: 'accepted'",
  ),
  mutant(
    'a deferral counts as accepted',
    settlement,
    "return { to: 'deferred', reason: 'relay-refused'",
    "return { to: 'accepted', reason: 'relay-refused'",
  ),
  mutant('a 5xx is tried again', settlement, "if (action === 'reject')", 'if (false)'),
  mutant('a 4xx is final', settlement, "if (action === 'reject')", 'if (true)'),
  mutant(
    'no reply to the dot means not delivered',
    settlement,
    "return { to: 'uncertain', reason: 'connection-lost'",
    "return { to: 'deferred', delayMs: 30_000, reason: 'connection-lost'",
  ),
  mutant(
    'no reply to the dot means delivered',
    settlement,
    "return { to: 'uncertain', reason: 'connection-lost'",
    "return { to: 'accepted', reason: 'connection-lost'",
  ),
  mutant(
    'links are those of the claim’s first reader',
    'src/delivery/make-copy.js',
    /deps\.links\.of\(subscriber\.sid, issue\)/,
    'deps.links.of(arguments[1].rows[0].sid, issue)',
  ),
  mutant(
    'rows and subscribers are out of step',
    'src/delivery/deliver-claim.js',
    'subscribers[position] ?? null',
    'subscribers[position - (position % 16 === 15)] ?? null',
  ),
  mutant(
    'the Message-ID is drawn at each attempt',
    'src/message/message-id.js',
    '`message-id',
    'Math.random() + `message-id',
  ),
  mutant(
    'every 5xx suppresses',
    replies,
    /if \(suppress\)\s*return 'no-mailbox';/,
    "if (code >= 500) return 'no-mailbox';",
  ),
  mutant(
    'a reply that nobody knows suppresses',
    replies,
    /if \(suppress\)\s*return 'no-mailbox';/,
    "if (suppress || found === 'unclassified') return 'no-mailbox';",
  ),
  mutant(
    'a refused sender suppresses the reader',
    replies,
    /if \(!recipientStages\.has\(stage\)\)\s*return null;/,
    "if (enhanced === '5.1.1') return 'no-mailbox';",
  ),
  mutant(
    'the journal knows the outcome before the relay',
    gatekeeper,
    'journal.append(going.map(({ what }) => ({ ...placeOf(what), at, position })));',
    "journal.append(going.map(({ what }) => ({ ...placeOf(what), at, position, settlement: { to: 'accepted' }, reply: '', queueId: '' })));",
  ),
  mutant(
    'the journal is written after the settling',
    gatekeeper,
    'if (evidence)',
    'const settled = resolve; resolve = (verdict) => { evidence && outcomes.note({ ...placeOf(copy), settlement: copy.settlement, ...evidence }); settled(verdict); }; if (false)',
  ),
  mutant('no journal is written of what is intended', gatekeeper, 'if (going.length === 0)', 'if (true)'),
  mutant('no outcome is journalled', gatekeeper, 'if (evidence)', 'if (false)'),
  mutant(
    'a copy whose intent cannot be written goes',
    gatekeeper,
    "if (why !== null && gates[index] === 'go')",
    'if (false)',
  ),
  mutant(
    'the journal is not replayed',
    'src/delivery/worker-ledger.js',
    'await replayJournals(deps.ledger, folder)',
    '0',
  ),
  mutant(
    'replaying does not look at the fence',
    'src/ledger/replay.js',
    'row.fence !== outcome.fence || ',
    '',
    {
      file: 'src/ledger/replay.js',
      find: '{ ...outcome, issue }',
      replace: '{ ...outcome, fence: row.fence, issue }',
    },
    {
      file: 'src/ledger/replay.js',
      find: 'settleFrom(deps, outcome)',
      replace: 'settleFrom(deps, outcome, row)',
    },
    {
      file: 'src/ledger/replay.js',
      find: 'async function settleFrom(deps, outcome)',
      replace: 'async function settleFrom(deps, outcome, row)',
    },
  ),
  mutant(
    'outcomes that Redis did not take are forgotten',
    gatekeeper,
    'settlements = [...failed, ...settlements];',
    'for (const each of failed) each.resolve("ok");',
  ),
  mutant(
    'the audience is whoever is eligible while it is planned',
    planner,
    'const audience = await readAudience(deps.ledger, id);',
    "const audience = await deps.ledger.redis.getBuffer('paperboy:eligible:' + id.slice(0, -11) + ':daily') ?? Buffer.alloc(0);",
  ),
  mutant(
    'the plan goes by SCAN',
    planner,
    'const audience = await readAudience(deps.ledger, id);',
    scanInstead,
  ),
  mutant(
    'the fence is counted and not drawn',
    'src/core/ids.js',
    /export function randomFence\(\) \{/,
    'let lastFence = 0;\nexport function randomFence() {\n  return ++lastFence;',
  ),
  mutant(
    'a claim does not look at the end of an issue',
    claimScripts,
    'elseif now >= expires then',
    'elseif false then',
    { file: passage, find: /if now >= expiry\([^\n]*return refuse\(EXPIRED[^\n]*/, replace: '' },
  ),
  mutant(
    'the stage alone suppresses',
    replies,
    /if \(suppress\)\s*return 'no-mailbox';/,
    "if (suppress || (stage === 'rcpt' && code >= 500)) return 'no-mailbox';",
  ),
  mutant(
    'a wake-up’s id has no epoch',
    'src/queue/wakeups.js',
    /jobId: `\$\{job\.issue\}\.\$\{job\.page\}\.\$\{job\.epoch\}`/,
    "jobId: job.issue + '.' + job.page + '.x'",
    { file: 'src/queue/wakeups.js', find: 'removeOnComplete: true', replace: 'removeOnComplete: false' },
  ),
  mutant(
    'a broken connection uses up the copy',
    settlement,
    "to: 'deferred',\n                reason: 'connection-failed'",
    "to: 'rejected',\n                reason: 'connection-failed'",
  ),
  mutant(
    'who left while Redis was away is mailed all the same',
    'workers/all.js',
    'await app.leaveLog.apply();',
    '',
    { file: 'src/delivery/worker-ledger.js', find: 'if (!leaveLog?.isPending())', replace: 'if (true)' },
  ),
  mutant(
    'a worker that lives on does not look at who left while Redis was away',
    'src/delivery/worker-ledger.js',
    'if (!leaveLog?.isPending())',
    'if (true)',
  ),
  mutant(
    'uncertain copies may be sent again at once',
    'src/delivery/control.js',
    /olderThanMs: state === 'uncertain' \? uncertainRestMs : 0/,
    'olderThanMs: 0',
  ),
  mutant(
    'retry plans blocked readers again',
    'src/ledger/replan.js',
    "elseif redis.call('GETBIT', KEYS[4], row.sid) == 1 then",
    'elseif false then',
    {
      file: claimScripts,
      find: "if redis.call('GETBIT', KEYS[7], row.sid) == 1 then",
      replace: 'if false then',
    },
    {
      file: passage,
      find: /if redis\.call\('GETBIT', KEYS\[6\], row\.sid\) == 1 then return refuse\(SUPPRESSED, BECAUSE_BLOCKED\) end/,
      replace: '',
    },
  ),
  mutant(
    'a correction goes to everybody',
    'src/delivery/publish.js',
    "if (row.state === 'accepted' || row.state === 'uncertain')",
    'if (true)',
  ),
  mutant(
    'a worker that is told to end drops what it holds',
    'src/queue/consume.js',
    'await worker.close();',
    'process.exit(0);',
  ),
  mutant(
    'a claim that was asked for twice is not given back when the second answer is no',
    'src/delivery/deliver-page.js',
    'await releaseSurely(deps, request, null);',
    "if (toPaperboyError(error).code === 'redis-unconfirmed') return 'unconfirmed';\n        await releaseSurely(deps, request, null);",
    nobodyLooksAgain,
  ),
  mutant(
    'a claim that nobody works on is not given back',
    nobodyLooksAgain.file,
    nobodyLooksAgain.find,
    nobodyLooksAgain.replace,
  ),
  mutant(
    'a claim is given back that is worked on',
    'src/delivery/claims-under-way.js',
    'if (fences.has(claim.fence))',
    'if (false)',
  ),
  mutant(
    'who left is forgotten with the rest',
    'src/delivery/roll-call.js',
    'await subscribers.replayDepartures()',
    '0',
  ),
  mutant(
    'nobody writes down who left',
    'subscribers/dossiers.js',
    'await departures.note(departuresOf(plans, round, told));',
    '',
  ),
  mutant(
    'a claim is not given back at the end',
    'src/delivery/deliver-claim.js',
    'await releaseSurely(deps, claim, stop);',
    '',
    nobodyLooksAgain,
  ),
];

export const mutants: readonly Mutant[] = list.map((each) => {
  const [, lean] = leans.find(([pattern]) => pattern.test(each.name)) ?? [];
  const [, shows = usuallyShows] = showings.find(([pattern]) => pattern.test(each.name)) ?? [];
  return { ...each, shows, ...(lean === undefined ? {} : { lean }) };
});

/** @returns the file's text with the edit made. @throws when its place is not to be found: the mutant is out of date */
export function edited(text: string, { file, find, replace }: Edit): string {
  const after = text.replace(find, replace);
  if (after === text) throw new Error(`${file} has no ${find}`);
  return after;
}
