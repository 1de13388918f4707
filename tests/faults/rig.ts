/** What runs happen on: a Redis, an SMTP sink, worker processes and two operators, all real, used for many runs. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from '../../src/app.ts';
import { createKeyringFile } from '../../src/config/keyring.ts';
import type { LedgerDeps } from '../../src/ledger/ledger.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { type SmtpSink, startSmtpSink } from '../helpers/smtp-sink.ts';
import { type Certificate, ownCertificate } from './certificate.ts';
import type { RigKind } from './deal.ts';
import { loadProduct, type Product } from './product.ts';
import { endsWithin } from './within.ts';
import { createWorkerPool, type WorkerPool } from './workers.ts';

export interface Rig {
  readonly kind: RigKind;
  readonly product: Product;
  readonly redis: TestRedis;
  readonly sink: SmtpSink;
  readonly workers: WorkerPool;
  /** Of workers and operators: journals, and the leave log. */
  readonly dataDir: string;
  /** Two people at two terminals. */
  readonly operators: readonly [App, App];
  /** The judge's own way to the ledger. */
  readonly ledger: LedgerDeps;
  /** The next newsletter that nobody has subscribed to yet; null when all are used. */
  nextNewsletter(): string | null;
  /** Never waits for ever. @returns what did not end by itself */
  close(): Promise<readonly string[]>;
}

/** Connections of one worker. */
export const connections = 16;

/** Few, so that amid a run connections are opened again and again. */
const messagesPerConnection = 3;

const newsletters = 40;
const closeMs = 15_000;

/** @param dist the built product, see `loadProduct` */
export async function startRig(dist: string, kind: RigKind): Promise<Rig> {
  const product = await loadProduct(dist);
  const folder = await mkdtemp(join(tmpdir(), 'paperboy-faults-'));
  const closers: (readonly [string, () => Promise<unknown>])[] = [
    ['the folder', () => rm(folder, { recursive: true, force: true, maxRetries: 3 })],
  ];
  const close = async (): Promise<string[]> => {
    const stuck: string[] = [];
    for (const [name, closer] of closers.splice(0).reverse()) {
      if (!(await endsWithin(closeMs, closer()))) stuck.push(name);
    }
    return stuck;
  };
  try {
    // CONFIG SET dir is refused otherwise, and it is how saving is made to fail.
    const redis = await startTestRedis(['--enable-protected-configs', 'local']);
    closers.push(['Redis', redis.stop]);
    const certificate = kind.login === 'none' ? null : await ownCertificate();
    const sink = await startSink(kind, certificate);
    closers.push(['the SMTP server', sink.stop]);
    await writeFile(join(folder, 'newsletter.yaml'), configOf(relayOf(kind, sink, certificate)));
    if (certificate) await writeFile(join(folder, 'ca.pem'), certificate.cert);
    createKeyringFile(join(folder, 'keyring.json'));
    const dataDir = join(folder, 'data');
    const env = {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      REDIS_URL: redis.url,
      KEYRING: join(folder, 'keyring.json'),
      DATA_DIR: dataDir,
      RELAY_PASSWORD: pass,
      ...(certificate ? { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') } : {}),
      LOG_LEVEL: 'fatal',
      PORT: '0',
    };
    const settings = product.app.readSettings(join(folder, 'newsletter.yaml'), env, folder);
    const operators = [await product.app.openApp(settings), await product.app.openApp(settings)] as const;
    for (const operator of operators) closers.push(['an operator', () => operator.close()]);
    const pool = createWorkerPool({
      program: product.program,
      folder,
      env: { ...env, LOG_LEVEL: process.env.FAULTS_LOG_LEVEL ?? 'error' },
      size: kind.workers,
    });
    closers.push(['the workers', pool.close]);
    await pool.fill();
    let used = 0;
    return {
      kind,
      product,
      redis,
      sink,
      workers: pool,
      dataDir,
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

const user = 'press';
const pass = 'open sesame';

async function startSink({ login, chunking }: RigKind, certificate: Certificate | null): Promise<SmtpSink> {
  if (login === 'none') return await startSmtpSink({ keep: 'raw', chunking });
  return await startSmtpSink({
    keep: 'raw',
    chunking,
    tls: certificate ?? true,
    auth: { user, pass, methods: [login] },
    requireAuth: true,
  });
}

/** Without a certificate of our own the relay is at a loopback address, where none is asked for. */
function relayOf({ login }: RigKind, { port, url }: SmtpSink, certificate: Certificate | null): string {
  if (login === 'none') return `{ url: "${url}"`;
  return `{ url: "smtp://${user}@${certificate?.host ?? '127.0.0.1'}:${port}", passwordEnv: RELAY_PASSWORD`;
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
    - ${relay}, connections: ${connections}, messagesPerConnection: ${messagesPerConnection} }
`;
}
