/** An issue's control record, and the phase that follows from it and the counts. */
import { type DeliveryState, deliveryStates, isOpen } from './states.ts';

export type Counts = Readonly<Record<DeliveryState, number>>;

/** What an operator has asked of an issue. */
export type Control = 'running' | 'paused' | 'cancelled';

export interface Issue {
  readonly id: string;
  readonly newsletter: string;
  /** `YYYY-MM-DD`, the digest's. */
  readonly date: string;
  /** From 1. */
  readonly revision: number;
  /** SHA-256 over what makes the content of the current revision; tells "the same again" from "something else". */
  readonly contentHash: string;
  /** Milliseconds since the epoch, Redis time. */
  readonly publishedAt: number;
  /** When its present revision came; that of publication for the first. */
  readonly revisedAt: number;
  readonly startsAt: number;
  /** From here on nothing of the issue is sent. */
  readonly endsAt: number;
  /** A delivery expires this long after its recipient's send time; milliseconds. */
  readonly freshMs: number;
  /** Whether each recipient's own local hour is their send time. */
  readonly localHour: boolean;
  readonly control: Control;
  /** Whether every one of the audience has its row. */
  readonly isPlanned: boolean;
  /** The first sid that has no row yet. */
  readonly planCursor: number;
  /** How many pages there are; they are numbered from 1. */
  readonly pages: number;
  /** Until then rows, digests and audience are kept. */
  readonly keptUntil: number;
  /** Id of the key that made the Message-IDs, frozen so that every attempt carries the same one. */
  readonly messageIdKey: string;
  /** The issue that this one corrects; empty for an original. */
  readonly correctionOf: string;
}

export type Phase = 'scheduled' | 'planning' | 'sending' | 'paused' | 'done' | 'cancelled';

/** @param now milliseconds since the epoch */
export function phaseOf(issue: Issue, counts: Counts, now: number): Phase {
  const isFinished =
    issue.isPlanned && deliveryStates.every((state) => !isOpen(state) || counts[state] === 0);
  if (isFinished) return issue.control === 'cancelled' ? 'cancelled' : 'done';
  if (issue.control !== 'running') return issue.control;
  if (issue.startsAt > now && issue.planCursor <= 1) return 'scheduled';
  return issue.isPlanned ? 'sending' : 'planning';
}

/** The issue's control record as it stands in its Redis hash; null when there is none. */
export function decodeIssue(id: string, hash: Readonly<Record<string, string>>): Issue | null {
  if (hash.newsletter === undefined) return null;
  const number = (field: string) => Number(hash[field] ?? 0);
  const control = hash.control;
  return {
    id,
    newsletter: hash.newsletter,
    date: hash.date ?? '',
    revision: number('revision'),
    contentHash: hash.contentHash ?? '',
    publishedAt: number('publishedAt'),
    revisedAt: Number(hash.revisedAt ?? hash.publishedAt ?? 0),
    startsAt: number('startsAt'),
    endsAt: number('endsAt'),
    freshMs: number('freshMs'),
    localHour: hash.localHour === '1',
    control: control === 'paused' || control === 'cancelled' ? control : 'running',
    isPlanned: hash.isPlanned === '1',
    planCursor: number('planCursor'),
    pages: number('pages'),
    keptUntil: number('keptUntil'),
    messageIdKey: hash.messageIdKey ?? '',
    correctionOf: hash.correctionOf ?? '',
  };
}

export function decodeCounts(hash: Readonly<Record<string, string>>): Counts {
  return Object.fromEntries(deliveryStates.map((state) => [state, Number(hash[state] ?? 0)])) as Counts;
}

/** `skipped` by reason, for those reasons that occurred. */
export function decodeSkippedReasons(
  hash: Readonly<Record<string, string>>,
): Readonly<Record<string, number>> {
  const prefix = 'skipped:';
  return Object.fromEntries(
    Object.entries(hash)
      .filter(([field, value]) => field.startsWith(prefix) && Number(value) > 0)
      .map(([field, value]) => [field.slice(prefix.length), Number(value)]),
  );
}
