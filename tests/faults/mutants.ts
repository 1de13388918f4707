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
  /** Matches the faults that every other run begins with, because they are the likeliest to show it. */
  readonly lean?: string;
  readonly edits: readonly Edit[];
}

const scripts = 'src/ledger/delivery-scripts.js';
const issueScripts = 'src/ledger/issue-scripts.js';
const lua = 'src/ledger/lua.js';
const states = 'src/ledger/states.js';
const claims = 'src/ledger/claims.js';
const row = 'src/delivery/deliver-row.js';
const settlement = 'src/delivery/settlement.js';
const replies = 'src/transport/replies.js';

function mutant(name: string, file: string, find: string | RegExp, replace: string, ...more: Edit[]): Mutant {
  return { name, edits: [{ file, find, replace }, ...more] };
}

const leans: readonly (readonly [RegExp, string])[] = [
  [/fence|what others hold/, 'dead|SIGSTOP|locks'],
  [/dead|written down|journal/, 'kill -9 a|SIGSTOP'],
  [/gate fails/, 'pause|cancel|leave'],
  [/blocked/, 'suppressed|readers pause|forgotten'],
  [/who left/, 'leave'],
  [/cancel/, 'cancel'],
  [/a pause|gate sends back/, 'pause and|halt'],
  [/revision/, 'revise'],
  [/end of an issue/, 'ends'],
  [/uncertain|no reply/, 'dot: (drop|hang)'],
  [/planner|cursor/, 'two planners'],
  [/publishing/, 'press send'],
  [/given back/, 'SIGTERM|kill|dead'],
  [/reject|5xx|reply that nobody/, '55[04]'],
  [/refused sender/, 'MAIL: 550'],
  [/defer|4xx/, '45[0-9]'],
];

const notRows = ' or row.fence ~= tonumber(ARGV[5])';

const list: readonly Mutant[] = [
  mutant(
    'the gate does not check the fence',
    scripts,
    `${notRows} or row.state ~= CLAIMED`,
    ' or row.state ~= CLAIMED',
  ),
  mutant(
    'settling does not check the fence',
    scripts,
    `${notRows} then return 'lost' end`,
    " then return 'lost' end",
  ),
  mutant('every claim has the same fence', 'src/core/ids.js', 'return fence;', 'return 7;'),
  mutant(
    'the gate does not look at the blocked',
    scripts,
    /if redis\.call\('GETBIT', KEYS\[5\], row\.sid\) == 1 then return refuse\(SUPPRESSED, BECAUSE_BLOCKED\) end/,
    '',
  ),
  mutant(
    'the gate does not look at who left',
    scripts,
    /if redis\.call\('GETBIT', KEYS\[6\], row\.sid\) == 1 then return refuse\(SKIPPED, BECAUSE_LEFT\) end/,
    '',
  ),
  mutant(
    'the gate does not see a cancel',
    scripts,
    "if issue[1] == 'cancelled' then return refuse(CANCELLED, BECAUSE_NONE) end",
    '',
  ),
  mutant(
    'the gate does not see a pause',
    scripts,
    "if issue[1] == 'paused' or redis.call('EXISTS', KEYS[7]) == 1 then",
    'if false then',
  ),
  mutant(
    'the gate does not see a revision',
    scripts,
    /if row\.revision ~= tonumber\(issue\[2\]\) then return refuse[^\n]*/,
    '',
  ),
  mutant(
    'the gate does not see the end of an issue',
    scripts,
    /if now >= expiry\([^\n]*return refuse\(EXPIRED[^\n]*/,
    '',
  ),
  mutant(
    'the gate does not move the row',
    scripts,
    /move\(KEYS\[1\], index, KEYS\[3\], row, COMMITTING, BECAUSE_NONE, now\)/,
    '',
  ),
  mutant(
    'the dot does not wait for the gate',
    'src/transport/ask-gate.js',
    'return (await gate()) === true;',
    'gate().catch(() => {}); return true;',
  ),
  mutant('a gate that fails lets the copy go', 'src/transport/ask-gate.js', 'return false;', 'return true;'),
  mutant(
    'a dead worker’s committing rows are planned again',
    scripts,
    /if state == COMMITTING then\n(\s*)move\(KEYS\[1\], index, KEYS\[2\], row, UNCERTAIN,/,
    'if state == COMMITTING then\n$1move(KEYS[1], index, KEYS[2], row, PLANNED,',
    {
      file: states,
      find: "uncertain: ['settle', 'release'],",
      replace: "uncertain: ['settle', 'release'], planned: ['release'],",
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
    scripts,
    'elseif state == PLANNED or state == DEFERRED then',
    'elseif state == PLANNED or state == DEFERRED or state == UNCERTAIN then',
    {
      file: states,
      find: "uncertain: { accepted: ['settle'],",
      replace: "uncertain: { claimed: ['claim'], accepted: ['settle'],",
    },
  ),
  mutant(
    'a claim takes what others hold',
    scripts,
    'elseif state == PLANNED or state == DEFERRED then',
    'elseif state == PLANNED or state == DEFERRED or state == CLAIMED then',
    { file: states, find: "committing: ['gate'],", replace: "committing: ['gate'], claimed: ['claim']," },
    { file: scripts, find: 'if row.fence == fence then', replace: 'if true then' },
  ),
  mutant(
    'a claim is not written down',
    scripts,
    "if count > 0 then redis.call('HSET', KEYS[6], ARGV[4], member) end",
    '',
  ),
  mutant('counts are not moved', lua, "redis.call('HINCRBY', counts, STATE_NAMES[to], 1)", ''),
  mutant(
    'counts do not know who is skipped at once',
    issueScripts,
    "redis.call('HINCRBY', KEYS[2], 'planned', -skipped)",
    '',
  ),
  mutant('the plan’s cursor is not checked', issueScripts, "issue[1] ~= ARGV[3] or issue[2] == '1' or", ''),
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
    scripts,
    /if wake_at < math\.huge then redis\.call\('ZADD'[^\n]*/,
    "redis.call('ZREM', KEYS[4], member)",
  ),
  mutant(
    'a deferred row wakes nobody',
    scripts,
    /(move\(KEYS\[1\], index, KEYS\[2\], row, to, tonumber\(ARGV\[9\]\), turn\)\n)if to == DEFERRED then/,
    '$1if false then',
  ),
  mutant('what is given back wakes nobody', scripts, 'wake_by(KEYS[3], member, now)', ''),
  mutant(
    'what the gate sends back wakes nobody',
    scripts,
    'if to == PLANNED then wake_by(KEYS[4], ARGV[2], now) end',
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
    /deps\.links\.of\(subscriber\.sid, issue\.newsletter\)/,
    'deps.links.of(arguments[1].rows[0].sid, issue.newsletter)',
  ),
  mutant(
    'rows and subscribers are out of step',
    'src/delivery/deliver-page.js',
    'subscribers[position] ?? null',
    'subscribers[position - (position % 16 === 15)] ?? null',
  ),
  mutant(
    'the Message-ID is drawn at each attempt',
    'src/message/message-id.js',
    ".digest('hex');",
    ".update(String(Math.random())).digest('hex');",
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
    row,
    "if (verdict === 'go')",
    "if (verdict === 'go') await conclude(deps, claim, row, { type: 'accepted', reply: '' }, { to: 'accepted' }); if (verdict === 'go')",
  ),
];

export const mutants: readonly Mutant[] = list.map((each) => {
  const [, lean] = leans.find(([pattern]) => pattern.test(each.name)) ?? [];
  return { ...each, ...(lean === undefined ? {} : { lean }) };
});

/** @returns the file's text with the edit made. @throws when its place is not to be found: the mutant is out of date */
export function edited(text: string, { file, find, replace }: Edit): string {
  const after = text.replace(find, replace);
  if (after === text) throw new Error(`${file} has no ${find}`);
  return after;
}
