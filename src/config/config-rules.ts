/** The rules of newsletter.yaml that look at several of its values together. */

import type { TopicConfig } from './config.ts';
import { pathText } from './config-problems.ts';
import type { ConfigFile } from './config-schema.ts';
import type { YamlPath } from './yaml-source.ts';

export interface BrokenRule {
  readonly path: YamlPath;
  readonly message: string;
}

/** The topic of stories that no alias matches; every table has it. */
const otherTopic: TopicConfig = { id: 'other', name: { zh: '其他', en: 'Other' }, aliases: [] };

export function brokenRules(file: ConfigFile): BrokenRule[] {
  return [
    ...repeated(
      'newsletter id',
      file.newsletters.map(({ id }, i) => ({ value: id, path: ['newsletters', i, 'id'] })),
    ),
    ...repeated(
      'lane',
      file.sending.lanes.flatMap(({ id }, i) =>
        id === undefined ? [] : [{ value: id, path: ['sending', 'lanes', i, 'id'] }],
      ),
    ),
    ...repeated(
      'domain',
      file.sending.lanes.flatMap(({ domains }, i) =>
        domains.map((value, j) => ({ value, path: ['sending', 'lanes', i, 'domains', j] })),
      ),
    ),
    ...repeated(
      'relay',
      file.sending.relays.map(({ url }, i) => ({ value: url, path: ['sending', 'relays', i, 'url'] })),
    ),
    ...repeated(
      'topic id',
      file.topics.map(({ id }, i) => ({ value: id, path: ['topics', i, 'id'] })),
    ),
    ...repeated(
      'alias',
      file.topics.flatMap(({ aliases }, i) =>
        aliases.map((value, j) => ({ value, path: ['topics', i, 'aliases', j] })),
      ),
    ),
  ];
}

/** A table without `other` gets it; an empty one stays empty, which means the built-in table. */
export function withOtherTopic(topics: readonly TopicConfig[]): readonly TopicConfig[] {
  if (topics.length === 0 || topics.some(({ id }) => id === otherTopic.id)) return topics;
  return [...topics, otherTopic];
}

interface Placed {
  readonly value: string;
  readonly path: YamlPath;
}

function repeated(what: string, placed: readonly Placed[]): BrokenRule[] {
  const first = new Map<string, Placed>();
  return placed.flatMap((entry) => {
    // Stories are matched on an NFKC copy without regard to case, so that is how two names are the same.
    const key = entry.value.normalize('NFKC').toLowerCase();
    const earlier = first.get(key);
    first.set(key, earlier ?? entry);
    if (earlier === undefined) return [];
    const message = `${pathText(entry.path)}: the ${what} "${entry.value}" is already taken by ${pathText(earlier.path)}`;
    return [{ path: entry.path, message }];
  });
}
