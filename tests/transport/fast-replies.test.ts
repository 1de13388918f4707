import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createReplyReader, type Reply } from '../../src/transport/fast-replies.ts';

/** What is told of these packets, and what is wrong with them. */
function read(...packets: (string | Buffer)[]): { replies: Reply[]; fault: string | undefined } {
  const replies: Reply[] = [];
  const reader = createReplyReader((reply) => replies.push(reply));
  for (const packet of packets) {
    const fault = reader.read(Buffer.isBuffer(packet) ? packet : Buffer.from(packet));
    if (fault !== undefined) return { replies, fault };
  }
  return { replies, fault: undefined };
}

describe('the reply reader', () => {
  it('reads replies of one line and of several, with and without text', () => {
    expect(read('250 Ok\r\n550-5.1.1 no\r\n550-such\r\n550 user\r\n354\r\n250-\r\n250\r\n')).toEqual({
      replies: [
        { code: 250, text: '250 Ok' },
        { code: 550, text: '550-5.1.1 no\n550-such\n550 user' },
        { code: 354, text: '354' },
        { code: 250, text: '250-\n250' },
      ],
      fault: undefined,
    });
  });

  it('reads the same however the octets are cut', () => {
    const octets = Buffer.from('250-größe\r\n250 Ok\r\n\r\n550 5.7.1 Überlauf\r\n354 go on\n221 Bye\r\n');
    const whole = read(octets);
    expect(whole.replies).toHaveLength(4);
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: octets.length - 1 })), (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), octets.length];
        const packets = edges.slice(1).map((end, at) => octets.subarray(edges[at], end));
        expect(read(...packets)).toEqual(whole);
      }),
    );
    expect(read(...[...octets].map((octet) => Buffer.from([octet])))).toEqual(whole);
  });

  it('reads UTF-8, and anything else octet by octet', () => {
    expect(read('250 schön\r\n').replies[0]?.text).toBe('250 schön');
    expect(read(Buffer.from('250 sch\xf6n\r\n', 'latin1')).replies[0]?.text).toBe('250 schön');
  });

  it('tells what came whole before what is no reply', () => {
    const { replies, fault } = read('250 Ok\r\nhello\r\n250 Ok\r\n');
    expect(replies).toEqual([{ code: 250, text: '250 Ok' }]);
    expect(fault).toBe('"hello", which is no reply');
  });

  it.each([
    ['hello\r\n'],
    ['25 Ok\r\n'],
    ['2500 Ok\r\n'],
    ['150 wait\r\n'],
    ['650 what\r\n'],
    [' 250 Ok\r\n'],
    ['250_Ok\r\n'],
    ['250-one\r\n\r\n'],
    ['250-one\r\n550 two\r\n'],
    ['\0\x01\x02\r\n'],
    ['HTTP/1.1 400 Bad Request\r\n'],
  ])('takes %j for no reply', (octets) => {
    expect(read(octets)).toEqual({ replies: [], fault: expect.any(String) });
  });

  it('reads lines up to 8 KB and replies up to 64 KB, and nothing longer', () => {
    expect(read(`250 ${'x'.repeat(8188)}\r\n`).replies).toHaveLength(1);
    expect(read(`250 ${'x'.repeat(8189)}\r\n`).fault).toMatch(/a line of more than 8192 octets/);
    const line = `250-${'x'.repeat(1018)}\r\n`;
    expect(read(line.repeat(63), '250 end\r\n').replies).toHaveLength(1);
    expect(read(line.repeat(70)).fault).toMatch(/a reply of more than 65536 octets/);
  });

  it('keeps no more than 8 KB of a line that never ends, and gives up on empty lines without end', () => {
    const reader = createReplyReader(() => {});
    let packets = 0;
    while (reader.read(Buffer.from('x'.repeat(100))) === undefined) packets += 1;
    expect(packets).toBe(81);
    expect(read('\r\n'.repeat(70_000)).fault).toMatch(/more than 65536 octets/);
  });

  it.each([
    ['550 5.7.1 go away', 1],
    ['421 bye', 1],
    ['250 Ok', 0],
    ['55', 0],
    ['550', 0],
    ['550-more to co', 0],
  ])('of a relay that hung up after %j tells %i reply', (rest, count) => {
    const replies: Reply[] = [];
    const reader = createReplyReader((reply) => replies.push(reply));
    reader.read(Buffer.from(rest));
    reader.end();
    expect(replies).toHaveLength(count);
  });
});
