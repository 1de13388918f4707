/** Makes a Redis forget the last of what it wrote: its server is stopped, its file is cut, and it is started again. */
import { readdir, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestRedis } from '../helpers/redis.ts';

/** Of its append-only file, in bytes. */
export async function writtenSoFar(redis: TestRedis): Promise<number> {
  return (await stat(await incrementalFile(join(redis.folder, 'appendonlydir')))).size;
}

/**
 * kill -9, then so many bytes less at the end of its append-only file.
 * @param keep what was written up to there is left alone
 */
export async function forgetTail(redis: TestRedis, bytes: number, keep: number): Promise<void> {
  await redis.crash();
  const path = await incrementalFile(join(redis.folder, 'appendonlydir'));
  const { size } = await stat(path);
  await truncate(path, Math.max(keep, size - bytes));
  await redis.restart();
}

async function incrementalFile(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.incr.aof')).sort();
  const last = names.at(-1);
  if (last === undefined) throw new Error(`${folder} has no append-only file`);
  return join(folder, last);
}
