/**
 * A delivery as it stands in its page: 24 bytes, little-endian, so that a million of them take 24 MB.
 *
 * | offset | bytes | field | |
 * |---|---|---|---|
 * | 0 | 4 | sid | |
 * | 4 | 4 | fence | of the last claim; 0: never claimed |
 * | 8 | 4 | sendAt | the recipient's send time, epoch seconds |
 * | 12 | 4 | turnAt | planned and deferred: when it is due; else when it came into its state; epoch seconds |
 * | 16 | 2 | preferenceSet | number in the table of preference sets |
 * | 18 | 2 | reply | number in the table of replies; 0: none |
 * | 20 | 1 | state | `stateCode` |
 * | 21 | 1 | attempts | how often a relay was asked, capped at 255 |
 * | 22 | 1 | revision | the content it was last claimed for |
 * | 23 | 1 | reason | `reasonCode` |
 */
import { type DeliveryState, deliveryStates, type Reason, reasonCode, reasons, stateCode } from './states.ts';

export const rowBytes = 24;

/** The same layout for Lua's struct library. */
export const rowFormat = '<I4I4I4I4HHBBBB';

export interface Row {
  readonly sid: number;
  readonly fence: number;
  /** Epoch seconds. */
  readonly sendAt: number;
  /** Epoch seconds; see the table above. */
  readonly turnAt: number;
  readonly preferenceSet: number;
  readonly reply: number;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly revision: number;
  readonly reason: Reason;
}

export function encodeRows(rows: readonly Row[]): Buffer {
  const bytes = Buffer.alloc(rows.length * rowBytes);
  rows.forEach((row, index) => {
    const at = index * rowBytes;
    bytes.writeUInt32LE(row.sid, at);
    bytes.writeUInt32LE(row.fence, at + 4);
    bytes.writeUInt32LE(row.sendAt, at + 8);
    bytes.writeUInt32LE(row.turnAt, at + 12);
    bytes.writeUInt16LE(row.preferenceSet, at + 16);
    bytes.writeUInt16LE(row.reply, at + 18);
    bytes[at + 20] = stateCode(row.state);
    bytes[at + 21] = row.attempts;
    bytes[at + 22] = row.revision;
    bytes[at + 23] = reasonCode(row.reason);
  });
  return bytes;
}

/** @throws RangeError when the bytes are no whole rows or hold an unknown state: the ledger is damaged */
export function decodeRows(bytes: Buffer): Row[] {
  if (bytes.length % rowBytes !== 0)
    throw new RangeError(`a page has ${bytes.length} bytes, no multiple of ${rowBytes}`);
  return Array.from({ length: bytes.length / rowBytes }, (_, index) => decodeRow(bytes, index * rowBytes));
}

/** @param at offset of the row's first byte */
export function decodeRow(bytes: Buffer, at: number): Row {
  const state = deliveryStates[(bytes[at + 20] ?? 0) - 1];
  if (state === undefined)
    throw new RangeError(`a row at offset ${at} has the unknown state ${bytes[at + 20]}`);
  return {
    sid: bytes.readUInt32LE(at),
    fence: bytes.readUInt32LE(at + 4),
    sendAt: bytes.readUInt32LE(at + 8),
    turnAt: bytes.readUInt32LE(at + 12),
    preferenceSet: bytes.readUInt16LE(at + 16),
    reply: bytes.readUInt16LE(at + 18),
    state,
    attempts: bytes[at + 21] ?? 0,
    revision: bytes[at + 22] ?? 0,
    reason: reasons[bytes[at + 23] ?? 0] ?? 'none',
  };
}
