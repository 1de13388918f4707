/** Where an edition's stories stand in the digest that was compiled. */
import { PaperboyError } from '../core/errors.ts';
import type { Digest } from '../digest/digest.ts';
import type { Edition } from '../edition/edition.ts';
import { type IssueTemplate, type Places, storyKey } from './issue-template.ts';

export interface PlacedCategory {
  /** Of the category in the digest. */
  readonly index: number;
  /** Of the edition's stories in that category, in order; never empty. */
  readonly stories: readonly PlacedStory[];
}

export interface PlacedStory {
  readonly position: number;
  readonly key: string;
}

/** The places of all stories, by `storyKey`. */
export function placesOf(digest: Digest): Places {
  return new Map(
    digest.categories.flatMap(({ stories }, index) =>
      stories.map((story, position) => [storyKey(story), { index, position }] as const),
    ),
  );
}

/** @throws PaperboyError `render-failed` for a story that the issue was not prepared with */
export function placedCategories({ places }: IssueTemplate, edition: Edition): readonly PlacedCategory[] {
  return edition.categories.map(({ stories }) => {
    const placed = stories.map((story) => {
      const key = storyKey(story);
      const place = places.get(key);
      if (place === undefined) throw foreign(edition, story.title);
      return { ...place, key };
    });
    return { index: placed[0]?.index ?? 0, stories: placed };
  });
}

function foreign({ id }: Edition, title: string): PaperboyError {
  return new PaperboyError(
    'render-failed',
    `edition ${id} holds the story “${title}”, which the prepared issue lacks`,
    { hint: 'Plan the edition from the digest that the issue was prepared with.' },
  );
}
