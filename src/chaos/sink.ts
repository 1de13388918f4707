/** The handle of a chaos run's relay: where it listens, and what it says it has recorded. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { PaperboyError } from '../core/errors.ts';
import type { Counted, CountingSinkOptions } from '../inbox/counting-sink.ts';
import type { SinkAnswer } from './sink-process.ts';

/** Questions to a sink that has ended reject. */
export interface ChaosSink {
  readonly url: string;
  /** Copies that arrived so far. */
  count(): Promise<number>;
  record(): Promise<readonly Counted[]>;
  close(): Promise<void>;
}

export async function startChaosSink(options: CountingSinkOptions): Promise<ChaosSink> {
  const program = fileURLToPath(new URL('./sink-process.js', import.meta.url));
  const child = fork(program, [JSON.stringify(options)], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const waiting = new Map<number, (answer: SinkAnswer | null) => void>();
  // Without a listener a question that cannot be sent would end this process.
  child.on('error', () => {});
  let lastId = 0;
  const [first] = (await Promise.race([once(child, 'message'), ended])) as [SinkAnswer | number];
  if (typeof first !== 'object' || !('url' in first)) throw new Error(`the sink ended (${first})`);
  child.on('message', (answer: SinkAnswer) => {
    if (!('id' in answer)) return;
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  child.once('exit', () => {
    for (const answer of waiting.values()) answer(null);
    waiting.clear();
  });
  const ask = (what: 'count' | 'record'): Promise<SinkAnswer> =>
    new Promise((resolve, reject) => {
      const id = ++lastId;
      const gone = () => reject(new PaperboyError('internal', 'the relay of the chaos run has ended'));
      waiting.set(id, (answer) => (answer === null ? gone() : resolve(answer)));
      if (child.connected) child.send({ id, what }, (error) => error && gone());
      else gone();
    });
  return {
    url: first.url,
    count: async () => {
      const answer = await ask('count');
      return 'count' in answer ? answer.count : 0;
    },
    record: async () => {
      const answer = await ask('record');
      return 'record' in answer ? answer.record : [];
    },
    close: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
