import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKeyringFile, keyringFingerprint, loadKeyring } from '../../src/config/keyring.ts';
import { PaperboyError } from '../../src/core/errors.ts';
import { tsProgram } from '../helpers/ts-process.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'paperboy-keyring-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const secret = (letter: string) => Buffer.alloc(32, letter).toString('base64url');
const given = {
  tokenKeys: [
    { id: 'new', secret: secret('n') },
    { id: 'old', secret: secret('o') },
  ],
  messageIdKeys: [{ id: 'm1', secret: secret('m') }],
  suppressionPepper: secret('p'),
};

function refusal(source: Partial<Parameters<typeof loadKeyring>[0]>): PaperboyError {
  try {
    loadKeyring({ dataDir, redisUrlGiven: false, ...source });
  } catch (error) {
    if (error instanceof PaperboyError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('the keyring', () => {
  it('is made once in the data folder, for its owner alone', () => {
    const folder = join(dataDir, 'new', 'data');
    const first = loadKeyring({ dataDir: folder, redisUrlGiven: false });
    const second = loadKeyring({ dataDir: folder, redisUrlGiven: false });
    expect(second).toEqual(first);
    expect(statSync(join(folder, 'keyring.json')).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readdirSync(folder)).toEqual(['keyring.json']);
    const secrets = [first.tokenKeys[0]!.secret, first.messageIdKeys[0]!.secret, first.suppressionPepper];
    expect(secrets.map(({ length }) => length)).toEqual([32, 32, 32]);
    expect(new Set(secrets.map((bytes) => bytes.toString('hex'))).size).toBe(3);
  });

  it('is the same for processes that start at the same moment', async () => {
    const program = await tsProgram(`
      import { keyringFingerprint, loadKeyring } from './src/config/keyring.ts';
      process.stdin.once('data', () => {
        console.log(keyringFingerprint(loadKeyring({ dataDir: process.argv[2], redisUrlGiven: false })));
        process.exit();
      });
      console.log('ready');`);
    try {
      const processes = Array.from({ length: 4 }, () => program.start([dataDir]));
      await Promise.all(processes.map((one) => one.line()));
      for (const one of processes) one.say('go');
      const fingerprints = await Promise.all(processes.map((one) => one.line()));
      expect(new Set(fingerprints).size).toBe(1);
      expect(fingerprints[0]).toBe(keyringFingerprint(loadKeyring({ dataDir, redisUrlGiven: false })));
    } finally {
      await program.remove();
    }
  });

  it('comes from KEYRING as JSON or as a path', () => {
    const path = join(dataDir, 'elsewhere.json');
    writeFileSync(path, JSON.stringify(given));
    const byPath = loadKeyring({ dataDir, given: path, redisUrlGiven: true });
    const byText = loadKeyring({ dataDir, given: JSON.stringify(given), redisUrlGiven: false });
    expect(byText).toEqual(byPath);
    expect(byPath.tokenKeys.map(({ id }) => id)).toEqual(['new', 'old']);
    expect(byPath.suppressionPepper.equals(Buffer.alloc(32, 'p'))).toBe(true);
    expect(existsSync(join(dataDir, 'keyring.json'))).toBe(false);
  });

  it('must be given where the Redis is', () => {
    const error = refusal({ redisUrlGiven: true });
    expect([error.code, error.exitStatus]).toEqual(['keyring-missing', 78]);
    expect(error.hint).toContain('paperboy init');
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('is missing when KEYRING names a file that is not there', () => {
    const error = refusal({ given: join(dataDir, 'nowhere.json') });
    expect(error.code).toBe('keyring-missing');
    expect(error.message).toContain('nowhere.json');
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('can be made by hand, and is never replaced', () => {
    const path = join(dataDir, 'keyring.json');
    expect(createKeyringFile(path)).toBe(true);
    const before = readFileSync(path, 'utf8');
    expect(createKeyringFile(path)).toBe(false);
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  it.each([
    ['no JSON', `{"tokenKeys": ${secret('n')}`, 'KEYRING: expected JSON'],
    ['a part missing', JSON.stringify({ ...given, messageIdKeys: undefined }), 'messageIdKeys'],
    ['a part too many', JSON.stringify({ ...given, spare: secret('n') }), 'spare'],
    ['no key', JSON.stringify({ ...given, tokenKeys: [] }), 'tokenKeys: expected at least one key'],
    [
      'a short key',
      JSON.stringify({ ...given, suppressionPepper: secret('n').slice(0, 40) }),
      'suppressionPepper: expected at least 32 bytes',
    ],
    [
      'another alphabet',
      JSON.stringify({ ...given, suppressionPepper: `${secret('n')}+/` }),
      'suppressionPepper: expected base64url',
    ],
    [
      'an id twice',
      JSON.stringify({ ...given, tokenKeys: [given.tokenKeys[0], given.tokenKeys[0]] }),
      'tokenKeys: expected each key id once',
    ],
  ])('is refused: %s', (_what, text, expected) => {
    const error = refusal({ given: text });
    expect([error.code, error.exitStatus]).toEqual(['keyring-invalid', 78]);
    expect(error.message).toContain(expected);
    const shown = inspect(error, { depth: null, showHidden: true });
    expect(shown).not.toContain(secret('n').slice(0, 12));
    expect(shown).not.toContain(secret('p').slice(0, 12));
  });

  it('is refused in a file that may not be read', { skip: process.getuid?.() === 0 }, () => {
    const path = join(dataDir, 'keyring.json');
    createKeyringFile(path);
    chmodSync(path, 0);
    expect(refusal({}).code).toBe('keyring-missing');
  });

  it('shows no secret to whoever prints or stringifies it', () => {
    const keyring = loadKeyring({ dataDir, given: JSON.stringify(given), redisUrlGiven: true });
    const shown = [
      inspect(keyring, { depth: null, showHidden: true }),
      inspect(keyring.suppressionPepper),
      JSON.stringify({ keyring }),
      JSON.stringify(keyring.tokenKeys[0]),
    ].join('\n');
    expect(shown).toContain('[secret]');
    for (const letter of 'nomp') {
      const bytes = Buffer.alloc(32, letter);
      expect(shown).not.toContain(bytes.toString('base64url').slice(0, 12));
      expect(shown).not.toContain(bytes.toString('hex').slice(0, 12));
      expect(shown).not.toContain([...bytes].slice(0, 4).join(','));
      expect(shown).not.toContain(
        bytes
          .toString('hex')
          .slice(0, 6)
          .replace(/(..)(?=.)/g, '$1 '),
      );
    }
  });

  it('has a fingerprint that changes with the pepper alone', () => {
    const of = (change: object) =>
      keyringFingerprint(
        loadKeyring({ dataDir, given: JSON.stringify({ ...given, ...change }), redisUrlGiven: true }),
      );
    expect(of({})).toMatch(/^[0-9a-f]{32}$/);
    expect(of({ tokenKeys: given.messageIdKeys })).toBe(of({}));
    expect(of({ suppressionPepper: secret('x') })).not.toBe(of({}));
    expect(of({})).not.toContain(Buffer.alloc(32, 'p').toString('hex').slice(0, 8));
  });
});
