/** What every command says that cannot write a file. */
import { PaperboyError } from '../core/errors.ts';

/** @param name of the file, as the operator gave it */
export function unwritable(name: string, cause: unknown, hint?: string): PaperboyError {
  return new PaperboyError('file-unwritable', `${name} cannot be written: ${(cause as Error).message}`, {
    cause,
    ...(hint === undefined ? {} : { hint }),
  });
}
