/** The relay of a chaos run, in a process of its own: what it recorded owes nothing to the sender's state. */
import { type Counted, type CountingSinkOptions, startCountingSink } from '../inbox/counting-sink.ts';

export type SinkQuestion = { readonly id: number; readonly what: 'count' | 'record' };
export type SinkAnswer =
  | { readonly url: string }
  | { readonly id: number; readonly count: number }
  | { readonly id: number; readonly record: readonly Counted[] };

const sink = await startCountingSink(JSON.parse(process.argv[2] ?? '') as CountingSinkOptions);
const say = (answer: SinkAnswer): void => void process.send?.(answer);
process.on('message', ({ id, what }: SinkQuestion) =>
  say(what === 'count' ? { id, count: sink.record.length } : { id, record: sink.record }),
);
// What reaches the whole group of processes is for who started us: while there are senders, they have somebody to send to.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.exit(0));
say({ url: sink.url });
