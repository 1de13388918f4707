/** `npm start` from outside: mails in the inbox, pages that work, and no process left behind. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkplace, type RunningProgram, type Workplace } from '../helpers/program.ts';
import { type SmtpSink, startSmtpSink } from '../helpers/smtp-sink.ts';

interface Mail {
  readonly id: string;
  readonly to: readonly string[] | string;
  readonly subject: string;
}

let place: Workplace;
let sink: SmtpSink;
let demo: RunningProgram;
let url: string;

async function startDemo(): Promise<string> {
  demo = place.start(['demo']);
  await demo.shows('Ctrl-C stops everything');
  return /http:\/\/127\.0\.0\.1:\d+/.exec(demo.talk().stderr)?.[0] ?? '';
}

async function stopDemo(): Promise<void> {
  demo.child.kill('SIGINT');
  expect((await demo.ended).status).toBe(0);
}

async function mails(): Promise<readonly Mail[]> {
  const { mails: found } = (await (await fetch(`${url}/api/inbox?limit=100`)).json()) as { mails: Mail[] };
  return found;
}

/** The demo sends as soon as it has started; its inbox is asked until all copies are there. */
async function untilMails(count: number): Promise<readonly Mail[]> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const found = await mails();
    if (found.length >= count) return found;
    if (Date.now() > deadline) throw new Error(`only ${found.length} of ${count} mails came`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

beforeAll(async () => {
  sink = await startSmtpSink();
  place = await createWorkplace({ REDIS_URL: 'redis://127.0.0.1:1', SMTP_URL: sink.url });
  url = await startDemo();
});

afterAll(async () => {
  demo?.child.kill('SIGKILL');
  await sink?.stop();
  await place?.remove();
});

describe('the demo', () => {
  it('fills its inbox with one mail for each reader and newsletter, and touches no other server', async () => {
    const found = await untilMails(19);
    expect(found).toHaveLength(19);
    expect((await sink.stats()).connections).toBe(0);
  });

  it('gives two readers different mails of the same day', async () => {
    const subjects = (await mails())
      .filter(({ subject }) => subject.includes('AI 日报'))
      .map(({ subject }) => subject);
    expect(new Set(subjects).size).toBeGreaterThan(1);
  });

  it('lets a reader leave with one click, from the link in the mail', async () => {
    const [mail] = (await mails()).filter(({ to }) => String(to).includes('lin.lan'));
    const source = await (await fetch(`${url}/inbox/${mail?.id}/raw`)).text();
    const link = /List-Unsubscribe: <([^>]+)>/.exec(source)?.[1] ?? '';
    expect((await fetch(link)).status).toBe(200);
    const left = await fetch(link, {
      method: 'POST',
      body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
    });
    expect(left.status).toBe(200);
    expect(await (await fetch(link)).text()).toMatch(/已退订|unsubscribed/i);
  });

  it('sends nothing again when it is started a second time, and keeps the mails', async () => {
    await stopDemo();
    url = await startDemo();
    expect(await mails()).toHaveLength(19);
  });

  it('leaves no process behind', async () => {
    await stopDemo();
    const folder = join(place.folder, 'data', 'demo');
    const { stdout } = spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
    expect(stdout.split('\n').filter((line) => line.includes(folder))).toEqual([]);
    const left = spawnSync('sh', ['-c', 'for p in /proc/[0-9]*; do readlink "$p/cwd"; done'], {
      encoding: 'utf8',
    });
    expect(left.stdout.split('\n').filter((cwd) => cwd.startsWith(place.folder))).toEqual([]);
  });
});
