import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messageIdOf } from '../../src/message/message-id.ts';
import { createVerp, decodeVerp } from '../../src/message/verp.ts';

const key = Buffer.alloc(32, 7);
const otherKey = Buffer.alloc(32, 8);
const issues = fc
  .tuple(
    fc.stringMatching(/^[a-z][a-z0-9-]{1,31}$/),
    fc.integer({ min: 1, max: 28 }),
    fc.constantFrom('', '-noon', '.c1'),
  )
  .map(([newsletter, day, rest]) => `${newsletter}-2026-02-${String(day).padStart(2, '0')}${rest}`);
const sids = fc.integer({ min: 0, max: 0xffff_ffff });

describe('an envelope sender', () => {
  it('names its issue and subscriber again, among other issues and keys', () => {
    fc.assert(
      fc.property(issues, sids, fc.array(issues), (issue, sid, others) => {
        const address = createVerp(key, issue, 'news.example')(sid);
        expect(decodeVerp(address, [...others, issue], [otherKey, key])).toEqual({ issue, sid });
      }),
    );
  });

  it('has a short lower-case local part', () => {
    fc.assert(
      fc.property(issues, sids, (issue, sid) => {
        const address = createVerp(key, issue, 'news.example')(sid);
        expect(address).toMatch(/^b\+[0-9a-z-]{1,27}@news\.example$/);
      }),
    );
  });

  it('is read in angle brackets and in capitals as well', () => {
    const address = createVerp(key, 'ai-daily-2026-11-21', 'news.example')(4711);
    const found = { issue: 'ai-daily-2026-11-21', sid: 4711 };
    expect(decodeVerp(`<${address}>`, [found.issue], [key])).toEqual(found);
    expect(decodeVerp(address.toUpperCase(), [found.issue], [key])).toEqual(found);
  });

  it('is nobody’s when a digit is changed, the key is another, or the issue is not known', () => {
    const issue = 'ai-daily-2026-11-21';
    const address = createVerp(key, issue, 'news.example')(4711);
    expect(decodeVerp(address, [issue], [otherKey])).toBeUndefined();
    expect(decodeVerp(address, ['ai-daily-2026-11-22'], [key])).toBeUndefined();
    const end = address.indexOf('@');
    for (let at = 2; at < end; at += 1) {
      const forged = address.slice(0, at) + (address[at] === '0' ? '1' : '0') + address.slice(at + 1);
      expect(decodeVerp(forged, [issue], [key])).toBeUndefined();
    }
  });

  it('is not found in what is no envelope sender of ours', () => {
    fc.assert(fc.property(fc.string(), (text) => decodeVerp(text, ['a-2026-01-01'], [key]) === undefined));
    expect(decodeVerp('', [], [])).toBeUndefined();
    expect(decodeVerp('b+@news.example', ['a-2026-01-01'], [key])).toBeUndefined();
  });
});

describe('a Message-ID', () => {
  it('is the same for the same delivery, and differs between issues, subscribers and keys', () => {
    const id = messageIdOf(key, 'ai-daily-2026-11-21', 1, 'news.example');
    expect(id).toMatch(/^<[0-9a-f]{32}@news\.example>$/);
    expect(messageIdOf(key, 'ai-daily-2026-11-21', 1, 'news.example')).toBe(id);
    expect(
      new Set([
        id,
        messageIdOf(key, 'ai-daily-2026-11-21', 2, 'news.example'),
        messageIdOf(key, 'ai-daily-2026-11-21.c1', 1, 'news.example'),
        messageIdOf(key, 'ai-daily-2026-11-22', 1, 'news.example'),
        messageIdOf(otherKey, 'ai-daily-2026-11-21', 1, 'news.example'),
      ]).size,
    ).toBe(5);
  });
});
