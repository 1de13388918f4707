/** Transport into a folder: each message becomes a file that a mail program opens. For looking, and for tests. */
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { randomId } from '../core/ids.ts';
import type { Message } from '../message/message.ts';
import { askGate } from './ask-gate.ts';
import type { Gate, SendOutcome, Transport } from './transport.ts';

/**
 * Writes `<local part of the Message-ID>.eml`, so a second attempt of one delivery replaces the file of the first.
 * @param folder made when it is missing
 */
export function createFileTransport(folder: string): Transport {
  return {
    name: `file:${folder}`,
    async connect() {
      try {
        await mkdir(folder, { recursive: true });
      } catch (error) {
        return { type: 'broken', stage: 'connect', error: asError(error) };
      }
      let open = true;
      return {
        get usable() {
          return open;
        },
        send: (message, gate) => writeMessage(folder, message, gate),
        async close() {
          open = false;
        },
      };
    },
    async close() {},
  };
}

async function writeMessage(folder: string, message: Message, gate: Gate): Promise<SendOutcome> {
  const name = `${message.messageId.replace(/^<|@.*$/g, '').replace(/[^\w.-]/g, '_')}.eml`;
  const temporary = join(folder, `.${name}.${randomId(4)}`);
  try {
    await writeDurably(temporary, message.raw);
    if (!(await askGate(gate))) {
      await rm(temporary, { force: true });
      return { type: 'withheld' };
    }
    await rename(temporary, join(folder, name));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    return { type: 'broken', stage: 'body', error: asError(error) };
  }
  await syncFolder(folder);
  return { type: 'accepted', reply: `250 2.0.0 written to ${name}`, queueId: name };
}

async function writeDurably(path: string, content: Buffer): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the rename last; where a folder cannot be synced the file is there all the same. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {}
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
