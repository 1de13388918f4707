/** Questions to whoever sits at the terminal. */
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { PaperboyError } from '../core/errors.ts';
import { type Io, say } from './frame.ts';

/**
 * Asks on a terminal; elsewhere --yes is needed.
 * @throws PaperboyError `usage` where nobody can be asked, `interrupted` unless the answer is yes
 */
export async function demandYes(io: Io, yes: boolean | undefined, question: string): Promise<void> {
  if (yes) return;
  if (!io.canAsk) throw new PaperboyError('usage', `${question} Say so with --yes.`);
  const answer = await ask(io, `${question} [y/N] `);
  if (answer === null) {
    // The cursor still stands behind the question.
    say(io, '');
    throw new PaperboyError('interrupted', 'the question was not answered: nothing was changed');
  }
  if (!/^y/i.test(answer.trim())) throw new PaperboyError('interrupted', 'nothing was changed');
}

/** Null when there is no answer: Ctrl-D, Ctrl-C, or told to stop. */
async function ask(io: Io, question: string): Promise<string | null> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  // Ctrl-D and Ctrl-C reject the question. Where the input ends by itself the prompt closes, and its question never settles.
  const closed = once(prompt, 'close').then(() => null);
  try {
    const answered = prompt.question(question, { signal: io.signal });
    return await Promise.race([closed, answered.catch(nullIfAborted)]);
  } finally {
    prompt.close();
  }
}

function nullIfAborted(error: Error): null {
  if (error.name === 'AbortError') return null;
  throw error;
}
