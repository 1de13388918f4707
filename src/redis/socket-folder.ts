/** Where the socket of a private Redis lies: in the temporary folder, because the path of a socket must be short. */
import { lstatSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** unix(7): 108 bytes with the final zero; macOS and the BSDs have 104. */
const longestPath = 103;

const prefix = 'paperboy-redis-';

/**
 * Makes a folder that only its owner may enter.
 * @param before the path used last, taken again where possible: who lost that server finds the next one there
 * @param temporary folders to choose from, best first
 * @returns the path of a socket to be made in it
 */
export function makeSocketPath(before: string | undefined, temporary: readonly string[]): string {
  if (before !== undefined && isOurs(dirname(before))) return before;
  const parent = temporary.find(
    (folder) => Buffer.byteLength(join(folder, `${prefix}XXXXXX`, 'redis.sock')) <= longestPath,
  );
  return join(mkdtempSync(join(parent ?? '/tmp', prefix)), 'redis.sock');
}

/** Removes the socket and its folder. */
export function removeSocket(path: string): void {
  const folder = dirname(path);
  if (basename(folder).startsWith(prefix)) rmSync(folder, { recursive: true, force: true });
}

/** The temporary folder is everybody's: where ours is gone, someone may have made another in its place. */
function isOurs(folder: string): boolean {
  try {
    mkdirSync(folder, { mode: 0o700 });
    return true;
  } catch {
    const found = lstatSync(folder, { throwIfNoEntry: false });
    return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
  }
}
