/** A subscriber for people to read. */
import type { Subscriber } from '../../subscribers/subscriber.ts';
import { describeSubscriber } from '../../subscribers/subscriber-json.ts';

/** One line for each thing known. */
export function subscriberText(subscriber: Subscriber): string {
  const { sid, address, name, state, topics, frequency, format, language, timezone, hour } = subscriber;
  const { consent, memberships } = describeSubscriber(subscriber);
  const lines: readonly (readonly [string, string])[] = [
    ['address', address],
    ['name', name],
    ['sid', String(sid)],
    ['state', state],
    ...Object.entries(memberships).map(
      ([newsletter, membership]) => [newsletter, `${membership.state} since ${membership.since}`] as const,
    ),
    ['topics', topics === 'all' ? 'all' : topics.join(', ')],
    ['frequency', `${frequency}, at ${hour}:00 ${timezone}`],
    ['format', format],
    ['language', language],
    ['consent', consent ?? 'none on record'],
  ];
  return lines.map(([label, value]) => `${label.padEnd(12)}${value}`.trimEnd()).join('\n');
}
