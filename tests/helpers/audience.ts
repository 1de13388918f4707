/** Subscribers for end-to-end tests: random preferences, reproducible by seed. */
import { builtInTopics } from '../../src/digest/topics.ts';

export interface TestReader {
  readonly address: string;
  readonly topics: 'all' | readonly string[];
}

/** A small generator of pseudo-random numbers in [0, 1) (mulberry32), so that a failing run can be had again. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One in five wants all; the rest choose one to three topics. */
export function randomReaders(count: number, seed: number): TestReader[] {
  const random = seededRandom(seed);
  const ids = builtInTopics.map(({ id }) => id);
  return Array.from({ length: count }, (_, index) => {
    const wanted = 1 + Math.floor(random() * 3);
    const topics = new Set<string>();
    while (topics.size < wanted) topics.add(ids[Math.floor(random() * ids.length)] ?? 'other');
    return { address: `reader-${index + 1}@readers.example`, topics: random() < 0.2 ? 'all' : [...topics] };
  });
}

export function readersCsv(readers: readonly TestReader[], newsletter: string): string {
  const rows = readers.map(
    ({ address, topics }) => `${address},${newsletter},${topics === 'all' ? 'all' : topics.join('|')}`,
  );
  return `${['email,newsletters,topics', ...rows].join('\n')}\n`;
}
