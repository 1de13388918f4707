/** Who uses the private Redis of a data folder: a file for each join, so that the last one out can stop the server. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomId } from '../core/ids.ts';
import { isRunning, markOf } from './process-mark.ts';

/** Call under the folder's lock. @returns the path of the file, for `leave` */
export function enter(dataDir: string): string {
  mkdirSync(join(dataDir, 'joined'), { recursive: true, mode: 0o700 });
  const path = join(dataDir, 'joined', `${process.pid}-${randomId(4)}`);
  writeFileSync(path, markOf(process.pid) ?? '');
  return path;
}

/** Call under the folder's lock. @returns how many are still in, the dead not counted */
export function leave(dataDir: string, path: string): number {
  rmSync(path, { force: true });
  return countJoined(dataDir);
}

/** Call under the folder's lock; forgets those who died without leaving. */
function countJoined(dataDir: string): number {
  const folder = join(dataDir, 'joined');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return readdirSync(folder).filter((name) => {
    const path = join(folder, name);
    const isAlive = isRunning(Number.parseInt(name, 10), readFileSync(path, 'utf8'));
    if (!isAlive) rmSync(path, { force: true });
    return isAlive;
  }).length;
}
