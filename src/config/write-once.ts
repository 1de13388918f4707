/** A file that is made once: whole or not at all, by one process only. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { randomId } from '../core/ids.ts';
import { linkOnce } from '../core/link-once.ts';

/**
 * Only its owner may read the file.
 * @returns false when it is there already; it is then left as it is
 */
export function writeOnce(path: string, text: string): boolean {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomId(4)}`;
  writeFileSync(draft, text, { mode: 0o600, flag: 'wx', flush: true });
  try {
    return linkOnce(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
}
