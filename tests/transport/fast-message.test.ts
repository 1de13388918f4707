import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { messageOfPieces } from '../../src/message/message.ts';
import { frameInChunks, frameWithDot } from '../../src/transport/fast-message.ts';

const onWire = (raw: Buffer): Buffer => {
  const { body, end } = frameWithDot({ raw });
  return Buffer.concat([...body, end]);
};

/** RFC 5321 §4.5.2, the receiver's part, by one who takes only CRLF for a line end. */
function received(wire: Buffer): { message: string; rest: string } {
  const octets = `\r\n${wire.toString('latin1')}`;
  const end = octets.indexOf('\r\n.\r\n');
  expect(end).toBeGreaterThanOrEqual(0);
  const message = octets.slice(0, end + 2).replaceAll('\r\n.', '\r\n');
  return { message: message.slice(2), rest: octets.slice(end + 5) };
}

/** The end of a message as some relays see it, RFC or not. */
const smuggled = /(?:\r\n|\r|\n)\.(?:\r\n|\r|\n)/g;

const awkward = fc
  .array(
    fc.constantFrom('.', '..', '\r\n', '\r\n.', '\r\n.\r\n', 'x', 'Subject: a', ' ', 'é', 'y'.repeat(300)),
  )
  .map((parts) => Buffer.from(`${parts.join('')}`, 'latin1'));
const broken = fc
  .array(fc.constantFrom('.', '\r', '\n', '\r\n', 'x', 'MAIL FROM:<a@b.example>', 'y'.repeat(300)))
  .map((parts) => Buffer.from(parts.join(''), 'latin1'));

describe('a message on the wire', () => {
  it('is what it was when the receiver has taken the dots off, and ends once', () => {
    fc.assert(
      fc.property(awkward, (raw) => {
        const text = raw.toString('latin1');
        const ended = text.endsWith('\r\n') ? text : `${text}\r\n`;
        expect(received(onWire(raw))).toEqual({ message: ended, rest: '' });
      }),
    );
  });

  it('ends once for a relay that takes a bare LF or CR for a line end, too', () => {
    fc.assert(
      fc.property(broken, (raw) => {
        const wire = `\r\n${onWire(raw).toString('latin1')}`;
        expect(wire.match(smuggled)).toHaveLength(1);
        expect(wire.endsWith('\r\n.\r\n')).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });

  it.each(['\n.\nMAIL FROM:<x@y.example>', '\r.\rMAIL', '\n.\r\nMAIL', '\r\n.\nMAIL', '\r\n.\rMAIL', 'x\n'])(
    'cannot hide a second message behind %j',
    (trick) => {
      const wire = `\r\n${onWire(Buffer.from(`Subject: a\r\n\r\nb${trick}\r\n`)).toString()}`;
      expect(wire.match(smuggled)).toHaveLength(1);
    },
  );

  it('keeps at least 256 octets and the dot back, and copies nothing else of a body without dots', () => {
    const raw = Buffer.from(`${'x'.repeat(76)}\r\n`.repeat(600));
    const { body, end } = frameWithDot({ raw });
    expect(body.map((piece) => piece.buffer)).toEqual([raw.buffer]);
    expect(body[0]?.length).toBe(raw.length - 256);
    expect(end.toString()).toBe(`${raw.subarray(-256).toString()}.\r\n`);
    expect(frameWithDot({ raw: Buffer.from('short\r\n') })).toMatchObject({
      body: [],
      end: Buffer.from('short\r\n.\r\n'),
    });
  });

  it('in two chunks is what it was, with CRLF for every line end, and nothing is added for dots', () => {
    fc.assert(
      fc.property(fc.oneof(awkward, broken), (raw) => {
        const { opening, body, end } = frameInChunks({ raw });
        const lines = raw.toString('latin1').replace(/\r\n?|\n/g, '\r\n');
        const ended = lines.endsWith('\r\n') ? lines : `${lines}\r\n`;
        const first = Buffer.concat(opening.octets ?? []);
        expect(opening).toMatchObject({ stage: 'body', command: `BDAT ${first.length}` });
        expect(body).toEqual([]);
        const octets = Math.min(256, ended.length);
        expect(end.toString('latin1')).toBe(`BDAT ${octets} LAST\r\n${ended.slice(-octets)}`);
        expect(first.toString('latin1')).toBe(ended.slice(0, -octets));
      }),
    );
  });

  it.each([frameWithDot, frameInChunks])('is never joined where it is given in pieces: %o', (frame) => {
    const pieces = [Buffer.from(`${'x'.repeat(76)}\r\n`.repeat(600)), Buffer.from('end\r\n')];
    const message = messageOfPieces({ from: '', to: '' }, '<a@b.example>', pieces);
    const join = vi.spyOn(message, 'raw', 'get');
    const { opening, body, end } = frame(message);
    const octets = [...(opening.octets ?? []), ...body, end].reduce((sum, { length }) => sum + length, 0);
    expect(octets).toBeGreaterThan(46_000);
    expect(join).not.toHaveBeenCalled();
  });

  it('is cut alike wherever the pieces end that it was made of', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }), (lengths) => {
        const pieces = lengths.map((length) => Buffer.from(`${'x'.repeat(length)}\r\n`));
        const raw = Buffer.concat(pieces);
        const whole = frameWithDot({ raw });
        const cut = frameWithDot({ raw, pieces });
        expect(cut.end).toEqual(whole.end);
        expect(Buffer.concat(cut.body)).toEqual(Buffer.concat(whole.body));
        const [inChunks, wholeInChunks] = [frameInChunks({ raw, pieces }), frameInChunks({ raw })];
        expect(inChunks.end).toEqual(wholeInChunks.end);
        expect(inChunks.opening.command).toBe(wholeInChunks.opening.command);
        expect(Buffer.concat(inChunks.opening.octets ?? [])).toEqual(Buffer.concat(whole.body));
        expect(pieces.map((piece) => piece.length - 2)).toEqual(lengths);
      }),
    );
  });
});
