import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRows, encodeRows, type Row, rowBytes } from '../../src/ledger/row.ts';
import { deliveryStates, reasons } from '../../src/ledger/states.ts';

const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const u16 = fc.integer({ min: 0, max: 65_535 });
const u8 = fc.integer({ min: 0, max: 255 });

const anyRow: fc.Arbitrary<Row> = fc.record({
  sid: u32,
  fence: u32,
  sendAt: u32,
  turnAt: u32,
  preferenceSet: u16,
  reply: u16,
  state: fc.constantFrom(...deliveryStates),
  attempts: u8,
  revision: u8,
  reason: fc.constantFrom(...reasons),
});

describe('rows', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 20 }), (rows) => {
        const bytes = encodeRows(rows);
        expect(bytes.length).toBe(rows.length * rowBytes);
        expect(decodeRows(bytes)).toEqual(rows);
      }),
    );
  });

  it('are refused when damaged', () => {
    expect(() => decodeRows(Buffer.alloc(25))).toThrow(/25 bytes/);
    expect(() => decodeRows(Buffer.alloc(24))).toThrow(/unknown state 0/);
  });
});
