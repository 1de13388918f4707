/**
 * When an address stops being mailed because copies to it bounce. Pure: what is known of it and one fact more give a
 * decision. One word of a relay is not enough for good: whole providers have said for hours of living users that they
 * do not exist.
 */

/** What a refusal or a report says of an address; each in a code made for it, but for a full mailbox. */
const bounceClasses = ['no-mailbox', 'disabled', 'mailbox-full'] as const;
export type BounceClass = (typeof bounceClasses)[number];

export interface BounceFact {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** `accepted`: a copy that was taken; noted only of addresses of which there are bounces. */
  readonly class: BounceClass | 'accepted';
  /** The issue whose copy it was. */
  readonly issue: string;
  /** It came amid an alarm (see `bounce-alarm.ts`): a note, and evidence for nothing. */
  readonly isHeld?: true;
}

export type BounceDecision =
  | { readonly kind: 'none' }
  /** Not mailed until then (milliseconds); after that, tried once more. */
  | { readonly kind: 'provisional'; readonly until: number }
  /** Not mailed again. */
  | { readonly kind: 'firm' }
  /** The mailbox has been full for long: not mailed until the reader asks for it. */
  | { readonly kind: 'pause' };

export interface BounceVerdict {
  readonly decision: BounceDecision;
  /** What to remember, earliest first; empty when there is nothing left to remember. */
  readonly history: readonly BounceFact[];
}

const dayMs = 24 * 60 * 60_000;

/** How long a provisional suppression lasts, and so how far apart the two words are that make it firm. */
const provisionalMs = 3 * dayMs;
/** A mailbox that was full at so many issues … */
const fullIssues = 5;
/** … over so long, and took none in between, pauses its reader. */
const fullMs = 14 * dayMs;
/** An accepted copy may come back this much later: hosts on the way try for four to five days (RFC 5321 §4.5.4.1). */
const reportMs = 5 * dayMs;
/** What is older says nothing of today. */
const memoryMs = 90 * dayMs;
const longestHistory = 64;

/**
 * - no such mailbox: provisional from the first word; disabled, no such domain: from the second issue in a row.
 * - gone again three days or more after the provisional suppression began: firm.
 * - full at five issues over a fortnight or more: pause.
 * An accepted copy that did not bounce clears what came before it. A full mailbox exists: it clears what said that it
 * does not.
 * @param history what the last verdict gave back
 * @param fact may be older than what is known already: reports come late
 */
export function judgeBounce(history: readonly BounceFact[], fact: BounceFact): BounceVerdict {
  const facts = remembered(history, fact);
  const current = sinceAccepted(facts).filter(({ isHeld }) => !isHeld);
  const decision = fact.isHeld
    ? none
    : fact.class === 'mailbox-full'
      ? judgeFull(current)
      : judgeGone(current);
  const isSettled = decision.kind === 'firm' || decision.kind === 'pause';
  return { decision, history: isSettled ? [] : facts };
}

/** A copy was accepted: the history with that in it; empty once five days have brought no report of an accepted copy. */
export function rememberAccepted(history: readonly BounceFact[], at: number, issue: string): BounceFact[] {
  const accepted = { at, class: 'accepted', issue } as const;
  const facts = remembered(history, accepted);
  const proven = facts.findLastIndex(
    (fact) => isStanding(fact, facts) && at - fact.at >= reportMs && fact.issue !== issue,
  );
  // An issue that is accepted again stays known also when its first acceptance is what is forgotten.
  const rest = remembered(facts.slice(proven + 1), accepted);
  return rest.some(({ class: found }) => found !== 'accepted') ? rest : [];
}

const none: BounceDecision = { kind: 'none' };

function judgeGone(current: readonly BounceFact[]): BounceDecision {
  const lastFull = current.findLastIndex(({ class: found }) => found === 'mailbox-full');
  const gone = current.slice(lastFull + 1).filter(isGone);
  const issues = oncePerIssue(gone);
  const certain = gone.find(({ class: found }) => found === 'no-mailbox');
  const start = Math.min(certain?.at ?? Infinity, issues[1]?.at ?? Infinity);
  if (start === Infinity) return none;
  const last = issues.at(-1)?.at ?? start;
  return last - start >= provisionalMs
    ? { kind: 'firm' }
    : { kind: 'provisional', until: start + provisionalMs };
}

function judgeFull(current: readonly BounceFact[]): BounceDecision {
  const full = oncePerIssue(current.filter(({ class: found }) => found === 'mailbox-full'));
  const [first, last] = [full[0], full.at(-1)];
  if (first === undefined || last === undefined || full.length < fullIssues) return none;
  return last.at - first.at >= fullMs ? { kind: 'pause' } : none;
}

export function isGone({ class: found }: Pick<BounceFact, 'class'>): boolean {
  return found === 'no-mailbox' || found === 'disabled';
}

/** By time. An issue that says the same again, as every deferral for a full mailbox does, says nothing new. */
function remembered(history: readonly BounceFact[], fact: BounceFact): BounceFact[] {
  const before = history.findLast(({ issue }) => issue === fact.issue);
  const isKnown = before?.class === fact.class && before.isHeld === fact.isHeld;
  const facts = isKnown ? [...history] : [...history, fact].sort((one, other) => one.at - other.at);
  const newest = facts.at(-1)?.at ?? fact.at;
  return facts.filter(({ at }) => newest - at < memoryMs).slice(-longestHistory);
}

/** With a relay that queues, every copy is accepted first: one whose own issue bounced later proves nothing. */
function isStanding(accepted: BounceFact, facts: readonly BounceFact[]): boolean {
  if (accepted.class !== 'accepted') return false;
  return !facts.some(
    ({ class: found, issue, at }) => found !== 'accepted' && issue === accepted.issue && at >= accepted.at,
  );
}

function sinceAccepted(facts: readonly BounceFact[]): readonly BounceFact[] {
  return facts.slice(facts.findLastIndex((fact) => isStanding(fact, facts)) + 1);
}

function oncePerIssue(facts: readonly BounceFact[]): BounceFact[] {
  return facts.filter(({ issue }, at) => facts.findIndex((other) => other.issue === issue) === at);
}
