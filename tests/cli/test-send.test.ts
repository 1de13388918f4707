import PostalMime from 'postal-mime';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type SmtpSink, startSmtpSink } from '../helpers/smtp-sink.ts';
import { type Desk, openDesk, smallDigest, today } from './in-process.ts';

interface Sent {
  readonly to: string;
  readonly edition: string;
  readonly accepted: boolean;
  readonly reply: string;
}

interface Failure {
  readonly error: { readonly code: string; readonly message: string };
}

const base = ['test-send', 'today.md', '--newsletter', 'ai-daily', '--to', 'Me@reader.example'];

let desk: Desk;
let sink: SmtpSink;
let env: Record<string, string>;
beforeAll(async () => {
  desk = openDesk();
  desk.write('today.md', smallDigest(today()));
  sink = await startSmtpSink({ keep: 'raw' });
  env = { SMTP_URL: sink.url, PUBLIC_URL: 'https://pages.example' };
});
afterAll(async () => {
  desk.remove();
  await sink.stop();
});
afterEach(async () => {
  await sink.setRules([]);
  await sink.clear();
});

describe('paperboy test-send', () => {
  it('sends one marked copy, without Redis, keys or a real token', async () => {
    const { status, data } = await desk.json<Sent>(base, env);
    expect(status).toBe(0);
    expect(data).toEqual({
      to: 'Me@reader.example',
      edition: expect.stringMatching(/^[0-9a-f]{10}$/),
      accepted: true,
      reply: expect.stringMatching(/^250 /),
    });
    const [received, ...others] = await sink.record();
    expect(others).toEqual([]);
    expect(received?.rcpt).toBe('Me@reader.example');
    expect(received?.from).toMatch(/^b\+[0-9a-f]{8}-0-[0-9a-f]{10}@news\.example$/);
    const mail = await PostalMime.parse(received?.raw ?? Buffer.alloc(0));
    expect(mail.subject).toMatch(/^【测试】青湖市公布测试细则/);
    for (const part of [mail.html ?? '', mail.text ?? '']) {
      expect(part).toContain('https://pages.example/u/sample');
      expect(part).not.toMatch(/\/[up]\/(?!sample)/);
    }
  });

  it('is another mail each time, so that no mail program takes two for one', async () => {
    await desk.json(base, env);
    await desk.json(base, env);
    const received = await sink.record();
    expect(new Set(received.map(({ messageId }) => messageId)).size).toBe(2);
    expect(new Set(received.map(({ from }) => from)).size).toBe(2);
  });

  it('sends the edition of the topics asked for', async () => {
    const { status } = await desk.json(['test-send', ...base.slice(1), '--topics', 'models'], env);
    expect(status).toBe(0);
    const [received] = await sink.record();
    const mail = await PostalMime.parse(received?.raw ?? Buffer.alloc(0));
    expect(mail.text).toContain('云杉实验室');
    expect(mail.text).not.toContain('青湖市');
  });

  it('tells what preflight finds and sends all the same', async () => {
    desk.write('bad.md', smallDigest(today(), '见 https://bit.ly/3x'));
    const { status, stdout, stderr } = await desk.run(['test-send', 'bad.md', ...base.slice(2)], env);
    expect(status).toBe(0);
    expect(stdout).toContain('for Me@reader.example: 250');
    expect(stderr).toMatch(/^error {4}link-shortener/m);
    expect(await sink.record()).toHaveLength(1);
  });

  it('exits 1 and gives the reply when the relay refuses', async () => {
    for (const at of ['greeting', 'rcpt', 'dot'] as const) {
      await sink.setRules([{ at, reply: '550 5.7.1 not from you' }]);
      const { status, data } = await desk.json<Failure>(base, env);
      expect([at, status, data.error.code]).toEqual([at, 1, 'smtp-refused']);
      expect(data.error.message).toContain('550 5.7.1 not from you');
      expect(data.error.message).toContain(`smtp://127.0.0.1:${sink.port}`);
    }
  });

  it('exits 69 when there is no relay to speak to, or it says nothing after the dot', async () => {
    await sink.setRules([{ at: 'dot', drop: true }]);
    const unknown = await desk.json<Failure>(base, env);
    expect([unknown.status, unknown.data.error.code]).toEqual([69, 'smtp-unreachable']);
    expect(unknown.data.error.message).toContain('did not say whether');
    await sink.down();
    const gone = await desk.json<Failure>(base, env);
    expect([gone.status, gone.data.error.code]).toEqual([69, 'smtp-unreachable']);
    await sink.up();
  });

  it('exits 78 when no relay is configured', async () => {
    const { status, data } = await desk.json<Failure>(base);
    expect([status, data.error.code]).toEqual([78, 'relay-missing']);
  });

  it('takes no address that mail cannot go to, and asks for one', async () => {
    for (const to of [
      'nobody',
      'a b@reader.example',
      'x@reader',
      'a@reader.example\r\nBcc: b@reader.example',
    ]) {
      const { status, data } = await desk.json<Failure>([...base.slice(0, -1), to], env);
      expect([to, status, data.error.code]).toEqual([to, 65, 'address-invalid']);
    }
    const { status } = await desk.run(base.slice(0, -2), env);
    expect(status).toBe(2);
    expect(await sink.record()).toEqual([]);
  });
});
