import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readDkimKeyRecord } from '../../src/dns/dkim-key-record.ts';
import { dkimRecord } from '../../src/message/dkim-key.ts';

const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
const record = dkimRecord(publicKey);
const p = /p=(.+)$/.exec(record)?.[1] ?? '';
const bare = publicKey.export({ type: 'pkcs1', format: 'der' }).toString('base64');

describe('the record of a DKIM key', () => {
  it.each([
    ['as we print it', record],
    ['without what may be left out', `p=${p}`],
    ['with spaces in the key', `v=DKIM1; p=${p.slice(0, 100)} ${p.slice(100)}`],
    ['with services, hashes, flags and notes', `v=DKIM1; h=sha1:sha256; s=email; t=s; n=ours; p=${p};`],
    ['with the bare key', `k=rsa; p=${bare}`],
  ])('matches %s', (_, text) => {
    expect(
      readDkimKeyRecord([text], createPublicKey(publicKey.export({ type: 'spki', format: 'pem' }))),
    ).toEqual({
      type: 'matches',
      isTest: false,
    });
  });

  it.each([
    [[], { type: 'missing' }],
    [[record, record], { type: 'several', count: 2 }],
    [['v=DKIM1; k=rsa; p='], { type: 'revoked' }],
    [[dkimRecord(other)], { type: 'other-key' }],
    [['v=DKIM1; p=!!'], { type: 'other-key' }],
    [[`v=DKIM1; t=y:s; p=${p}`], { type: 'matches', isTest: true }],
    [[`v=DKIM1; k=ed25519; p=${p}`], { type: 'unusable', why: 'is of a key of type ed25519, ours is rsa' }],
    [[`v=DKIM1; h=sha1; p=${p}`], { type: 'unusable', why: 'allows h=sha1 alone' }],
    [[`v=DKIM1; s=tlsrpt; p=${p}`], { type: 'unusable', why: 'is not for e-mail (s=)' }],
    [[`k=rsa; v=DKIM1; p=${p}`], { type: 'unusable', why: 'does not begin with v=DKIM1' }],
    [['v=DKIM1; k=rsa'], { type: 'unusable', why: 'has no p=, the key itself' }],
    [['hello'], { type: 'unusable', why: 'is no list of tags' }],
  ])('%#: %o', (texts, expected) => {
    expect(readDkimKeyRecord(texts, publicKey)).toEqual(expected);
  });
});
