/** The keyring: the keys that sign tokens and Message-IDs, and the pepper of suppressions. Made once, never shown. */
import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PaperboyError } from '../core/errors.ts';
import type { Keyring } from './config.ts';
import { parseKeyring } from './keyring-schema.ts';
import { writeOnce } from './write-once.ts';

export interface KeyringSource {
  /** Absolute; its `keyring.json` is used, and made if need be, when none is given. */
  readonly dataDir: string;
  /** KEYRING: JSON text, or the path of a file of it. */
  readonly given?: string | undefined;
  /** With a Redis of one's own, several machines share the store and must share the keyring: none is made then. */
  readonly redisUrlGiven: boolean;
}

/** @throws PaperboyError `keyring-missing`, `keyring-invalid`; neither quotes what the file holds */
export function loadKeyring({ dataDir, given, redisUrlGiven }: KeyringSource): Keyring {
  if (given !== undefined) {
    return given.trimStart().startsWith('{') ? parseKeyring(given, 'KEYRING') : readKeyring(given);
  }
  if (redisUrlGiven) {
    throw new PaperboyError('keyring-missing', 'REDIS_URL is set, but KEYRING is not', {
      hint: `set KEYRING to the path of a keyring.json: the same on every machine that uses this Redis. ${howToMake}`,
    });
  }
  const path = join(dataDir, 'keyring.json');
  createKeyringFile(path);
  return readKeyring(path);
}

const howToMake = '`paperboy init` makes one';

/**
 * Makes a keyring file that only its owner may read. An existing one is left alone, also when another process makes
 * it at the same moment: all end up with the same keys.
 * @returns whether this call made it
 */
export function createKeyringFile(path: string): boolean {
  if (existsSync(path)) return false;
  const key = () => ({ id: randomBytes(2).toString('hex'), secret: randomBytes(32).toString('base64url') });
  const content = {
    tokenKeys: [key()],
    messageIdKeys: [key()],
    suppressionPepper: randomBytes(32).toString('base64url'),
  };
  return writeOnce(path, `${JSON.stringify(content, null, 2)}\n`);
}

/** Tells keyrings apart without telling their keys; made of the one part that is never rotated. 32 hex digits. */
export function keyringFingerprint(keyring: Keyring): string {
  return createHmac('sha256', keyring.suppressionPepper)
    .update('paperboy keyring')
    .digest('hex')
    .slice(0, 32);
}

function readKeyring(path: string): Keyring {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new PaperboyError(
      'keyring-missing',
      isMissing
        ? `there is no keyring ${path}`
        : `the keyring ${path} cannot be read: ${(cause as Error).message}`,
      { cause, hint: howToMake },
    );
  }
  return parseKeyring(text, path);
}
