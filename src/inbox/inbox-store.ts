/** What the inbox received, lasting in a folder: an `.eml` as it came and a `.json` beside it that makes it count. */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, systemClock } from '../core/clock.ts';
import { type Envelope, type InboxMail, type MailParts, parseMail, readHead } from './mail.ts';

/** How many mails are kept when nothing else is said; the oldest go first. */
const defaultInboxLimit = 10_000;

export interface InboxQuery {
  /** Only mails with a recipient whose address contains this, whatever the case. */
  readonly address?: string;
  /** How many of the newest to pass over. Default 0. */
  readonly offset?: number;
  /** Default: all. */
  readonly limit?: number;
}

export interface InboxPage {
  readonly mails: readonly InboxMail[];
  /** How many match, on this page and the others. */
  readonly total: number;
}

export interface InboxStore {
  /** Resolves once the mail is in the folder. */
  add(envelope: Envelope, source: Buffer): Promise<InboxMail>;
  /** Newest first. */
  list(query?: InboxQuery): InboxPage;
  get(id: string): InboxMail | undefined;
  /** The mail as it came; undefined when it is not there (any more). */
  source(id: string): Promise<Buffer | undefined>;
  /** Its decoded parts; undefined when it is not there (any more). */
  parts(id: string): Promise<MailParts | undefined>;
  count(): number;
}

export interface InboxStoreOptions {
  /** Made when it is missing. One process at a time may write to it. */
  readonly folder: string;
  readonly limit?: number;
  readonly now?: Clock;
}

/**
 * Opens the folder and reads every summary in it into memory.
 * A mail whose `.json` was never written did not arrive: its `.eml` is removed.
 */
export async function openInboxStore(options: InboxStoreOptions): Promise<InboxStore> {
  const { folder, limit = defaultInboxLimit, now = systemClock } = options;
  await mkdir(folder, { recursive: true });
  const mails = await readSummaries(folder);
  let last = Math.max(0, ...[...mails.keys()].slice(-1).map((id) => Number.parseInt(id, 36)));

  /** Microseconds, always rising: ids sort by arrival also after a restart or a clock set back. */
  const nextId = (): string => {
    last = Math.max(now() * 1000, last + 1);
    return last.toString(36).padStart(11, '0');
  };
  const remove = async (id: string): Promise<void> => {
    mails.delete(id);
    await rm(join(folder, `${id}.json`), { force: true });
    await rm(join(folder, `${id}.eml`), { force: true });
  };
  const dropOldest = async (): Promise<void> => {
    const surplus = [...mails.keys()].slice(0, Math.max(0, mails.size - limit));
    for (const id of surplus) mails.delete(id);
    for (const id of surplus) await remove(id);
  };
  const source = async (id: string): Promise<Buffer | undefined> => {
    if (!mails.has(id)) return undefined;
    return readFile(join(folder, `${id}.eml`)).catch(() => undefined);
  };
  await dropOldest();

  return {
    async add(envelope, content) {
      const id = nextId();
      const head = await readHead(content);
      const mail: InboxMail = {
        id,
        receivedAt: new Date(now()).toISOString(),
        envelope,
        from: head.from || envelope.from,
        to: envelope.to,
        subject: head.subject,
        size: content.length,
      };
      await writeFile(join(folder, `${id}.eml`), content, { flag: 'wx' });
      // The rename is what makes the mail arrive: until then a crash leaves nothing that counts.
      await writeFile(join(folder, `${id}.json.part`), JSON.stringify(mail), { flag: 'wx' });
      await rename(join(folder, `${id}.json.part`), join(folder, `${id}.json`));
      mails.set(id, mail);
      if (mails.size > limit) await dropOldest();
      return mail;
    },
    list({ address, offset = 0, limit: most = Number.POSITIVE_INFINITY } = {}) {
      const newest = [...mails.values()].sort(byArrival).reverse();
      const matching = address ? newest.filter((mail) => isFor(mail, address)) : newest;
      return { mails: matching.slice(offset, offset + most), total: matching.length };
    },
    get: (id) => mails.get(id),
    source,
    async parts(id) {
      const content = await source(id);
      return content && parseMail(content);
    },
    count: () => mails.size,
  };
}

function isFor(mail: InboxMail, address: string): boolean {
  const wanted = address.toLowerCase();
  return mail.to.some((recipient) => recipient.toLowerCase().includes(wanted));
}

function byArrival(a: InboxMail, b: InboxMail): number {
  return a.id < b.id ? -1 : 1;
}

/** Oldest first; what is left of mails that never arrived is removed. */
async function readSummaries(folder: string): Promise<Map<string, InboxMail>> {
  const names = await readdir(folder);
  const ids = names
    .filter((name) => /^[0-9a-z]+\.json$/.test(name))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
  const found = new Map<string, InboxMail>();
  for (const batch of inBatches(ids, 200)) {
    const mails = await Promise.all(batch.map((id) => readSummary(folder, id)));
    for (const mail of mails) if (mail) found.set(mail.id, mail);
  }
  const strays = names.filter((name) => isStray(name, found));
  for (const batch of inBatches(strays, 200)) {
    await Promise.all(batch.map((name) => rm(join(folder, name), { force: true })));
  }
  return found;
}

async function readSummary(folder: string, id: string): Promise<InboxMail | undefined> {
  try {
    const mail = JSON.parse(await readFile(join(folder, `${id}.json`), 'utf8')) as InboxMail;
    return mail.id === id && Array.isArray(mail.to) ? mail : undefined;
  } catch {
    return undefined;
  }
}

/** Only files that this store writes are ever removed. */
function isStray(name: string, found: ReadonlyMap<string, InboxMail>): boolean {
  const id = /^([0-9a-z]+)\.(?:eml|json|json\.part)$/.exec(name)?.[1];
  return id !== undefined && (!found.has(id) || name.endsWith('.part'));
}

function* inBatches<T>(all: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
}
