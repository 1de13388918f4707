import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDkim } from '../../src/cli/dkim.ts';
import type { Run } from '../../src/cli/frame.ts';
import { createDkimSigner, probeDkim } from '../../src/message/dkim.ts';
import { dkimRecord, readDkimKey } from '../../src/message/dkim-key.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'paperboy-dkim-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function generate(...args: string[]) {
  const written = { stdout: '', stderr: '' };
  const collector = (to: 'stdout' | 'stderr') =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        written[to] += chunk.toString();
        done();
      },
    });
  const run: Run = { status: 0 };
  const program = new Command('paperboy').exitOverride();
  const io = {
    stdout: collector('stdout'),
    stderr: collector('stderr'),
    isInteractive: false,
    canAsk: false,
    isColored: false,
    signal: new AbortController().signal,
    cwd: folder,
    env: {},
  };
  addDkim(program, io, run);
  await program.parseAsync(['dkim', 'generate', ...args], { from: 'user' });
  return { ...written, status: run.status };
}

describe('paperboy dkim generate', () => {
  it('writes a private key that only its owner may read, and shows the record that publishes it', async () => {
    const { status, stdout, stderr } = await generate(
      '--domain',
      'news.example',
      '--selector',
      'p1',
      '--json',
    );
    expect(status).toBe(0);
    expect(stderr).toBe('');
    const data = JSON.parse(stdout);
    const file = join(folder, 'dkim-p1.news.example.pem');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const privateKey = readDkimKey(readFileSync(file, 'utf8'), file);
    const value = dkimRecord(privateKey);
    expect(data).toEqual({
      domain: 'news.example',
      selector: 'p1',
      file,
      name: 'p1._domainkey.news.example',
      value,
      strings: [value.slice(0, 255), value.slice(255)],
    });
    await probeDkim(createDkimSigner({ domain: data.domain, selector: data.selector, privateKey }));
  });

  it('shows people the name, the value and the line of a zone file, and never the key', async () => {
    const { status, stdout } = await generate(
      '--domain',
      'news.example',
      '--selector',
      'p2',
      '--out',
      'keys/a.pem',
    );
    expect(status).toBe(0);
    const value = dkimRecord(readDkimKey(readFileSync(join(folder, 'keys', 'a.pem'), 'utf8'), 'a.pem'));
    expect(stdout).toContain('wrote keys/a.pem');
    expect(stdout).toContain(`name   p2._domainkey.news.example\nvalue  ${value}\n`);
    expect(stdout).toContain(
      `p2._domainkey.news.example. IN TXT ( "${value.slice(0, 255)}"\n    "${value.slice(255)}" )\n`,
    );
    expect(stdout).not.toContain('PRIVATE');
  });

  it('never replaces a file', async () => {
    const args = ['--domain', 'news.example', '--selector', 'p3', '--out', 'kept.pem', '--json'];
    await generate(...args);
    const before = readFileSync(join(folder, 'kept.pem'));
    const { status, stdout } = await generate(...args);
    expect(status).toBe(1);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'file-unwritable',
      message: 'kept.pem is there already; it was left as it is',
    });
    expect(readFileSync(join(folder, 'kept.pem')).equals(before)).toBe(true);
    expect(readdirSync(folder).filter((name) => name.startsWith('kept.pem'))).toEqual(['kept.pem']);
  });

  it('takes a domain outside ASCII as A-labels', async () => {
    const { stdout } = await generate('--domain', '新闻.example', '--selector', 'p1', '--json');
    expect(JSON.parse(stdout).name).toBe('p1._domainkey.xn--efvy88h.example');
  });

  it.each([
    ['--domain', ['--domain', 'localhost', '--selector', 'p1']],
    ['--domain', ['--domain', '../x.example', '--selector', 'p1']],
    ['--selector', ['--domain', 'news.example', '--selector', '../p1']],
    ['--selector', ['--domain', 'news.example', '--selector', '']],
  ])('says which of its options is no name: %s', async (option, args) => {
    const files = readdirSync(folder);
    const { status, stdout } = await generate(...args, '--json');
    expect(status).toBe(2);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'usage',
      message: expect.stringContaining(option),
    });
    expect(readdirSync(folder)).toEqual(files);
  });

  it('says which file could not be written', async () => {
    await generate('--domain', 'news.example', '--selector', 'p1', '--out', 'taken.pem');
    const { status, stdout } = await generate(
      '--domain',
      'news.example',
      '--selector',
      'p1',
      '--out',
      'taken.pem/key.pem',
      '--json',
    );
    expect(status).toBe(1);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'file-unwritable',
      message: expect.stringContaining('taken.pem/key.pem cannot be written'),
    });
  });
});
