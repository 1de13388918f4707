/** `paperboy topics`: what readers may choose, and how many did. */
import type { Command } from 'commander';
import { topicsOf } from '../delivery/newsletter.ts';
import { action, type CommonOptions, common, type Io, type Run } from './frame.ts';
import { table } from './table.ts';
import { withApp } from './with-app.ts';

export function addTopics(program: Command, io: Io, run: Run): void {
  const command = program
    .command('topics')
    .description('the topic table, and how many subscribers chose each');
  common(command, ['topics', 'topics --json']).action(
    action<CommonOptions, []>(io, run, (options) =>
      withApp(io, options, async (app) => {
        const { all, chosen } = await app.subscribers.topicCounts();
        const topics = topicsOf(app.config).map(({ id, name }) => ({
          id,
          name,
          subscribers: all + (chosen.get(id) ?? 0),
        }));
        const rows = topics.map(({ id, name, subscribers }) => [id, name.zh, name.en, String(subscribers)]);
        return { data: topics, text: table(['topic', '中文', 'English', '>subscribers'], rows) };
      }),
    ),
  );
}
