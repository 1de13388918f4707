/** Nothing is shared between test files but the rule that a redis-server must be there. */
import { spawnSync } from 'node:child_process';

export default function setup(): void {
  const found = spawnSync('redis-server', ['--version']);
  if (found.error) throw new Error('redis-server is not on PATH: run `npm test`, whose set-up installs it');
}
