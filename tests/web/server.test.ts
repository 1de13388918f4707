import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { startWeb } from '../../src/web/server.ts';
import { person, subscribersInMemory, webOptions } from './in-memory.ts';

const options = (over = {}) => webOptions({ subscribers: subscribersInMemory({ 1: person() }), ...over });

describe('the web server', () => {
  it('takes any free port and says which', async () => {
    const web = await startWeb(options());
    expect(web.url).toBe(`http://127.0.0.1:${web.port}`);
    expect((await fetch(`${web.url}/healthz`)).status).toBe(200);
    await web.close();
  });

  it('says so when its port is taken', async () => {
    const web = await startWeb(options());
    await expect(startWeb(options({ port: web.port }))).rejects.toMatchObject({ code: 'port-in-use' });
    await web.close();
  });

  it('ends though connections are open: idle, half-way through a request, waiting for an answer that never comes', async () => {
    const options = webOptions({ subscribers: subscribersInMemory({ 1: person() }) });
    const asked = new Promise<void>((resolve) => {
      options.subscribers.get = () => new Promise(() => resolve());
    });
    const web = await startWeb(options);
    await (await fetch(`${web.url}/healthz`)).json();
    const socket = connect(web.port, '127.0.0.1').resume();
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write('POST /u/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf');
    const unanswered = expect(fetch(`${web.url}/p/preferences-1-ai-daily`)).rejects.toThrow();
    await asked;
    const ended = once(socket, 'close');
    await web.close();
    await ended;
    await unanswered;
    await expect(fetch(`${web.url}/healthz`)).rejects.toThrow();
    await web.close();
  });

  it('is healthy when Redis answers and not when it fails or is silent', async () => {
    const checks = [
      [async () => 'PONG', 200, { ok: true }],
      [async () => Promise.reject(new Error('down')), 503, { ok: false }],
      [() => new Promise<never>(() => {}), 503, { ok: false }],
    ] as const;
    for (const [health, status, body] of checks) {
      const web = await startWeb(options({ health }));
      const answer = await fetch(`${web.url}/healthz`);
      expect([answer.status, await answer.json()]).toEqual([status, body]);
      expect(answer.headers.get('Cache-Control')).toBe('no-store');
      await web.close();
    }
  });

  it('serves its own assets and no other file', async () => {
    const web = await startWeb(options());
    const style = await fetch(`${web.url}/assets/pages.css`);
    expect(style.headers.get('Content-Type')).toBe('text/css; charset=utf-8');
    const again = await fetch(`${web.url}/assets/pages.css`, {
      headers: { 'If-None-Match': style.headers.get('ETag') ?? '' },
    });
    expect(again.status).toBe(304);
    expect(await style.text()).not.toMatch(/@import|url\(/);
    for (const path of [
      '/assets/..%2fpreferences.hbs',
      '/assets/../preferences.hbs',
      '/assets/',
      '/package.json',
    ])
      expect((await fetch(`${web.url}${path}`)).status).toBe(404);
    await web.close();
  });

  it('answers an unknown path with a page of its own', async () => {
    const web = await startWeb(options());
    const answer = await fetch(`${web.url}/nope`, { headers: { 'Accept-Language': 'en' } });
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('There is no such page');
    await web.close();
  });
});
