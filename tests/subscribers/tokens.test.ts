import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seal, unseal } from '../../subscribers/token-seal.ts';
import {
  signToken,
  signVoteToken,
  type TokenKeys,
  type TokenPurpose,
  verifyToken,
  verifyVoteToken,
} from '../../subscribers/tokens.ts';

const [oldKey, newKey] = [
  { id: 'k-2025', secret: randomBytes(32) },
  { id: 'k-2026', secret: randomBytes(32) },
];
const keys: TokenKeys = [newKey];
const payload = { purpose: 'unsubscribe', sid: 7, newsletter: 'daily-zh' } as const;

const payloads = fc.record({
  purpose: fc.constantFrom<TokenPurpose>('unsubscribe', 'preferences'),
  sid: fc.integer({ min: 1, max: 0xffff_ffff }),
  newsletter: fc.stringMatching(/^[a-z][a-z0-9-]{1,31}$/),
});

describe('a token', () => {
  it('says again what was signed, in fewer than 80 characters that a URL takes as they are', () => {
    fc.assert(
      fc.property(payloads, (signed) => {
        const text = signToken(keys, signed);
        expect(text).toMatch(/^[A-Za-z0-9_-]{34,74}$/);
        expect(verifyToken(keys, signed.purpose, text)).toEqual(signed);
      }),
    );
  });

  it('is the same each time, so a mail sent again carries the same link', () => {
    expect(signToken(keys, payload)).toBe(signToken(keys, payload));
  });

  it('is refused when a single bit of it differs', () => {
    const text = signToken(keys, payload);
    const bytes = Buffer.from(text, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const forged = Buffer.from(bytes);
      forged[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => verifyToken(keys, 'unsubscribe', forged.toString('base64url'))).toThrow('not valid');
    }
  });

  it('has one spelling only', () => {
    const text = signToken(keys, { ...payload, newsletter: 'daily-en2' });
    for (const other of [
      `${text}=`,
      `${text}A`,
      ` ${text}`,
      `${text}\n`,
      text.replace(/-/g, '+'),
      respelled(text),
    ]) {
      if (other !== text) expect(() => verifyToken(keys, 'unsubscribe', other)).toThrow('not valid');
    }
  });

  it('is refused, not crashed on, whatever text comes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), fc.stringMatching(/^[\w-]{30,80}$/)), (text) => {
        expect(() => verifyToken(keys, 'unsubscribe', text)).toThrow(
          expect.objectContaining({ code: 'token-invalid' }),
        );
      }),
    );
  });

  it('of a mail header cannot read preferences; the one of the preferences link may also unsubscribe', () => {
    const unsubscribe = signToken(keys, payload);
    const preferences = signToken(keys, { ...payload, purpose: 'preferences' });
    expect(() => verifyToken(keys, 'preferences', unsubscribe)).toThrow('not valid');
    expect(verifyToken(keys, 'unsubscribe', preferences)).toMatchObject({ purpose: 'preferences', sid: 7 });
  });

  it('of an old key still holds, while the newest signs', () => {
    const old = signToken([oldKey!], payload);
    expect(verifyToken([newKey!, oldKey!], 'unsubscribe', old)).toEqual(payload);
    expect(signToken([newKey!, oldKey!], payload)).toBe(signToken([newKey!], payload));
    expect(() => verifyToken([newKey!], 'unsubscribe', old)).toThrow('not valid');
  });

  it('of a foreign key is refused even if the key has the same id', () => {
    const foreign = signToken([{ id: newKey!.id, secret: randomBytes(32) }], payload);
    expect(() => verifyToken(keys, 'unsubscribe', foreign)).toThrow('not valid');
  });

  it('is not signed for nobody, for no newsletter, or without a key', () => {
    expect(() => signToken(keys, { ...payload, sid: 0 })).toThrow('sid');
    expect(() => signToken(keys, { ...payload, sid: 2 ** 32 })).toThrow('sid');
    expect(() => signToken(keys, { ...payload, newsletter: 'Daily' })).toThrow('newsletter');
    expect(() => signToken([], payload)).toThrow(expect.objectContaining({ code: 'keyring-invalid' }));
  });
});

describe('the token of a vote', () => {
  const vote = { sid: 7, issue: 'daily-zh-2026-03-02-morning.c1' };

  it('says whose vote it is, and on which issue, the longest id included', () => {
    const longest = { sid: 0xffff_ffff, issue: `${'n'.repeat(32)}-2026-03-02-${'s'.repeat(16)}.c99` };
    for (const signed of [vote, longest]) {
      const text = signVoteToken(keys, signed);
      expect(text).toMatch(/^[A-Za-z0-9_-]{34,116}$/);
      expect(verifyVoteToken(keys, text)).toEqual(signed);
    }
  });

  it('can neither read preferences nor unsubscribe, and their tokens cannot vote', () => {
    const text = signVoteToken(keys, vote);
    for (const purpose of ['unsubscribe', 'preferences'] as const) {
      expect(() => verifyToken(keys, purpose, text)).toThrow('not valid');
      expect(() => verifyVoteToken(keys, signToken(keys, { ...payload, purpose }))).toThrow('not valid');
    }
  });

  it('is refused when the issue in it is exchanged for another', () => {
    const bytes = Buffer.from(signVoteToken(keys, vote), 'base64url');
    bytes.write('3', bytes.indexOf('2026-03-02') + 9, 'latin1');
    expect(() => verifyVoteToken(keys, bytes.toString('base64url'))).toThrow('not valid');
  });

  it('is not signed for nobody or for no issue', () => {
    expect(() => signVoteToken(keys, { ...vote, sid: 0 })).toThrow('sid');
    expect(() => signVoteToken(keys, { ...vote, issue: 'daily-zh' })).toThrow('issue');
  });
});

describe('a seal', () => {
  it('keeps the link of a web copy apart from all that is personal', () => {
    const sealed = { purpose: 'webCopy', number: 7, name: 'daily-zh-2026-03-02' } as const;
    const text = seal(keys, sealed);
    expect(unseal(keys, text)).toEqual(sealed);
    expect(() => verifyVoteToken(keys, text)).toThrow('not valid');
    expect(() => verifyToken(keys, 'preferences', text)).toThrow('not valid');
  });
});

/** The same bytes with other left-over bits in the last character. */
function respelled(text: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(text.at(-1) ?? 'A');
  return `${text.slice(0, -1)}${alphabet[last ^ 1]}`;
}
