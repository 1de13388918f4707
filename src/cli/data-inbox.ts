/** The built-in inbox of a data folder. */
import { join } from 'node:path';
import type { Settings } from '../app.ts';
import type { Logger } from '../core/log.ts';
import { type Inbox, startInbox } from '../inbox/smtp-inbox.ts';
import { announced } from './announced.ts';

/** The built-in inbox, announced in run.json so that every command on this data folder sends to it. @throws PaperboyError of run.json */
export async function startDataInbox({ environment }: Settings, log: Logger): Promise<Inbox> {
  const inbox = await startInbox({ folder: join(environment.dataDir, 'inbox'), log });
  const { host, port } = inbox;
  return await announced(environment.dataDir, { inbox: { smtp: { host, port }, pid: process.pid } }, inbox);
}
