/** The demo's desk: example readers in the real store, and the mail each of them would get next. */

import type { SubscriberStore } from '../../subscribers/store.ts';
import type { Subscriber } from '../../subscribers/subscriber.ts';
import { storiesOf } from '../digest/digest.ts';
import type { IssueTemplate } from '../render/issue-template.ts';
import type { SlotValues } from '../render/rendered-edition.ts';
import type { DemoDesk } from './demo-desk.ts';
import { renderChoice } from './preview-editions.ts';

export interface DemoDeskDeps {
  readonly subscribers: Pick<SubscriberStore, 'findByAddress' | 'findByPublicId' | 'changePreferences'>;
  /** Addresses of the readers who are shown, in order. */
  readonly addresses: readonly string[];
  /** The issue of which the next mail is made. */
  readonly template: IssueTemplate;
  readonly links: SlotValues;
}

export function createDemoDesk({ subscribers, addresses, template, links }: DemoDeskDeps): DemoDesk {
  const find = async (publicId: string): Promise<Subscriber | null> => {
    const subscriber = await subscribers.findByPublicId(publicId);
    return subscriber && addresses.includes(subscriber.address) ? subscriber : null;
  };
  return {
    readers: async () => {
      const found = await Promise.all(addresses.map((address) => subscribers.findByAddress(address)));
      return found.flatMap((reader) =>
        reader === null
          ? []
          : [{ id: reader.publicId, name: reader.name, address: reader.address, topics: reader.topics }],
      );
    },
    storiesByTopic: async () => {
      const counts: Record<string, number> = {};
      for (const topic of storiesOf(template.digest).flatMap((story) => story.topics)) {
        counts[topic] = (counts[topic] ?? 0) + 1;
      }
      return counts;
    },
    setTopics: async (readerId, topics) => {
      const reader = await find(readerId);
      if (reader) await subscribers.changePreferences(reader.sid, { topics });
    },
    nextMail: async (readerId) => {
      const reader = await find(readerId);
      return reader && renderChoice(template, reader.topics, links);
    },
  };
}
