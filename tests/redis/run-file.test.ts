import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRunFile, updateRunFile } from '../../src/redis/run-file.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'paperboy-run-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const { pid } = process;
const inbox = { smtp: { host: '127.0.0.1', port: 2525 }, pid };
const web = { url: 'http://127.0.0.1:8080', pid };

describe('run.json', () => {
  it('is empty where nothing runs', async () => {
    expect(await readRunFile(dataDir)).toEqual({});
    expect(await readRunFile(join(dataDir, 'nowhere'))).toEqual({});
    writeFileSync(join(dataDir, 'run.json'), '');
    expect(await readRunFile(dataDir)).toEqual({});
  });

  it('gets parts, changes parts and loses parts, the others untouched', async () => {
    await updateRunFile(dataDir, { inbox });
    await updateRunFile(dataDir, { web });
    expect(await readRunFile(dataDir)).toEqual({ inbox, web });
    await updateRunFile(dataDir, { inbox: null, web: { ...web, url: 'http://127.0.0.1:9000' } });
    expect(await readRunFile(dataDir)).toEqual({ web: { url: 'http://127.0.0.1:9000', pid } });
    expect(statSync(join(dataDir, 'run.json')).mode & 0o777).toBe(0o600);
    await updateRunFile(dataDir, { web: null });
    expect(readdirSync(dataDir)).toEqual(['lock']);
  });

  it('loses nothing when many write at once', async () => {
    await Promise.all([
      ...Array.from({ length: 10 }, () => updateRunFile(dataDir, { inbox })),
      ...Array.from({ length: 10 }, () => updateRunFile(dataDir, { web })),
    ]);
    expect(await readRunFile(dataDir)).toEqual({ inbox, web });
  });

  it('tells nothing of a process that has ended', async () => {
    await updateRunFile(dataDir, { inbox: { ...inbox, pid: 2 ** 30 }, web });
    expect(await readRunFile(dataDir)).toEqual({ web });
  });

  it('that somebody spoilt is refused and left alone', async () => {
    writeFileSync(join(dataDir, 'run.json'), '{"web": 1}');
    await expect(readRunFile(dataDir)).rejects.toMatchObject({ code: 'file-unreadable' });
    await expect(updateRunFile(dataDir, { inbox })).rejects.toMatchObject({ code: 'file-unreadable' });
    expect(readFileSync(join(dataDir, 'run.json'), 'utf8')).toBe('{"web": 1}');
  });
});
