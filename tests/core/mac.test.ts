import { createHmac, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { macOf } from '../../src/core/mac.ts';

/** RFC 4231 §4.2, §4.3, §4.7, §4.8: key, data, HMAC-SHA-256. */
const vectors = [
  [Buffer.alloc(20, 0x0b), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
  [
    Buffer.from('Jefe'),
    'what do ya want for nothing?',
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
  [
    Buffer.alloc(131, 0xaa),
    'Test Using Larger Than Block-Size Key - Hash Key First',
    '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  ],
  [
    Buffer.alloc(131, 0xaa),
    'This is a test using a larger than block-size key and a larger than block-size data. ' +
      'The key needs to be hashed before being used by the HMAC algorithm.',
    '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2',
  ],
] as const;

describe('macOf', () => {
  it.each(vectors)('agrees with RFC 4231 (%#)', (key, data, mac) => {
    expect(macOf(key, data, 'hex')).toBe(mac);
  });

  it('agrees with node:crypto for keys and texts of any length, one after the other', () => {
    for (const keyBytes of [1, 16, 32, 63, 64, 65, 200]) {
      const key = randomBytes(keyBytes);
      for (const length of [0, 1, 40, 127, 128, 191, 192, 193, 1000, 3]) {
        const octets = randomBytes(length).toString('latin1');
        const expected = createHmac('sha256', key).update(octets, 'latin1').digest();
        expect(macOf(key, octets, 'hex')).toBe(expected.toString('hex'));
        expect(Buffer.from(macOf(key, octets, 'binary'), 'latin1')).toEqual(expected);
      }
    }
  });
});
