/** The beginning of a run: readers, and the ways in which their issue is published. */
import type { PaperboyError } from '../../src/core/errors.ts';
import type { PublishRequest } from '../../src/delivery/publish-new.ts';
import { builtInTopics } from '../../src/digest/topics.ts';
import { untilTaken } from './again.ts';
import { subjects } from './content.ts';
import type { Rig } from './rig.ts';
import type { Change, Facts, Reader } from './run-context.ts';
import { largest, type Schedule } from './schedule.ts';
import { zones } from './second-thoughts.ts';

export async function subscribe(rig: Rig, newsletter: string, schedule: Schedule): Promise<Reader[]> {
  const { random } = schedule;
  const topics = builtInTopics.map(({ id }) => id);
  const some = (): string[] => shuffled(topics, random).slice(0, 1 + Math.floor(random() * 2));
  // A large audience is for the planner: but for so many all want what the digest has not.
  const wanting = schedule.readers > largest ? 120 : schedule.readers;
  const inputs = Array.from({ length: schedule.readers }, (_, index) => ({
    address: `${newsletter}-${index + 1}@readers.example`,
    memberships: [newsletter],
    topics: random() >= wanting / schedule.readers ? ['other'] : random() < 0.3 ? ('all' as const) : some(),
    format: random() < 0.3 ? ('text' as const) : ('html' as const),
    timezone: zones[Math.floor(random() * zones.length)] ?? 'UTC',
    hour: 5 + Math.floor(random() * 4),
    state: 'active' as const,
    consent: 'a test',
  }));
  const results = [];
  for (let at = 0; at < inputs.length; at += 500) {
    results.push(...(await rig.operators[0].subscribers.upsertMany(inputs.slice(at, at + 500))));
  }
  return results.map((result) => {
    if (result.outcome === 'refused') throw new Error('a reader could not subscribe');
    return { sid: result.subscriber.sid, address: result.subscriber.address };
  });
}

export interface Desk {
  /** Publishes the issue, as some runs do twice at once. */
  publish(isTwice: boolean): Promise<void>;
  publishAgain(): Promise<boolean>;
  /** @returns false when there was nothing to change any more */
  change(how: Change): Promise<boolean>;
}

export function openDesk({ product, operators }: Rig, request: PublishRequest, facts: Facts): Desk {
  const publishAgain = async (): Promise<boolean> => {
    try {
      return (await untilTaken(() => product.publish.publish(operators[1], request))).created;
    } catch (error) {
      if ((error as PaperboyError).code === 'issue-differs') return false;
      throw error;
    }
  };
  return {
    publishAgain,
    publish: async (isTwice) => {
      const first = product.publish.publish(operators[0], request);
      const again = isTwice ? publishAgain() : Promise.resolve(false);
      const [{ created }, createdAgain] = await Promise.all([first, again]);
      if (created === createdAgain)
        facts.violations.add('two sends at once made the issue twice, or not at all');
      await untilTaken(() => product.sweep.wakeDue(operators[0]));
    },
    change: async (how) => {
      const changed = { ...request, subject: subjects[how === 'revise' ? 1 : 2], change: how } as const;
      try {
        // A correction is asked for twice: it is one all the same.
        const asked = how === 'correct' ? [operators[0], operators[1]] : [operators[1]];
        const made = await Promise.all(
          asked.map((each) => untilTaken(() => product.publish.publish(each, changed))),
        );
        const ids = new Set(made.map(({ issue }) => issue));
        if (how === 'revise') return true;
        for (const id of ids) facts.corrections.add(id);
        if (ids.size !== 1) facts.violations.add(`one correction became ${[...ids].join(' and ')}`);
        await untilTaken(() => product.sweep.wakeDue(operators[0]));
        return true;
      } catch (error) {
        if ((error as PaperboyError).code === 'issue-phase') return false;
        throw error;
      }
    },
  };
}

export function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  return items
    .map((item) => ({ item, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
