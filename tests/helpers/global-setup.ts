/** Before all tests: what a newcomer's set-up does, so that the built program under test is the source under test. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../../src/core/package-root.ts';

export default function setup(): void {
  const script = join(packageRoot(), 'scripts', 'setup.mjs');
  const { status } = spawnSync(process.execPath, [script, '--build', '--quiet'], { stdio: 'inherit' });
  if (status !== 0) throw new Error('the set-up failed');
}
