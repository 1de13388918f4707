import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Config, DkimConfig } from '../../src/config/config.ts';
import { loadSigners } from '../../src/delivery/signers.ts';
import { generateDkimKey } from '../../src/message/dkim-key.ts';
import type { Message } from '../../src/message/message.ts';

let folder: string;
let keyFile: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paperboy-dkim-'));
  keyFile = join(folder, 'p1.pem');
  await writeFile(keyFile, (await generateDkimKey()).privateKeyPem);
});
afterAll(() => rm(folder, { recursive: true }));

const withKeys = (...dkim: DkimConfig[]) => ({ sending: { relays: [], dkim } }) as unknown as Config;
const key = (domain: string, selector: string) => ({ domain, selector, privateKeyFile: keyFile });
const message: Message = {
  envelope: { from: 'b@news.example', to: 'ann@readers.example' },
  messageId: '<1@news.example>',
  raw: Buffer.from('From: a@news.example\r\nSubject: x\r\n\r\nbody\r\n'),
};

async function signatureOf(config: Config, domain: string): Promise<string> {
  const { raw } = await (await loadSigners(config)).sign(message, domain);
  const [head = ''] = raw.toString().split('\r\n\r\n');
  return head.startsWith('DKIM-Signature:') ? head.replaceAll(/\s+/g, ' ') : 'none';
}

describe('the DKIM keys of a configuration', () => {
  it('sign for their domain and those below it, the nearest one first', async () => {
    const config = withKeys(key('news.example', 'far'), key('mail.news.example', 'near'));
    expect(await signatureOf(config, 'mail.news.example')).toContain('d=mail.news.example; s=near');
    expect(await signatureOf(config, 'a.mail.news.example')).toContain('d=mail.news.example; s=near');
    expect(await signatureOf(config, 'news.example')).toContain('d=news.example; s=far');
  });

  it('sign for nobody else', async () => {
    const config = withKeys(key('news.example', 'p1'));
    expect(await signatureOf(config, 'fakenews.example')).toBe('none');
    expect(await signatureOf(withKeys(), 'news.example')).toBe('none');
  });

  it('are refused before anything is sent when they are missing or no keys', async () => {
    await writeFile(join(folder, 'broken.pem'), 'rubbish');
    const broken = { ...key('news.example', 'p1'), privateKeyFile: join(folder, 'broken.pem') };
    const missing = { ...key('news.example', 'p1'), privateKeyFile: join(folder, 'nowhere.pem') };
    await expect(loadSigners(withKeys(broken))).rejects.toMatchObject({ code: 'dkim-invalid' });
    await expect(loadSigners(withKeys(missing))).rejects.toMatchObject({ code: 'file-missing' });
  });
});
