/** A reader's say about an issue they got: who holds a vote, what they said before, and saying it. */
import type { Language } from '../../subscribers/preferences.ts';
import type { SubscriberStore } from '../../subscribers/store.ts';
import { type TokenKeys, type VotePayload, verifyVoteToken } from '../../subscribers/tokens.ts';
import { PaperboyError } from '../core/errors.ts';
import { readIssue } from '../ledger/issues.ts';
import { type LedgerDeps, ledgerNow } from '../ledger/ledger.ts';
import { castVote, readVote, type Vote } from '../ledger/votes.ts';

export interface BallotsDeps {
  readonly ledger: LedgerDeps;
  readonly subscribers: Pick<SubscriberStore, 'get'>;
  readonly tokenKeys: TokenKeys;
}

export interface Ballot extends VotePayload {
  /** Newsletter id. */
  readonly newsletter: string;
  /** Of the issue, `YYYY-MM-DD`. */
  readonly date: string;
  /** The reader's. */
  readonly language: Language;
  /** What they said so far. */
  readonly vote: Vote | null;
}

export interface Ballots {
  /** Null when the token is not ours, the issue is not kept any more, or the reader was forgotten. */
  find(token: string): Promise<Ballot | null>;
  /** What was said before is replaced. @returns false when the issue has just ceased to be kept */
  cast(ballot: VotePayload, vote: Vote): Promise<boolean>;
}

export function createBallots({ ledger, subscribers, tokenKeys }: BallotsDeps): Ballots {
  return {
    find: async (token) => {
      const payload = payloadOf(tokenKeys, token);
      if (payload === null) return null;
      const { issue: id, sid } = payload;
      const [issue, subscriber] = await Promise.all([readIssue(ledger, id), subscribers.get(sid)]);
      if (!issue || !subscriber || (await ledgerNow(ledger)) >= issue.keptUntil) return null;
      const { newsletter, date } = issue;
      const vote = await readVote(ledger, id, sid);
      return { sid, issue: id, newsletter, date, language: subscriber.language, vote };
    },
    cast: ({ issue, sid }, vote) => castVote(ledger, issue, sid, vote),
  };
}

function payloadOf(keys: TokenKeys, token: string): VotePayload | null {
  try {
    return verifyVoteToken(keys, token);
  } catch (error) {
    if (error instanceof PaperboyError && error.code === 'token-invalid') return null;
    throw error;
  }
}
