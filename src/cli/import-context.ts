/** What rows of an import may name, and what their empty cells mean, from the configuration. */
import type { RowContext } from '../../subscribers/import-row.ts';
import type { Config } from '../config/config.ts';
import { PaperboyError } from '../core/errors.ts';
import { topicsOf } from '../delivery/newsletter.ts';

/** @throws PaperboyError `usage` for a consent that says nothing, as an unset variable of a shell makes it */
export function importContext(config: Config, consent: string | undefined): RowContext {
  if (consent?.trim() === '') {
    throw new PaperboyError('usage', '--consent: found nothing, expected what the subscribers agreed to', {
      hint: 'without --consent newcomers are pending and get no mail',
    });
  }
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
