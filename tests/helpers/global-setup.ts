/** Nothing is shared between test files but two things that must be there: a redis-server and the built program. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/core/package-root.ts';

export default function setup(): void {
  if (spawnSync('redis-server', ['--version']).error) {
    throw new Error('redis-server is not on PATH: run `npm test`, whose set-up installs it');
  }
  if (!existsSync(join(packageRoot(), 'dist')))
    throw new Error('run `npm run build` first: tests run the built program');
}
