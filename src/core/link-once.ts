/** Giving a file its name when nobody else has. */
import { linkSync } from 'node:fs';

/** link(2) never replaces: of several processes one wins, and nobody sees half a file. @returns false for all others */
export function linkOnce(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
