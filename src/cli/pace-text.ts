/** Relays and lanes whose pace is worth a word, for people: a line each. */
import type { LaneState, PacingState, RelayState } from '../pacing/read-pacing.ts';

export function paceLines({ relays, lanes }: PacingState): string[] {
  return [...relays.filter(isNotable).map(relayLine), ...lanes.map(laneLine)];
}

function isNotable({ state, perMinute }: RelayState): boolean {
  return state !== 'closed' || perMinute !== undefined;
}

function relayLine({ relay, state, perMinute, heldUntil }: RelayState): string {
  const breaker = heldUntil
    ? `left alone until ${heldUntil}`
    : state === 'trial'
      ? 'is being tried again'
      : '';
  return `relay ${relay}: ${[breaker, rateText(perMinute)].filter(Boolean).join(', ')}`;
}

const reasons: Readonly<Record<LaneState['reason'], string>> = {
  configured: 'as configured',
  rate: 'told that we are too fast',
  verdict: 'refused for what it thinks of us',
};

function laneLine({ lane, perMinute, heldUntil, reason }: LaneState): string {
  const held = heldUntil ? `held until ${heldUntil}` : '';
  return `lane ${lane}: ${[held, rateText(perMinute)].filter(Boolean).join(', ')} (${reasons[reason]})`;
}

function rateText(perMinute: number | undefined): string {
  return perMinute === undefined ? '' : `${perMinute} a minute`;
}
