/** What runs happen on: a Redis, an SMTP sink, worker processes and two operators, all real, used for many runs. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from '../../src/app.ts';
import { createKeyringFile } from '../../src/config/keyring.ts';
import type { LedgerDeps } from '../../src/ledger/ledger.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { type SmtpSink, startSmtpSink } from '../helpers/smtp-sink.ts';
import { loadProduct, type Product } from './product.ts';
import { createWorkerPool, type WorkerPool } from './workers.ts';

export interface Rig {
  readonly product: Product;
  readonly redis: TestRedis;
  readonly sink: SmtpSink;
  readonly workers: WorkerPool;
  /** Two people at two terminals. */
  readonly operators: readonly [App, App];
  /** The judge's own way to the ledger. */
  readonly ledger: LedgerDeps;
  /** The next newsletter that nobody has subscribed to yet; null when all are used. */
  nextNewsletter(): string | null;
  close(): Promise<void>;
}

/** Connections of one worker. */
export const connections = 6;

const newsletters = 40;

/** @param dist the built product, see `loadProduct` */
export async function startRig(dist: string, workers: number): Promise<Rig> {
  const product = await loadProduct(dist);
  const folder = await mkdtemp(join(tmpdir(), 'paperboy-faults-'));
  const closers: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const redis = await startTestRedis();
    closers.push(redis.stop);
    const sink = await startSmtpSink({ keep: 'raw' });
    closers.push(sink.stop);
    await writeFile(join(folder, 'newsletter.yaml'), configOf(sink.url));
    createKeyringFile(join(folder, 'keyring.json'));
    const env = {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      REDIS_URL: redis.url,
      KEYRING: join(folder, 'keyring.json'),
      DATA_DIR: join(folder, 'data'),
      LOG_LEVEL: 'fatal',
      PORT: '0',
    };
    const settings = product.app.readSettings(join(folder, 'newsletter.yaml'), env, folder);
    const operators = [await product.app.openApp(settings), await product.app.openApp(settings)] as const;
    for (const operator of operators) closers.push(() => operator.close());
    const pool = createWorkerPool({
      program: product.program,
      folder,
      env: { ...env, LOG_LEVEL: process.env.FAULTS_LOG_LEVEL ?? 'error' },
      size: workers,
    });
    closers.push(pool.close);
    await pool.fill();
    let used = 0;
    return {
      product,
      redis,
      sink,
      workers: pool,
      operators,
      ledger: { redis: redis.redis },
      nextNewsletter: () => (used < newsletters ? `letter-${++used}` : null),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function configOf(relay: string): string {
  const entries = Array.from(
    { length: newsletters },
    (_, index) => `
  - id: letter-${index + 1}
    name: Letter ${index + 1}
    from: { name: Letter ${index + 1}, address: letter-${index + 1}@news.example }
    language: en
    timezone: Europe/Berlin
    schedule: { hour: 7 }`,
  );
  return `legalName: Sample Press
postalAddress: 1 Sample Street, Sampletown
newsletters:${entries.join('')}
sending:
  relays:
    - { url: "${relay}", connections: ${connections}, messagesPerConnection: 60 }
`;
}
