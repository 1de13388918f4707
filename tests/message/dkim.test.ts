import { spawnSync } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { PaperboyError } from '../../src/core/errors.ts';
import { compose, type Recipient } from '../../src/message/compose.ts';
import { createDkimSigner, type DkimSigner, probeDkim } from '../../src/message/dkim.ts';
import { type DkimKey, dkimRecord, generateDkimKey, readDkimKey } from '../../src/message/dkim-key.ts';
import type { Message } from '../../src/message/message.ts';
import { prepareEdition } from '../../src/message/prepare-message.ts';
import { verifyDkim } from './dkim-verifier.ts';

let key: DkimKey;
let privateKey: KeyObject;
let signer: DkimSigner;
beforeAll(async () => {
  key = await generateDkimKey();
  privateKey = readDkimKey(key.privateKeyPem, 'test');
  signer = createDkimSigner({ domain: 'news.example', selector: 'p1', privateKey });
});

const edition = prepareEdition(
  {
    editionId: '0123456789',
    format: 'html',
    subject: '新规发布：人工智能监管进入新阶段；某公司完成十亿元融资｜人工智能日报 11/21',
    preheader: '',
    html: ['<p>新闻</p>\n'.repeat(500), { slot: 'unsubscribeUrl' }, '\n'],
    text: ['新闻\n', { slot: 'unsubscribeUrl' }, '\n'],
  },
  {
    newsletter: 'ai-daily',
    newsletterName: '人工智能日报',
    from: { name: '人工智能日报', address: 'daily@news.example' },
    replyTo: 'editor@news.example',
    language: 'zh',
    issue: 'ai-daily-2026-11-21',
    messageIdKey: Buffer.alloc(32, 7),
  },
);
const recipient: Recipient = {
  address: 'reader@readers.example',
  name: '王小明',
  sid: 4711,
  sendAt: Date.UTC(2026, 10, 21),
  unsubscribeUrl: `https://news.example/u/${'a'.repeat(90)}`,
  preferencesUrl: `https://news.example/p/${'a'.repeat(90)}`,
};
const message = compose(edition, recipient);
const { envelope, messageId } = message;
const messageOf = (raw: string | Buffer): Message => ({ envelope, messageId, raw: Buffer.from(raw) });
const verdictOf = ({ raw }: Message) => verifyDkim(raw, key.publicRecord);
const altered = ({ raw }: Message, from: string | RegExp, to: string): Message => {
  const text = raw.toString('latin1');
  expect(text).not.toBe(text.replace(from, to));
  return messageOf(Buffer.from(text.replace(from, to), 'latin1'));
};

describe('a signed message', () => {
  it('is the same message behind one more field, and verifies', async () => {
    const { raw, ...rest } = await signer.sign(message);
    expect(rest).toMatchObject({ envelope, messageId });
    expect(Buffer.concat(rest.pieces ?? []).equals(raw)).toBe(true);
    expect(raw.subarray(-message.raw.length).equals(message.raw)).toBe(true);
    const field = raw.subarray(0, -message.raw.length).toString('latin1');
    expect(field).toMatch(/^DKIM-Signature: [\x20-\x7e]+(?:\r\n [\x20-\x7e]+)+\r\n$/);
    expect(Math.max(...field.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(76);
    const { result, tags } = verifyDkim(raw, key.publicRecord);
    expect(result).toBe('pass');
    expect(Object.fromEntries(tags)).toMatchObject({
      v: '1',
      a: 'rsa-sha256',
      c: 'relaxed/relaxed',
      d: 'news.example',
      s: 'p1',
    });
  });

  it('covers what a reader sees and both fields of one-click unsubscription; From and Subject once more', async () => {
    expect(verdictOf(await signer.sign(message)).names).toEqual([
      'from',
      'from',
      'reply-to',
      'to',
      'subject',
      'subject',
      'date',
      'message-id',
      'mime-version',
      'content-type',
      'list-id',
      'list-unsubscribe',
      'list-unsubscribe-post',
      'list-help',
      'feedback-id',
    ]);
  });

  it('names no field that is not there, but for the two', async () => {
    const small = await signer.sign(messageOf('From: a@news.example\r\nX-Other: b\r\n\r\nc\r\n'));
    expect(verdictOf(small)).toMatchObject({ result: 'pass', names: ['from', 'from', 'subject'] });
  });

  it('is signed alike every time', async () => {
    expect((await signer.sign(message)).raw.equals((await signer.sign(message)).raw)).toBe(true);
  });

  it('verifies still when a relay folds anew, or adds what is not covered', async () => {
    const sent = await signer.sign(message);
    expect(verdictOf(altered(sent, /^Date: (.*)$/m, 'date :  $1 ')).result).toBe('pass');
    expect(verdictOf(altered(sent, /^(Date: \S+) /m, '$1\r\n\t ')).result).toBe('pass');
    expect(verdictOf(altered(sent, /^Precedence: list/m, 'Precedence: bulk')).result).toBe('pass');
    expect(verdictOf(altered(sent, /$/, '\r\n\r\n')).result).toBe('pass');
  });

  it.each([
    ['another Subject', /^Subject: /m, 'Subject: x'],
    ['a second Subject above', /^From: /m, 'Subject: x\r\nFrom: '],
    ['a second From below', /^To: /m, 'From: x@evil.example\r\nTo: '],
    ['another unsubscribe link', /^List-Unsubscribe: <https:/m, 'List-Unsubscribe: <http:'],
    ['no one-click', /^List-Unsubscribe-Post: .*\r\n/m, ''],
    ['another recipient', /^To: .*\r\n/m, 'To: x@y.example\r\n'],
  ])('fails with %s', async (_, from, to) => {
    expect(verdictOf(altered(await signer.sign(message), from, to)).result).toBe('signature differs');
  });

  it('fails with one octet of the body changed', async () => {
    const { raw } = await signer.sign(message);
    raw[raw.length - 100] = (raw[raw.length - 100] ?? 0) ^ 1;
    expect(verifyDkim(raw, key.publicRecord).result).toBe('body hash differs');
  });

  it('fails with another key', async () => {
    const other = await generateDkimKey();
    expect(verifyDkim((await signer.sign(message)).raw, other.publicRecord).result).toBe('signature differs');
  });

  it('verifies whatever whitespace, empty lines and repeated fields there are in it', async () => {
    const scrap = fc.constantFrom(' ', '\t', '\r\n', 'a', 'b:c', '.', '  x', '\u00e9');
    const scraps = fc.array(scrap, { maxLength: 12 }).map((some) => some.join(''));
    const value = fc.array(fc.constantFrom(' ', '\t', 'a', ':', ';', '\r\n ', '\r\n\t', '\u00a0'), {
      maxLength: 8,
    });
    const field = fc
      .tuple(fc.constantFrom('From', 'SUBJECT', 'to', 'List-Id', 'X', 'Date '), value)
      .map(([name, some]) => `${name}:${some.join('')}v\r\n`);
    const message = fc.tuple(fc.array(field, { minLength: 1, maxLength: 8 }), scraps);
    await fc.assert(
      fc.asyncProperty(message, async ([fields, body]) => {
        const sent = await signer.sign(messageOf(Buffer.from(`${fields.join('')}\r\n${body}`, 'latin1')));
        expect(verdictOf(sent).result).toBe('pass');
      }),
      { numRuns: 300 },
    );
  });

  it('keeps the bodies of RFC 6376 §3.4.5 and §3.4.4 apart as they are there', async () => {
    const bodyHash = async (body: string) =>
      verdictOf(await signer.sign(messageOf(`From: a\r\n\r\n${body}`))).tags.get('bh');
    expect(await bodyHash(' C \r\nD \t E\r\n\r\n\r\n')).toBe(await bodyHash(' C\r\nD E\r\n'));
    // The hash of nothing, as §3.4.4 gives it.
    for (const body of ['', '\r\n', ' \r\n\t\r\n']) {
      expect(await bodyHash(body)).toBe('47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=');
    }
  });

  it('is not made of what is no message', async () => {
    await expect(signer.sign(messageOf('From: a\r\n'))).rejects.toMatchObject({ code: 'message-invalid' });
  });
});

describe('dkimpy', () => {
  const script = [
    'import sys, dkim',
    'raw = sys.stdin.buffer.read()',
    'record = sys.argv[1].encode()',
    'print(dkim.verify(raw, dnsfunc=lambda name, timeout=5: record if name == b"p1._domainkey.news.example." else None))',
  ].join('\n');
  const isInstalled = spawnSync('python3', ['-c', 'import dkim']).status === 0;

  it.runIf(isInstalled)('verifies a signed message, and not one that was changed', async () => {
    const verdict = ({ raw }: Message) =>
      spawnSync('python3', ['-c', script, key.publicRecord], { input: raw }).stdout.toString().trim();
    const sent = await signer.sign(message);
    expect(verdict(sent)).toBe('True');
    expect(verdict(altered(sent, /^Subject: /m, 'Subject: x'))).toBe('False');
  });
});

describe('a DKIM key', () => {
  const pemOf = (made: { readonly privateKey: KeyObject }) =>
    made.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const codeAndText = (attempt: () => unknown): [string, string] => {
    try {
      attempt();
    } catch (error) {
      if (error instanceof PaperboyError) return [error.code, error.message];
    }
    return ['none', ''];
  };

  it('is published as its record says', () => {
    expect(key.publicRecord).toMatch(
      /^v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A[A-Za-z0-9+/]+={0,2}$/,
    );
    expect(dkimRecord(privateKey)).toBe(key.publicRecord);
    expect(dkimRecord(signer.publicKey)).toBe(key.publicRecord);
  });

  it('passes the probe', async () => {
    await expect(probeDkim(signer)).resolves.toBeUndefined();
  });

  it.each([
    ['an Ed25519 key', () => pemOf(generateKeyPairSync('ed25519')), 'ed25519'],
    [
      'an RSA key that is too short',
      () => pemOf(generateKeyPairSync('rsa', { modulusLength: 1024 })),
      '1024',
    ],
    ['an RSA-PSS key', () => pemOf(generateKeyPairSync('rsa-pss', { modulusLength: 2048 })), 'rsa-pss'],
    ['an elliptic curve', () => pemOf(generateKeyPairSync('ec', { namedCurve: 'P-256' })), 'ec'],
    ['a key cut in half', () => key.privateKeyPem.slice(0, 800), 'PEM'],
    ['an empty file', () => '', 'PEM'],
  ])('is not %s', (_, make, found) => {
    const pem = make();
    const [code, text] = codeAndText(() => readDkimKey(pem, 'mail.pem'));
    expect(code).toBe('dkim-invalid');
    expect(text).toContain('mail.pem');
    expect(text).toContain(found);
    expect(text).not.toContain('MII');
  });

  it('is not the public half, nor a short one handed over as it is', () => {
    const { privateKey: short } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    for (const unusable of [signer.publicKey, short]) {
      const options = { domain: 'news.example', selector: 'p1', privateKey: unusable };
      expect(codeAndText(() => createDkimSigner(options))[0]).toBe('dkim-invalid');
    }
  });

  it('does not pass the probe when its halves do not belong together', async () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
    const { n = '' } = privateKey.export({ format: 'jwk' });
    const broken = createPrivateKey({ key: { ...other, n }, format: 'jwk' });
    const options = { domain: 'news.example', selector: 'p1', privateKey: broken };
    await expect(probeDkim(createDkimSigner(options))).rejects.toMatchObject({ code: 'dkim-invalid' });
  });

  it.each([
    ['domain', 'localhost'],
    ['domain', 'news.example; s=x'],
    ['domain', '新闻.example'],
    ['domain', 'news..example'],
    ['selector', ''],
    ['selector', 'a b'],
    ['selector', 'p1\r\nX: y'],
  ] as const)('is not for the %s %j', (what, name) => {
    const options = { domain: 'news.example', selector: 'p1', privateKey, [what]: name };
    expect(codeAndText(() => createDkimSigner(options))[0]).toBe('dkim-invalid');
  });
});
