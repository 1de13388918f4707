/** What every transport does alike. A transport's own test calls `itIsATransport` with a way to start one. */
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Message } from '../../src/message/message.ts';
import { type Connection, isConnection, type Transport } from '../../src/transport/transport.ts';

export interface StartedTransport {
  readonly transport: Transport;
  /** SHA-256 in hex of every message that counts as delivered, in any order. */
  readonly delivered: () => Promise<readonly string[]>;
  readonly stop: () => Promise<void>;
}

export const yes = async () => true;
export const no = async () => false;

/** A message of its own for each number, of about `octets`. */
export function messageNumber(n: number, octets = 2000): Message {
  const lines = Math.ceil(octets / 78);
  return {
    envelope: { from: 'b+1@news.example', to: `reader-${n}@example.invalid` },
    messageId: `<${createHash('sha256').update(`${n}`).digest('hex').slice(0, 32)}@news.example>`,
    raw: Buffer.from(
      `Message-ID: <${createHash('sha256').update(`${n}`).digest('hex').slice(0, 32)}@news.example>\r\n` +
        `Subject: number ${n}\r\n\r\n${`${'x'.repeat(76)}\r\n`.repeat(lines)}`,
    ),
  };
}

export const sha256 = ({ raw }: Message) => createHash('sha256').update(raw).digest('hex');

/** A connection that is open, or the test fails with what came instead. */
export async function connected(transport: Transport): Promise<Connection> {
  const opened = await transport.connect();
  if (!isConnection(opened)) throw new Error(`no connection: ${JSON.stringify(opened)}`);
  return opened;
}

export function itIsATransport(start: () => Promise<StartedTransport>): void {
  describe('as every transport', () => {
    let started: StartedTransport;
    let transport: Transport;
    beforeEach(async () => {
      started = await start();
      transport = started.transport;
    });
    afterEach(() => started.stop());

    it('delivers a message, octet for octet, when its gate says yes', async () => {
      const connection = await connected(transport);
      const outcome = await connection.send(messageNumber(1), yes);
      expect(outcome).toMatchObject({ type: 'accepted', reply: expect.stringMatching(/^250 /) });
      expect(await started.delivered()).toEqual([sha256(messageNumber(1))]);
    });

    it('asks the gate once, while nothing is delivered yet', async () => {
      const connection = await connected(transport);
      const seen: (readonly string[])[] = [];
      await connection.send(messageNumber(1), async () => {
        seen.push(await started.delivered());
        return true;
      });
      expect(seen).toEqual([[]]);
    });

    it('delivers nothing when the gate says no', async () => {
      const connection = await connected(transport);
      expect(await connection.send(messageNumber(1), no)).toEqual({ type: 'withheld' });
      expect(await started.delivered()).toEqual([]);
    });

    it('takes a gate that rejects, or throws, for a no', async () => {
      const first = await connected(transport);
      const rejected = await first.send(messageNumber(1), () => Promise.reject(new Error('no Redis')));
      expect(rejected).toEqual({ type: 'withheld' });
      const second = await connected(transport);
      const thrown = await second.send(messageNumber(2), () => {
        throw new Error('no Redis');
      });
      expect(thrown).toEqual({ type: 'withheld' });
      expect(await started.delivered()).toEqual([]);
    });

    it('goes on after a withheld message, over a new connection where the old one is not usable', async () => {
      let connection = await connected(transport);
      await connection.send(messageNumber(1), no);
      if (!connection.usable) connection = await connected(transport);
      expect(await connection.send(messageNumber(2), yes)).toMatchObject({ type: 'accepted' });
      expect(await started.delivered()).toEqual([sha256(messageNumber(2))]);
    });

    it('delivers many messages in a row over one connection', async () => {
      const connection = await connected(transport);
      const messages = Array.from({ length: 50 }, (_, n) => messageNumber(n, 200 + n * 400));
      for (const message of messages) {
        expect(connection.usable).toBe(true);
        expect(await connection.send(message, yes)).toMatchObject({ type: 'accepted' });
      }
      expect([...(await started.delivered())].sort()).toEqual(messages.map(sha256).sort());
    });

    it('delivers over several connections at a time', async () => {
      const connections = await Promise.all(Array.from({ length: 5 }, () => connected(transport)));
      const messages = Array.from({ length: 100 }, (_, n) => messageNumber(n));
      let next = 0;
      await Promise.all(
        connections.map(async (connection) => {
          for (let message = messages[next++]; message; message = messages[next++]) {
            expect(await connection.send(message, yes)).toMatchObject({ type: 'accepted' });
          }
        }),
      );
      expect([...(await started.delivered())].sort()).toEqual(messages.map(sha256).sort());
    });

    it('closes connections and itself as often as one likes', async () => {
      const connection = await connected(transport);
      await connection.close();
      await connection.close();
      expect(connection.usable).toBe(false);
      await transport.close();
      await transport.close();
    });
  });
}
