/**
 * One message over an open connection, with the gate held before the dot. However it ends, it ends in one outcome.
 * Until the end of the message is released nothing can have been delivered (RFC 5321 §4.1.1.4); after that only a
 * reply says what was.
 */
import { type Message, sizeOf } from '../message/message.ts';
import { askGate } from './ask-gate.ts';
import { failureOf, type RelayError, refusalReplyOf } from './failure.ts';
import { holdMessage } from './held-message.ts';
import { queueIdOf } from './queue-id.ts';
import type { Relay } from './relay-url.ts';
import { classify, oneLine } from './replies.ts';
import type { SmtpTimeouts } from './smtp-timeouts.ts';
import type { Wire } from './smtp-wire.ts';
import type { Gate, SendOutcome } from './transport.ts';

export interface TransactionSettings {
  readonly relay: Relay;
  readonly timeouts: Pick<SmtpTimeouts, 'commitMs' | 'dotMs'>;
  readonly monotonic: () => number;
}

/** Never rejects. Leaves the connection closed after anything but a reply in its place. */
export function transact(
  wire: Wire,
  message: Message,
  gate: Gate,
  { relay, timeouts, monotonic }: TransactionSettings,
): Promise<SendOutcome> {
  const { smtp, dialogue, socket } = wire;
  return new Promise((resolve) => {
    let phase: 'before the gate' | 'asking' | 'released' | 'over' = 'before the gate';
    /** What ended the dialogue while the gate was being asked. */
    let meanwhile: SendOutcome | undefined;

    const end = (outcome: SendOutcome): void => {
      if (phase === 'over') return;
      phase = 'over';
      wire.watch();
      resolve(outcome);
    };
    const destroyed = (outcome: SendOutcome): void => {
      end(outcome);
      wire.destroy();
    };

    const fail = (error: RelayError): void => {
      if (phase === 'over') return;
      const outcome = failureOf(error, dialogue, relay);
      const midMessage = dialogue.stage === 'body' || dialogue.stage === 'gate';
      if (phase === 'released') failAfterDot(error);
      else if (phase === 'asking') {
        // The gate may be saying yes at this moment: the outcome waits until that is settled.
        meanwhile ??= outcome;
        wire.destroy();
      } else if (outcome.type === 'broken' || midMessage) destroyed(outcome);
      else end(outcome);
    };
    const failAfterDot = (error: RelayError): void => {
      const reply = refusalReplyOf(error);
      if (reply !== undefined) end({ type: 'refused', refusal: classify('dot', reply) });
      else destroyed({ type: 'unknown', error: new Error(`${relay.name}: ${error.message}`) });
    };

    const ask = async (): Promise<void> => {
      if (phase !== 'before the gate') return;
      phase = 'asking';
      dialogue.enter('gate');
      const askedAt = monotonic();
      const allowed = await askGate(gate);
      if (!allowed) return destroyed({ type: 'withheld' });
      if (meanwhile !== undefined) return destroyed(meanwhile);
      const left = timeouts.commitMs - (monotonic() - askedAt);
      if (left > 0 && wire.alive) release(left);
      else destroyed(tooLate(left > 0 ? 'the relay hung up' : `${timeouts.commitMs} ms went by`));
    };
    const tooLate = (reason: string): SendOutcome => {
      const error = new Error(`${relay.name}: ${reason} before the dot could be written`);
      return { type: 'broken', stage: 'gate', error };
    };

    const release = (commitLeftMs: number): void => {
      phase = 'released';
      const releasedAt = monotonic();
      // One clock for two limits: the dot must be written by then, and the reply come in the time it has.
      wire.watch(fail, () => {
        const replyLeft = timeouts.dotMs - (monotonic() - releasedAt);
        const written = dialogue.dotHanded && socket.writableLength === 0;
        return written && replyLeft > 0 ? replyLeft : undefined;
      });
      dialogue.enter('dot', Math.min(commitLeftMs, timeouts.dotMs));
      // Tail and dot in one segment.
      socket.cork();
      held.release();
      setImmediate(() => socket.uncork());
    };

    const held = holdMessage(
      message.raw,
      () => dialogue.enter('body'),
      // What was taken from the stream has reached the socket a turn later.
      () =>
        setImmediate(() => (socket.writableNeedDrain ? socket.once('drain', () => void ask()) : void ask())),
    );
    wire.watch(fail);
    dialogue.enter('mail');
    const envelope = { from: message.envelope.from, to: message.envelope.to, size: sizeOf(message) };
    smtp.send(envelope, held.stream, (error, info) => {
      if (error) return fail(error);
      if (phase !== 'released')
        return fail(new Error('the relay answered a message it had not got to the end of'));
      const reply = oneLine(info.response);
      const queueId = queueIdOf(reply);
      end({ type: 'accepted', reply, ...(queueId === undefined ? {} : { queueId }) });
    });
  });
}
