/** What the runs send: small, because it is not the rendering that is tried. */
import type { Digest } from '../../src/digest/digest.ts';
import { builtInTopics } from '../../src/digest/topics.ts';
import type { Schedule } from './schedule.ts';

/** Of the first and the second content of an issue, and of its correction. */
export const subjects = ['The first content', 'The second content', 'The correction'] as const;

/** Has nothing for the topic `other`, so that some readers are skipped. */
export function digestFor({ seed }: Schedule): Digest {
  const topics = builtInTopics.map(({ id }) => id).filter((id) => id !== 'other');
  return {
    title: `Run ${seed}`,
    date: '2026-03-02',
    lang: 'en',
    format: 'markdown',
    categories: [
      {
        name: 'News',
        stories: topics.map((topic, index) => ({
          title: `A story of ${topic}`,
          summary: 'It happened.',
          highlights: [],
          sources: [{ name: 'Source', url: 'https://news.example/story' }],
          topics: [topic],
          line: index + 1,
        })),
      },
    ],
    analyses: [],
    trends: [],
  };
}
