/**
 * What one would write first, as the comparison: a BullMQ job for each recipient, twenty at a time, each calling
 * `sendMail` of a nodemailer pool of ten. MJML runs outside the loop; the message is the one the engine sends.
 */
import { Queue, Worker } from 'bullmq';
import { createTransport } from 'nodemailer';
import { queueConnection } from '../src/queue/connection.ts';
import { escapeHtml, fill, type RenderedEdition } from '../src/render/rendered-edition.ts';
import type { Contender } from './measure.ts';

export interface NaiveOptions {
  readonly redisUrl: string;
  readonly smtpUrl: string;
  readonly edition: RenderedEdition;
  readonly addresses: readonly string[];
}

export function createNaive({ redisUrl, smtpUrl, edition, addresses }: NaiveOptions): Contender {
  const connection = queueConnection(redisUrl);
  const url = new URL(smtpUrl);
  const transport = createTransport({
    pool: true,
    maxConnections: 10,
    maxMessages: 500,
    host: url.hostname,
    port: Number(url.port),
    ignoreTLS: true,
  });
  const queue = new Queue<{ address: string }, void, 'send'>('naive', { connection });
  const worker = new Worker<{ address: string }, void, 'send'>(
    'naive',
    async ({ data: { address } }) => {
      const links = {
        unsubscribeUrl: `https://news.example/u/${Buffer.from(address).toString('base64url')}`,
        preferencesUrl: `https://news.example/p/${Buffer.from(address).toString('base64url')}`,
      };
      await transport.sendMail({
        from: 'AI 日报 <ai-daily@news.example>',
        to: address,
        subject: edition.subject,
        text: fill(edition.text, links),
        html: fill(edition.html, links, escapeHtml),
        headers: {
          'List-Unsubscribe': `<${links.unsubscribeUrl}>`,
          'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
          'List-Id': '<ai-daily.news.example>',
          Precedence: 'list',
        },
      });
    },
    { connection, concurrency: 20, autorun: false, removeOnComplete: { count: 0 } },
  );
  worker.on('failed', (_job, error) => {
    throw error;
  });
  return {
    name: 'naive: a job for each recipient, nodemailer pool of 10',
    messages: addresses.length,
    pids: [process.pid],
    prepare: async () => {
      await queue.waitUntilReady();
      if (!worker.isRunning()) void worker.run();
      await worker.waitUntilReady();
    },
    send: async () => {
      for (let at = 0; at < addresses.length; at += 500) {
        const jobs = addresses
          .slice(at, at + 500)
          .map((address) => ({ name: 'send' as const, data: { address } }));
        await queue.addBulk(jobs);
      }
    },
    reset: async () => {
      await worker.pause();
      await queue.obliterate({ force: true });
      await worker.resume();
      await queue.resume();
    },
    close: async () => {
      await worker.close();
      await queue.close();
      transport.close();
    },
  };
}
