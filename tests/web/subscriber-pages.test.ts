import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PaperboyError } from '../../src/core/errors.ts';
import type { Logger } from '../../src/core/log.ts';
import { startWeb, type Web } from '../../src/web/server.ts';
import { person, type SubscribersInMemory, subscribersInMemory, webOptions } from './in-memory.ts';

const preferences = '/p/preferences-1-ai-daily';
const unsubscribe = '/u/unsubscribe-1-ai-daily';

describe('the pages behind the links of a mail', () => {
  let web: Web;
  let subscribers: SubscribersInMemory;
  let logged: string;
  beforeEach(async () => {
    subscribers = subscribersInMemory({
      1: person(),
      2: person({ language: 'en', topics: 'all', memberships: {} }),
      3: person({ address: 'suppressed@example.invalid' }),
      4: person({ address: '"<script>alert(1)</script>"@example.invalid' }),
    });
    logged = '';
    const write = (fields: object, message: string) => {
      logged += `${JSON.stringify(fields)} ${message}\n`;
    };
    const log: Logger = { debug: write, info: write, warn: write, error: write };
    web = await startWeb(
      webOptions({
        subscribers,
        log,
        newsletters: [
          { id: 'ai-daily', name: 'AI 行业动态', language: 'zh' },
          { id: 'evil', name: '<img src=x onerror=alert(1)>', language: 'en' },
        ],
      }),
    );
  });
  afterEach(() => web.close());

  const get = (path: string, init: RequestInit = {}) =>
    fetch(`${web.url}${path}`, { redirect: 'manual', ...init });
  const post = (path: string, fields: Record<string, string> | readonly [string, string][] = {}) =>
    get(path, { method: 'POST', body: new URLSearchParams(fields as Record<string, string>) });

  describe('leaving', () => {
    it('takes one click of a mail program, in the encoding it likes, and answers 200 without redirect or cookie', async () => {
      const multipart = new FormData();
      multipart.set('List-Unsubscribe', 'One-Click');
      for (const body of [new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }), multipart]) {
        subscribers.people.set(1, person());
        const answer = await get(unsubscribe, { method: 'POST', body });
        expect(answer.status).toBe(200);
        expect(answer.headers.get('Set-Cookie')).toBeNull();
        expect(answer.headers.get('Location')).toBeNull();
        expect(subscribers.people.get(1)?.memberships['ai-daily']?.state).toBe('left');
      }
      expect(subscribers.changes).toEqual(['leave 1 ai-daily', 'leave 1 ai-daily']);
    });

    it('does not fail for a missing, foreign or mangled body, nor for a foreign Origin', async () => {
      const bodies: RequestInit[] = [
        {},
        { body: '{"a":1}', headers: { 'Content-Type': 'application/json' } },
        { body: 'no boundary', headers: { 'Content-Type': 'multipart/form-data' } },
        { body: 'x', headers: { Origin: 'null', 'Sec-Fetch-Site': 'cross-site' } },
      ];
      for (const init of bodies)
        expect((await get(unsubscribe, { method: 'POST', ...init })).status).toBe(200);
      expect(subscribers.changes).toHaveLength(bodies.length);
    });

    it('is done before it is answered, and is the same twice', async () => {
      let finish = () => {};
      const leave = subscribers.leave;
      const begun = new Promise<void>((resolve) => {
        subscribers.leave = async (sid, newsletter) => {
          resolve();
          await new Promise<void>((done) => {
            finish = done;
          });
          await leave(sid, newsletter);
        };
      });
      let isAnswered = false;
      const answer = post(unsubscribe).then((response) => {
        isAnswered = true;
        return response.status;
      });
      await begun;
      await get('/healthz');
      expect(isAnswered).toBe(false);
      finish();
      expect(await answer).toBe(200);
      subscribers.leave = leave;
      expect((await post(unsubscribe)).status).toBe(200);
    });

    it('works while subscribers can not be read', async () => {
      subscribers.away = true;
      const asked = await get(unsubscribe);
      expect(await asked.text()).toContain('退订《AI 行业动态》');
      const answer = await post(unsubscribe);
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain('已退订');
      expect(subscribers.changes).toEqual(['leave 1 ai-daily']);
    });

    it('never says it is done when it could not be noted', async () => {
      subscribers.leave = async () => {
        throw new PaperboyError('redis-unreachable', 'neither Redis nor the disk took it');
      };
      const answer = await post(unsubscribe);
      expect(answer.status).toBe(503);
      expect(answer.headers.get('Retry-After')).toBe('120');
      expect(await answer.text()).toContain('请稍后再试');
    });

    it('asks before it does anything when a person, or a scanner, follows the link', async () => {
      for (const method of ['GET', 'HEAD']) expect((await get(unsubscribe, { method })).status).toBe(200);
      const page = await (await get(unsubscribe)).text();
      expect(page).toContain(`<form method="post" action="${unsubscribe}">`);
      expect(page).toContain('name="List-Unsubscribe" value="One-Click"');
      expect(subscribers.changes).toEqual([]);
    });

    it('can be undone with a button, unless the address is suppressed', async () => {
      const left = await (await post(unsubscribe)).text();
      expect(left).toContain(`action="${unsubscribe}/rejoin"`);
      const back = await post(`${unsubscribe}/rejoin`);
      expect(back.status).toBe(200);
      expect(await back.text()).toContain('你已重新订阅《AI 行业动态》');
      expect(subscribers.people.get(1)?.memberships['ai-daily']?.state).toBe('subscribed');
      const refused = await post('/u/unsubscribe-3-ai-daily/rejoin');
      expect(refused.status).toBe(409);
      expect(await refused.text()).toContain('目前不能重新订阅');
    });

    it('says so to whom has left already', async () => {
      const page = await (await get('/u/unsubscribe-2-ai-daily')).text();
      expect(page).toContain('You have unsubscribed');
    });
  });

  describe('choosing topics', () => {
    it('shows the topics of the table in the language of the subscriber, the chosen ones ticked', async () => {
      const zh = await (await get(preferences)).text();
      expect(zh).toContain('lang="zh-CN"');
      expect(zh).toMatch(/value="policy" checked><span>政策与监管</);
      expect(zh).toMatch(/value="space"><span>空天探索</);
      expect(zh).toContain('每天 08:00（Asia/Shanghai）');
      const en = await (await get('/p/preferences-2-ai-daily')).text();
      expect(en).toContain('lang="en"');
      expect(en).toMatch(/value="all" checked/);
      expect(en).toMatch(/value="funding" checked><span>Funding &amp; deals</);
    });

    it('saves a set, and shows it saved after a redirect that a reload does not repeat', async () => {
      const answer = await post(preferences, [
        ['was', 'chosen'],
        ['topic', 'space'],
        ['topic', 'energy'],
      ]);
      expect(answer.status).toBe(303);
      const page = await get(answer.headers.get('Location') ?? '');
      expect(await page.text()).toContain('已保存');
      expect(subscribers.changes).toEqual(['topics 1 space,energy']);
    });

    it('saves all topics and those to come, also from a multipart form', async () => {
      const form = new FormData();
      form.append('topic', 'all');
      form.append('topic', 'policy');
      expect((await get(preferences, { method: 'POST', body: form })).status).toBe(303);
      expect(subscribers.people.get(1)?.topics).toBe('all');
    });

    it('saves nothing when nothing or something unknown is ticked, and says why', async () => {
      const none = await post(preferences, { was: 'chosen' });
      expect(none.status).toBe(422);
      expect(await none.text()).toContain('请至少选择一个话题');
      const unknown = await post(preferences, { topic: 'gossip' });
      expect(unknown.status).toBe(422);
      expect(await unknown.text()).toContain('这个话题已经不存在了');
      expect(subscribers.changes).toEqual([]);
    });

    const radio = (value: string, isChosen: boolean) =>
      `<input type="radio" name="frequency" value="${value}"${isChosen ? ' checked' : ''}>`;

    it('shows how often mail comes, and saves another choice with the topics', async () => {
      const before = await (await get(preferences)).text();
      for (const text of [`${radio('daily', true)}<span>每天<`, `${radio('weekly', false)}<span>每周一次<`])
        expect(before).toContain(text);
      const answer = await post(preferences, { was: 'chosen', topic: 'policy', frequency: 'weekly' });
      expect(answer.status).toBe(303);
      expect(subscribers.changes).toEqual(['topics 1 policy', 'frequency 1 weekly']);
      const after = await (await get(preferences)).text();
      for (const text of [radio('daily', false), radio('weekly', true), '每周一次，08:00（Asia/Shanghai）'])
        expect(after).toContain(text);
    });

    it('leaves how often as it is when a form does not ask', async () => {
      subscribers.people.set(1, person({ frequency: 'weekly' }));
      expect((await post(preferences, { was: 'chosen', topic: 'policy' })).status).toBe(303);
      expect(subscribers.people.get(1)?.frequency).toBe('weekly');
    });

    it('saves nothing when how often is unknown or twice, and keeps the choice when only topics lack', async () => {
      for (const fields of [
        [['frequency', 'hourly']],
        [
          ['frequency', 'daily'],
          ['frequency', 'weekly'],
        ],
      ] as [string, string][][]) {
        const answer = await post(preferences, [['topic', 'space'], ...fields]);
        expect(answer.status).toBe(422);
        const page = await answer.text();
        expect(page).toContain('请重新选择收信频率');
        expect(page).toMatch(/value="space" checked/);
      }
      const noTopic = await post(preferences, { was: 'chosen', frequency: 'weekly' });
      expect(noTopic.status).toBe(422);
      expect(await noTopic.text()).toContain(radio('weekly', true));
      expect(subscribers.changes).toEqual([]);
    });

    it('shows at what hour mail is wanted, in the subscriber’s own time, and saves another', async () => {
      const before = await (await get(preferences)).text();
      expect(before).toContain('收信时间（Asia/Shanghai）');
      expect(before).toContain('<option value="8" selected>08:00</option>');
      expect((await post(preferences, { was: 'chosen', topic: 'policy', hour: '0' })).status).toBe(303);
      expect(subscribers.changes).toEqual(['topics 1 policy', 'hour 1 0']);
      const after = await (await get(preferences)).text();
      expect(after.match(/ selected>/g)).toHaveLength(1);
      expect(after).toContain('<option value="0" selected>00:00</option>');
    });

    it.each(['24', '-1', '07', '7.5', '', 'noon'])('saves nothing for the hour %j', async (hour) => {
      const answer = await post(preferences, { was: 'chosen', topic: 'space', hour });
      expect(answer.status).toBe(422);
      expect(await answer.text()).toContain('请重新选择收信时间');
      expect(subscribers.changes).toEqual([]);
    });

    it('lets a subscriber leave and come back with its buttons', async () => {
      expect((await post(`${preferences}/leave`)).headers.get('Location')).toBe(preferences);
      expect(await (await get(preferences)).text()).toContain('你已退订《AI 行业动态》');
      expect((await post(`${preferences}/rejoin`)).status).toBe(303);
      expect(await (await get(preferences)).text()).not.toContain('你已退订');
      expect((await post('/p/preferences-3-ai-daily/rejoin')).status).toBe(409);
      expect(subscribers.changes.slice(0, 2)).toEqual(['leave 1 ai-daily', 'rejoin 1 ai-daily']);
    });

    it('lets a subscriber pause and resume with its buttons, and says how it stands', async () => {
      expect(await (await get(preferences)).text()).toMatch(
        /id="pause"[\s\S]*action="\/p\/preferences-1-ai-daily\/pause"/,
      );
      const paused = await post(`${preferences}/pause`);
      expect([paused.status, paused.headers.get('Location')]).toEqual([303, `${preferences}#pause`]);
      const page = await (await get(preferences)).text();
      expect(page).toContain('已暂停接收');
      expect(page).not.toContain(`${preferences}/pause"`);
      expect((await post(`${preferences}/resume`)).status).toBe(303);
      expect(await (await get(preferences)).text()).not.toContain('已暂停接收');
      expect(subscribers.changes).toEqual(['pause 1', 'resume 1']);
    });

    it('does not pause by being looked at, nor by the link that unsubscribes or belongs to nobody', async () => {
      for (const path of [`${preferences}/pause`, `${preferences}/resume`])
        expect((await get(path)).status).toBe(404);
      for (const path of [
        '/p/unsubscribe-1-ai-daily/pause',
        '/p/sample/pause',
        '/p/preferences-9-ai-daily/resume',
      ])
        expect((await post(path)).status, path).toBe(404);
      expect(subscribers.changes).toEqual([]);
    });

    it('offers no pause to whom it would mean nothing, and resuming also to whom has unsubscribed', async () => {
      const english = '/p/preferences-2-ai-daily';
      expect(await (await get(english)).text()).not.toContain('id="pause"');
      subscribers.people.set(2, person({ language: 'en', memberships: {}, state: 'paused' }));
      const page = await (await get(english)).text();
      expect(page).toContain('Your mail is paused');
      expect(page).toContain(`action="${english}/resume"`);
    });

    it('changes nothing when it is only looked at', async () => {
      for (const path of [
        preferences,
        `${preferences}?saved`,
        `${preferences}?topic=policy&frequency=weekly`,
        `${preferences}/leave`,
        `${preferences}/rejoin`,
      ])
        for (const method of ['GET', 'HEAD']) await get(path, { method });
      expect(subscribers.changes).toEqual([]);
    });

    it('refuses a form larger than any of its own', async () => {
      const answer = await post(preferences, { topic: 'x'.repeat(70_000) });
      expect(answer.status).toBe(413);
      expect(subscribers.changes).toEqual([]);
    });
  });

  describe('any of them', () => {
    const wrong = [
      '/p/forged',
      '/u/forged',
      '/p/unsubscribe-1-ai-daily',
      '/u/preferences-1-ai-daily',
      '/u/unsubscribe-99-ai-daily',
      '/p/preferences-99-ai-daily',
      `/u/${'x'.repeat(2000)}`,
      '/u/%E0%A4%A',
      '/u/%00',
    ];

    it('answers a wrong token with one clear page, whatever is wrong, and changes nothing', async () => {
      const pages = new Set<string>();
      for (const path of wrong) {
        const answer = await get(path);
        expect(answer.status).toBe(404);
        pages.add(await answer.text());
        if (!path.includes('-99-')) expect((await post(path)).status).toBe(404);
      }
      expect(pages.size).toBe(1);
      expect([...pages][0]).toContain('链接无效');
      expect(subscribers.changes).toEqual([]);
    });

    it('speaks the language the browser asks for when it knows no subscriber', async () => {
      const answer = await get('/u/forged', { headers: { 'Accept-Language': 'en-GB,en;q=0.9,zh;q=0.2' } });
      expect(await answer.text()).toContain('This link does not work');
    });

    it('forbids scripts, frames, caches, robots and referrers', async () => {
      for (const path of [preferences, unsubscribe, '/u/forged']) {
        const { headers } = await get(path);
        const policy = headers.get('Content-Security-Policy') ?? '';
        expect(policy).toContain("default-src 'none'");
        expect(policy).toContain("frame-ancestors 'none'");
        expect(policy).not.toMatch(/script-src|unsafe/);
        expect(headers.get('Cache-Control')).toBe('no-store');
        expect(headers.get('Referrer-Policy')).toBe('no-referrer');
        expect(headers.get('X-Robots-Tag')).toContain('noindex');
        expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
        expect(headers.get('Set-Cookie')).toBeNull();
      }
    });

    it('holds no script and no style of its own: the pages work without', async () => {
      for (const path of [preferences, unsubscribe]) {
        const page = await (await get(path)).text();
        expect(page).not.toMatch(/<script|<style|\sstyle=|\son\w+=|javascript:/i);
      }
    });

    it('escapes what others wrote', async () => {
      const page = await (await get('/u/unsubscribe-1-evil')).text();
      expect(page).toContain('&lt;img src&#x3D;x onerror&#x3D;alert(1)&gt;');
      expect(page).not.toContain('<img');
      expect(await (await get('/p/preferences-4-ai-daily')).text()).not.toContain('<script');
    });

    it('shows only as much of the address as its owner needs', async () => {
      const page = await (await get(preferences)).text();
      expect(page).toContain('l…@example.invalid');
      expect(page).not.toContain('lin@example.invalid');
    });

    it('logs a failure without the token', async () => {
      subscribers.changePreferences = async () => {
        throw new Error('broken');
      };
      const answer = await post(preferences, { topic: 'policy' });
      expect(answer.status).toBe(500);
      expect(await answer.text()).not.toContain('broken');
      expect(logged).toContain('"route":"/p/:token"');
      expect(logged).toContain('broken');
      expect(logged).not.toContain('preferences-1');
    });

    it('says 503 while Redis is away', async () => {
      subscribers.away = true;
      expect((await get(preferences)).status).toBe(503);
    });
  });
});
