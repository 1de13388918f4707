import { createConnection, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CountingSink, startCountingSink } from '../../src/inbox/counting-sink.ts';
import { createTransport } from '../../src/transport/create-transport.ts';
import { isConnection } from '../../src/transport/transport.ts';

let sink: CountingSink;
beforeEach(async () => {
  sink = await startCountingSink({ rcptMs: 0, dotMs: 0 });
});
afterEach(() => sink.close());

async function dialogue(text: string, until: RegExp): Promise<Socket> {
  const socket = createConnection(Number(new URL(sink.url).port), '127.0.0.1');
  let heard = '';
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      if (heard === '') socket.write(text);
      heard += chunk.toString();
      if (until.test(heard)) resolve();
    });
  });
  return socket;
}

describe('the counting sink', () => {
  it('notes recipient and Message-ID of each mail at its dot', async () => {
    const transport = createTransport(sink.url, {});
    const connection = await transport.connect();
    if (!isConnection(connection)) throw new Error('no connection');
    const raw = Buffer.from(
      'From: a@news.invalid\r\nMessage-ID: <one@news.invalid>\r\n\r\nMessage-ID: <no>\r\n',
    );
    const message = {
      envelope: { from: 'a@news.invalid', to: 'b@readers.invalid' },
      messageId: '<one@news.invalid>',
      raw,
    };
    expect((await connection.send(message, async () => true)).type).toBe('accepted');
    await transport.close();
    expect(sink.record).toMatchObject([{ to: 'b@readers.invalid', messageId: '<one@news.invalid>' }]);
  });

  it('has not received what ends before the dot', async () => {
    const begun = 'HELO x\r\nMAIL FROM:<a@news.invalid>\r\nRCPT TO:<b@readers.invalid>\r\nDATA\r\n';
    const cut = await dialogue(begun, /354/);
    cut.end('Message-ID: <cut@news.invalid>\r\n\r\nhalf a body\r\n');
    await new Promise((resolve) => cut.on('close', resolve));
    const whole = await dialogue(`${begun}Subject: none\r\n\r\nx\r\n.\r\n`, /354[\s\S]*250/);
    whole.destroy();
    expect(sink.record).toMatchObject([{ messageId: '' }]);
  });
});
