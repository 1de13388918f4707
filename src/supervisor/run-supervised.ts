/** A process of a supervisor, seen from inside: takes its order, says that it works, and ends when it is told or alone. */
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { errorOf } from '../redis/failures.ts';
import { failureWord, type Order, type Word } from './protocol.ts';

/** What has begun, and can be told to finish what it has in hand. */
export interface Work {
  close(): Promise<void>;
}

/** Nobody waits for a relay or a Redis that does not answer. */
const drainMs = 10_000;

/**
 * The whole life of such a process: resolves never, the process ends instead.
 * @param begin what it does; what it throws is told to the supervisor
 */
export async function runSupervised<Content>(begin: (order: Content) => Promise<Work>): Promise<never> {
  const toldToStop = stopped();
  const ordered = once(process, 'message').then(([message]) => message as Order<Content>);
  const heard = await Promise.race([ordered, toldToStop]);
  if (heard === 'stop') process.exit(0);
  let isReady = false;
  const life = (async () => {
    const work = await begin(heard.order);
    isReady = true;
    await tell({ ready: true });
    await toldToStop;
    await work.close();
  })();
  void toldToStop.then(async () => {
    await setTimeout(drainMs);
    process.exit(1);
  });
  try {
    await life;
  } catch (thrown) {
    if (isReady) throw thrown;
    await tell(failureWord(errorOf(thrown)));
    process.exit(1);
  }
  process.exit(0);
}

/** Ctrl-C in a terminal reaches us as well as the supervisor; when it dies, whatever of, our channel to it closes. */
function stopped(): Promise<'stop'> {
  return new Promise((resolve) => {
    // Once: the second Ctrl-C ends at once, as Node does by itself.
    process.once('SIGINT', () => resolve('stop'));
    process.once('SIGTERM', () => resolve('stop'));
    process.once('disconnect', () => resolve('stop'));
    if (!process.connected) resolve('stop');
  });
}

/** Resolves when the word has left this process, or nobody is there to hear it. */
async function tell(word: Word): Promise<void> {
  await new Promise<void>((resolve) => {
    if (process.connected) process.send?.(word, () => resolve());
    else resolve();
  });
}
