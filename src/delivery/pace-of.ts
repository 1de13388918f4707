/** What an outcome of the dialogue says about the pace: of the relay, of the lane, or nothing. Pure. */
import type { PacingEvent } from '../pacing/pacing.ts';
import type { Refusal } from '../transport/refusal.ts';
import type { RelayProfile } from '../transport/relay-profile.ts';
import type { SendOutcome } from '../transport/transport.ts';

/** @returns null when the relay did its work, whatever it said of this copy */
export function paceOf(
  outcome: SendOutcome,
  { isFinalHop }: Pick<RelayProfile, 'isFinalHop'>,
): PacingEvent | null {
  switch (outcome.type) {
    case 'accepted':
    case 'withheld':
      return null;
    case 'broken':
    case 'unknown':
      return 'failed';
    case 'refused':
      return paceOfRefusal(outcome.refusal, isFinalHop);
  }
}

function paceOfRefusal(refusal: Refusal, isFinalHop: boolean): PacingEvent | null {
  // Before a recipient is named, nobody but the relay itself can be meant.
  const isOfRecipient = ['rcpt', 'data', 'body', 'gate', 'dot'].includes(refusal.stage);
  switch (refusal.class) {
    case 'rate':
      if (!isOfRecipient) return refusal.stage === 'mail' ? 'relay-rate' : 'failed';
      return isFinalHop || isOfProvider(refusal) ? 'lane-rate' : 'relay-rate';
    case 'host':
      return refusal.code === 421 ? 'unwell' : 'failed';
    case 'authentication':
    case 'reputation':
      return isOfRecipient ? 'verdict' : 'failed';
    default:
      return isOfRecipient || refusal.stage === 'mail' ? null : 'failed';
  }
}

/** Marks that only mailbox providers use: NetEase, QQ, Yahoo, Gmail and Microsoft; a relay passes them on. */
const providerMarks =
  /\b(HL|MI|RP):[A-Z]{3}\b|\[(TSS?|GL)\d\d|[45]\.7\.(28|5\d\d|6\d\d|7\d\d)\b|frequency (is )?limited/i;

function isOfProvider({ reply }: Refusal): boolean {
  return providerMarks.test(reply);
}
