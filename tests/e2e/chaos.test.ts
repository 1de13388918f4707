/** `paperboy demo chaos --json`, and the same by the buttons of the page, judged from outside. */
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkplace, type RunningProgram, type Workplace } from '../helpers/program.ts';

interface Report {
  readonly recipients: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly record: { readonly copies: number; readonly recipients: number };
  readonly duplicates: number;
  readonly lost: number;
  readonly uncertain: number;
  readonly uncertainArrived: number;
  readonly workerKills: number;
  readonly redisKills: number;
  readonly unsubscribed: number;
  readonly verify: { readonly gaps: readonly object[] };
}

let place: Workplace;
beforeAll(async () => {
  place = await createWorkplace();
});
afterAll(() => place.remove());

/** Of the chaos runs: their Redis and their workers run in, or were told of, a folder of that name. */
function leftovers(): string[] {
  const { stdout } = spawnSync('sh', ['-c', 'for p in /proc/[0-9]*; do readlink "$p/cwd"; done'], {
    encoding: 'utf8',
  });
  return stdout.split('\n').filter((cwd) => cwd.startsWith(place.folder));
}

describe('demo chaos', () => {
  it('sends through kills of workers and Redis: nobody twice, nobody lost', async () => {
    const { status, data } = await place.json<Report>(['demo', 'chaos', '--messages', '300']);
    expect(data).toMatchObject({ recipients: 300, duplicates: 0, lost: 0, workerKills: 3, redisKills: 1 });
    expect(data.verify.gaps).toEqual([]);
    expect(data.record.copies).toBe(data.record.recipients);
    expect(data.record.copies).toBe((data.counts.accepted ?? 0) + data.uncertainArrived);
    expect(data.uncertain).toBe(data.counts.uncertain);
    expect(data.unsubscribed).toBe(1);
    expect(status).toBe(0);
    expect(leftovers()).toEqual([]);
  }, 120_000);

  it('says what it expects of its options', async () => {
    const { status, stdout } = await place.run(['demo', 'chaos', '--json', '--messages', 'many']);
    expect(status).toBe(2);
    expect(JSON.parse(stdout).error.message).toContain('expected a whole number');
  });
});

describe('the chaos page', () => {
  let demo: RunningProgram;
  afterAll(() => demo?.child.kill('SIGKILL'));

  it('runs a send that its buttons disturb, and the demo ends with it under way', async () => {
    demo = place.start(['demo']);
    await demo.shows('Ctrl-C stops everything');
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(demo.talk().stderr)?.[0] ?? '';
    const page = async () => await (await fetch(`${url}/chaos`)).text();
    const until = async (text: string | RegExp) => {
      while (!(await page()).match(text)) await new Promise((resolve) => setTimeout(resolve, 100));
    };
    const press = async (action: string) => {
      const answer = await fetch(`${url}/chaos/${action}`, { method: 'POST', headers: { Origin: url } });
      expect(answer.status).toBe(200);
    };
    await press('start');
    await until('action="/chaos/kill-worker"');
    await press('kill-worker');
    await until('happening-worker-back');
    await press('kill-redis');
    await until('happening-redis-back');
    await press('unsubscribe');
    await until('happening-left');
    await press('pause');
    await until('action="/chaos/resume"');
    demo.child.kill('SIGINT');
    expect((await demo.ended).status).toBe(0);
    expect(leftovers()).toEqual([]);
  }, 120_000);
});
