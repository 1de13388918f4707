/** Output into a pipe that is closed before its end, as by `| head -1`. */
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRunFile } from '../../src/redis/run-file.ts';
import { createWorkplace, type Workplace } from '../helpers/program.ts';

let place: Workplace;

beforeAll(async () => {
  place = await createWorkplace();
  // More than a pipe holds, which is 64 KB.
  const rows = Array.from({ length: 4_000 }, (_, n) => `reader-${n}@readers.example,ai-daily,all`);
  await place.write('readers.csv', `email,newsletters,topics\n${rows.join('\n')}\n`);
  await place.json(['subscribers', 'import', 'readers.csv', '--consent', 'a test']);
});
afterAll(async () => {
  await place.remove();
});

describe('a reader of the output who stops reading', () => {
  it.each(['export', 'list'])('is no failure for subscribers %s, which stops its Redis', async (command) => {
    const { child, ended } = place.start(['subscribers', command]);
    if (child.stdout) await once(child.stdout, 'data');
    child.stdout?.destroy();
    const { status, stderr } = await ended;
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(await readRunFile(join(place.folder, 'data'))).toEqual({});
  });

  it('of serve’s talk keeps it from nothing, least of all from a good end', async () => {
    const serve = place.start(['serve']);
    await serve.shows('Ctrl-C stops');
    serve.child.stderr?.destroy();
    serve.child.kill('SIGTERM');
    expect((await serve.ended).status).toBe(0);
    expect(await readRunFile(join(place.folder, 'data'))).toEqual({});
  });
});
