/** What rows of an import may name, and what their empty cells mean, from the configuration. */
import type { RowContext } from '../../subscribers/import-row.ts';
import type { Config } from '../config/config.ts';
import { topicsOf } from '../delivery/newsletter.ts';

export function importContext(config: Config, consent: string | undefined): RowContext {
  return {
    topics: topicsOf(config).map(({ id }) => id),
    newsletters: config.newsletters.map(({ id }) => id),
    defaults: Object.fromEntries(
      config.newsletters.map(({ id, language, timezone, schedule }) => [
        id,
        { language, timezone, hour: schedule.hour },
      ]),
    ),
    consent,
  };
}
