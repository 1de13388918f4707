/** The whole path: publish, plan, claim, compose, gate, settle, with the workers in this process. */
import { join } from 'node:path';
import { openApp, type Settings } from '../src/app.ts';
import { createKeyringFile } from '../src/config/keyring.ts';
import { publish } from '../src/delivery/publish.ts';
import { wakeDue } from '../src/delivery/sweep.ts';
import type { Digest } from '../src/digest/digest.ts';
import { startWorkers } from '../workers/all.ts';
import type { Contender } from './measure.ts';

export interface EngineOptions {
  readonly settings: Settings;
  readonly digest: Digest;
  readonly addresses: readonly string[];
}

export async function createEngine({ settings, digest, addresses }: EngineOptions): Promise<Contender> {
  createKeyringFile(join(settings.environment.dataDir, 'keyring.json'));
  const app = await openApp(settings);
  for (let at = 0; at < addresses.length; at += 500) {
    await app.subscribers.upsertMany(
      addresses.slice(at, at + 500).map((address) => ({ address, state: 'active', consent: 'bench' })),
    );
  }
  const workers = await startWorkers(app);
  const [newsletter] = settings.config.newsletters;
  // Every round is an issue of its own: nobody gets one twice.
  let day = 0;
  return {
    name: 'paperboy: plan, gate at the dot, settle; 10 connections',
    prepare: async () => {
      day++;
    },
    send: async () => {
      const date = new Date(Date.UTC(2026, 0, day)).toISOString().slice(0, 10);
      await publish(app, { newsletter: newsletter?.id ?? '', digest: { ...digest, date } });
      await wakeDue(app);
    },
    reset: async () => {},
    close: async () => {
      await workers.close();
      await app.close();
    },
  };
}
