/** No story twice, from outside: two days' digests sent, and what the SMTP server received on the second. */
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkplace, type Workplace } from '../helpers/program.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { type SmtpSink, startSmtpSink } from '../helpers/smtp-sink.ts';

const launch = '海燕三号火箭完成第十次回收';
const relay = '月面通信中继星进入工作轨道';
const model = '云杉实验室开源小型语言模型';
const paper = '芯片散热白皮书今日发布';

const story = (title: string, text: string, path: string) =>
  `### ${title}\n\n${text}\n\n来源：[样例社](https://news.example/${path})\n\n`;

const monday = `# 晨报 (2026-03-02)\n\n## 航天\n\n${story(launch, '整流罩同时回收。', 'launch')}${story(relay, '时延低于三秒。', 'relay')}`;

/** The launch comes back under another title, the satellite as an update. */
const tuesday = `# 晨报 (2026-03-03)

## 航天

${story('一箭十用：第十次回收成功', '昨天的新闻。', 'launch?utm_source=daily')}${story(`更新：${relay}`, '首次转发完成。', 'relay')}
## 模型

${story(model, '三十亿参数。', 'model')}${story(paper, '液冷成本减半。', 'paper')}`;

let redis: TestRedis;
let sink: SmtpSink;
let place: Workplace;

beforeAll(async () => {
  [redis, sink] = await Promise.all([startTestRedis(), startSmtpSink({ keep: 'raw' })]);
  place = await createWorkplace({ REDIS_URL: redis.url, SMTP_URL: sink.url });
  await place.json(['init', '--config', 'unused.yaml']);
  Object.assign(place.env, { KEYRING: join(place.folder, 'data', 'keyring.json') });
  await place.write(
    'readers.csv',
    'email,newsletters,topics,frequency\nall@readers.example,ai-daily,all,daily\nmodels@readers.example,ai-daily,models,\nweekly@readers.example,ai-daily,all,weekly\n',
  );
  await place.json(['subscribers', 'import', 'readers.csv', '--consent', 'a test']);
  await place.write('monday.md', monday);
  await place.write('tuesday.md', tuesday);
});

afterAll(async () => {
  await Promise.all([redis?.stop(), sink?.stop()]);
  await place?.remove();
});

interface Checked {
  readonly editions: readonly {
    readonly topics: unknown;
    readonly stories: number;
    readonly recipients: number | null;
    readonly subject: string;
  }[];
  readonly problems: readonly {
    readonly severity: string;
    readonly rule: string;
    readonly message: string;
  }[];
}

const send = (file: string, ...more: readonly string[]) =>
  place.json<{ issue: string; repeats?: number; error?: { code: string } }>([
    'send',
    file,
    '--newsletter',
    'ai-daily',
    '--wait',
    ...more,
  ]);

const check = (file: string, env: Readonly<Record<string, string>> = {}) =>
  place.json<Checked>(['check', file, '--newsletter', 'ai-daily'], env);

const repeatsIn = ({ problems }: Checked) => problems.filter(({ rule }) => rule === 'repeat');

async function mailsOf(
  issue: string,
): Promise<ReadonlyMap<string, { text: string; html: string; subject: string }>> {
  const mails = new Map<string, { text: string; html: string; subject: string }>();
  for (const { rcpt, raw } of await sink.record()) {
    const { text = '', html = '', subject = '', headers } = await PostalMime.parse(raw ?? '');
    if (headers.some(({ value }) => value.includes(issue))) mails.set(rcpt, { text, html, subject });
  }
  return mails;
}

describe('the second day', () => {
  let looked: Checked;

  it('follows a first that held everything', async () => {
    const { status, data, stderr } = await send('monday.md');
    expect({ status, repeats: data.repeats }, stderr).toEqual({ status: 0, repeats: 0 });
    expect((await mailsOf('ai-daily-2026-03-02')).get('all@readers.example')?.text).toContain(launch);
  });

  it('is checked: the repeat is named, and every edition is as it will be sent', async () => {
    const { status, data } = await check('tuesday.md');
    looked = data;
    expect(status).toBe(0);
    expect(repeatsIn(data)).toEqual([
      {
        severity: 'warning',
        rule: 'repeat',
        message: expect.stringMatching(
          /^line 5: “一箭十用：第十次回收成功” was published in ai-daily-2026-03-02/,
        ),
      },
    ]);
    expect(data.editions.map(({ topics, stories }) => [topics, stories])).toContainEqual(['all', 3]);
  });

  it('reaches its readers without the repeat, with the update', async () => {
    const { status, data, stderr } = await send('tuesday.md');
    expect({ status, repeats: data.repeats }, stderr).toEqual({ status: 0, repeats: 1 });
    expect(stderr).toContain('1 story left out');
    const mails = await mailsOf('ai-daily-2026-03-03');
    const mail = mails.get('all@readers.example');
    for (const part of [mail?.text, mail?.html]) {
      expect(part).not.toContain('一箭十用');
      expect(part).not.toContain('昨天的新闻');
      for (const title of [`更新：${relay}`, model, paper]) expect(part).toContain(title);
    }
    expect(mail?.subject).toBe(looked.editions.find(({ topics }) => topics === 'all')?.subject);
  });

  it('counts for a reader of some topics only what the day really holds besides', async () => {
    const mail = (await mailsOf('ai-daily-2026-03-03')).get('models@readers.example');
    expect(mail?.text).toContain('你未选择的主题里，本期还有 1 条要闻');
  });

  it('sent again is the same issue', async () => {
    const before = (await sink.stats()).accepted;
    const { status, data } = await send('tuesday.md');
    expect({ status, data }).toMatchObject({ status: 0, data: { created: false } });
    expect((await sink.stats()).accepted).toBe(before);
  });

  it('is refused under a third date, and check says why', async () => {
    await place.write('wednesday.md', monday.replace('03-02', '03-04'));
    const { status, data } = await check('wednesday.md');
    expect(status).toBe(1);
    expect(data.problems.map(({ severity, rule }) => `${severity} ${rule}`)).toEqual(
      expect.arrayContaining(['error only-repeats', 'warning repeat']),
    );
    expect(await send('wednesday.md', '--overrule')).toMatchObject({
      status: 65,
      data: { error: { code: 'only-repeats' } },
    });
  });

  it('is checked without a word about repeats where there is no Redis', async () => {
    const folder = join(place.folder, 'elsewhere');
    const { data } = await check('tuesday.md', { REDIS_URL: '', DATA_DIR: folder });
    expect(repeatsIn(data)).toEqual([]);
    expect(data.editions.map(({ topics, stories }) => [topics, stories])).toContainEqual(['all', 4]);
  });
});

describe('the week of those days', () => {
  it('is checked as one for weekly readers: it repeats nothing', async () => {
    await place.write(
      'week.md',
      `${tuesday.replace('03-03', '03-06')}${story(launch, '整流罩同时回收。', 'launch')}`,
    );
    const { status, data } = await place.json<Checked>([
      'check',
      'week.md',
      '--newsletter',
      'ai-daily',
      '--weekly',
    ]);
    expect({ status, repeats: repeatsIn(data) }).toEqual({ status: 0, repeats: [] });
    expect(data.editions.find(({ topics }) => topics === 'all')?.recipients).toBe(1);
  });

  it('is test-sent whole; as a daily issue nothing would be left of it', async () => {
    const args = ['test-send', 'week.md', '--newsletter', 'ai-daily', '--to', 'me@test.example'];
    const daily = await place.json<{ error: { message: string } }>(args);
    expect([daily.status, daily.stderr]).toEqual([1, expect.stringContaining('only-repeats')]);
    expect((await place.json([...args, '--weekly'])).status).toBe(0);
    const [copy, ...others] = (await sink.record()).filter(({ rcpt }) => rcpt === 'me@test.example');
    expect(others).toEqual([]);
    const { text } = await PostalMime.parse(copy?.raw ?? '');
    for (const title of [launch, model, paper]) expect(text).toContain(title);
  });

  it('is counted, then goes whole to the weekly reader alone, who had no daily mail', async () => {
    for (const day of ['ai-daily-2026-03-02', 'ai-daily-2026-03-03'])
      expect([...(await mailsOf(day)).keys()]).not.toContain('weekly@readers.example');
    const dry = await send('week.md', '--weekly', '--dry-run');
    expect(dry.data).toMatchObject({ issue: 'ai-daily-2026-W10', recipients: 1 });
    const { status, data, stderr } = await send('week.md', '--weekly');
    expect({ status, issue: data.issue }, stderr).toEqual({ status: 0, issue: 'ai-daily-2026-W10' });
    const mails = await mailsOf('ai-daily-2026-W10');
    expect([...mails.keys()]).toEqual(['weekly@readers.example']);
    for (const title of [launch, model, paper])
      expect(mails.get('weekly@readers.example')?.text).toContain(title);
  });
});
