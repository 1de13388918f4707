/**
 * What a part of a mail gives up when it would be clipped, one rung after the other and each from the least story up: its
 * backgrounds; then all of a story but title and source; then the deep dive and the trends; then whole stories. The
 * further down a story stands in its category the less it is, and of two equals that of the later category.
 */
import { givenPrefix, isSlotName } from './assemble.ts';
import type { Part } from './marks.ts';
import type { PlacedCategory } from './placed.ts';
import { usualSlotBytes } from './size.ts';

export interface Shortened {
  /** Keys of the blocks still shown. */
  readonly shown: ReadonlySet<string>;
  /** How many stories each category lost, by its index; only those that lost one. */
  readonly lost: ReadonlyMap<number, number>;
  /** How many they lost together. */
  readonly stories: number;
}

/** What the sentence needs that tells of something missing, in any language. */
const sentenceBytes = 120;

/** UTF-8 bytes of each block, by key, without blocks and values inside it, with links of usual length. */
export function weightsOf(parts: readonly Part[]): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  const weigh = (inside: readonly Part[]): number =>
    inside.reduce((sum, part) => {
      if (typeof part === 'string') return sum + Buffer.byteLength(part, 'utf8');
      if ('value' in part) return sum + (isSlotName(part.value) ? usualSlotBytes : 0);
      const weight = weigh(part.parts);
      if (part.block.startsWith(givenPrefix)) return sum + weight;
      weights.set(part.block, weight);
      return sum;
    }, 0);
  weigh(parts);
  return weights;
}

/**
 * The blocks still shown after giving up at least `excess` bytes, or all but the first story.
 * @param excess bytes that the assembled mail is too long by
 */
export function withinBudget(
  weights: ReadonlyMap<string, number>,
  shown: ReadonlySet<string>,
  categories: readonly PlacedCategory[],
  excess: number,
): Shortened {
  const kept = new Set(shown);
  const lost = new Map<number, number>();
  let left = excess;
  const drop = (key: string, values = 0): void => {
    if (kept.delete(key)) left -= (weights.get(key) ?? 0) + values;
  };
  const tell = (key: string): void => {
    kept.add(key);
    left += (weights.get(key) ?? 0) + sentenceBytes;
  };
  const stories = leastFirst(categories);

  tell('rest');
  for (const key of textsOf(stories, shown)) {
    if (left <= 0) break;
    drop(key);
  }
  for (const { place, category } of stories.slice(0, -1)) {
    if (left <= 0) break;
    const before = lost.get(category.index) ?? 0;
    lost.set(category.index, before + 1);
    drop(`story.${place}`);
    if (before + 1 === category.stories.length) {
      drop(`rest.${category.index}`, sentenceBytes);
      drop(`category.${category.index}`);
    } else if (before === 0) tell(`rest.${category.index}`);
  }
  return { shown: kept, lost, stories: [...lost.values()].reduce((sum, count) => sum + count, 0) };
}

interface RankedStory {
  /** As it stands in the keys of blocks. */
  readonly place: string;
  readonly rank: number;
  readonly category: PlacedCategory;
}

function leastFirst(categories: readonly PlacedCategory[]): readonly RankedStory[] {
  return categories
    .flatMap((category) =>
      category.stories.map(({ position }, rank) => ({
        place: `${category.index}.${position}`,
        rank,
        category,
      })),
    )
    .sort((a, b) => b.rank - a.rank || b.category.index - a.category.index);
}

/** Keys of what can go without a story going, in this order. */
function textsOf(stories: readonly RankedStory[], shown: ReadonlySet<string>): readonly string[] {
  return [
    ...stories.map(({ place }) => `background.${place}`),
    ...stories.map(({ place }) => `body.${place}`),
    ...[...shown].filter((key) => key.startsWith('analysis.')).reverse(),
    'analyses',
    'trends',
  ];
}
