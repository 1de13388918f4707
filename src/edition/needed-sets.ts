/** Which preference sets a preflight looks at: every edition that somebody gets, and every one that a choice can make. */
import type { PreferenceSet } from '../../subscribers/preferences.ts';
import { preferenceSetKey } from '../../subscribers/preferences.ts';
import type { TopicId } from '../digest/digest.ts';

/** `all`, every single topic, then every set held by a subscriber; each once, in this order. */
export function preferenceSetsToCheck(
  topics: readonly TopicId[],
  held: readonly PreferenceSet[],
): readonly PreferenceSet[] {
  const sets: readonly PreferenceSet[] = [
    { format: 'html', topics: 'all' },
    ...topics.map((topic): PreferenceSet => ({ format: 'html', topics: [topic] })),
    ...held,
  ];
  const byKey = new Map<string, PreferenceSet>();
  for (const set of sets) {
    const key = preferenceSetKey(set);
    if (!byKey.has(key)) byKey.set(key, set);
  }
  return [...byKey.values()];
}
