/** `run.json` of a data folder: what runs on it at present, for the commands that want to join. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { PaperboyError } from '../core/errors.ts';
import { randomId } from '../core/ids.ts';
import { withFolderLock } from './folder-lock.ts';
import { isRunning } from './process-mark.ts';

const pid = z.int().min(0);

const runFile = z.object({
  /** The private Redis. `pid` 0: about to be started. */
  redis: z.object({ socket: z.string(), pid, mark: z.string().exactOptional() }).exactOptional(),
  /** The built-in inbox. */
  inbox: z.object({ smtp: z.object({ host: z.string(), port: z.int() }), pid }).exactOptional(),
  /** The pages. */
  web: z.object({ url: z.string(), pid }).exactOptional(),
});

export type RunFile = Readonly<z.infer<typeof runFile>>;

/** A part that is null is removed; one that is absent stays. */
export type RunFilePatch = { readonly [Part in keyof RunFile]?: RunFile[Part] | null };

/**
 * What runs: parts whose process has ended are left out.
 * @throws PaperboyError `file-unreadable`
 */
export async function readRunFile(dataDir: string): Promise<RunFile> {
  const parts = Object.entries(readRaw(dataDir));
  return Object.fromEntries(parts.filter(([, part]) => isRunning(part.pid)));
}

/** Changes the parts given, whole or not at all; safe among processes. */
export async function updateRunFile(dataDir: string, patch: RunFilePatch): Promise<void> {
  await withFolderLock(dataDir, async () => writeParts(dataDir, patch));
}

/** For who holds the folder's lock: the file as it is, dead or alive. */
export function readRaw(dataDir: string): RunFile {
  const path = join(dataDir, 'run.json');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw unreadable(path, error);
  }
  if (text.trim() === '') return {};
  try {
    return runFile.parse(JSON.parse(text));
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** For who holds the folder's lock. */
export function writeParts(dataDir: string, patch: RunFilePatch): void {
  const path = join(dataDir, 'run.json');
  const merged = Object.entries({ ...readRaw(dataDir), ...patch }).filter(([, part]) => part != null);
  if (merged.length === 0) {
    rmSync(path, { force: true });
    return;
  }
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomId(4)}`;
  const text = `${JSON.stringify(Object.fromEntries(merged), null, 2)}\n`;
  writeFileSync(draft, text, { mode: 0o600, flush: true });
  renameSync(draft, path);
}

function unreadable(path: string, cause: unknown): PaperboyError {
  return new PaperboyError('file-unreadable', `${path} cannot be read: ${(cause as Error).message}`, {
    cause,
    hint: 'when nothing runs on this data folder, remove the file',
  });
}
