/**
 * A message once the relay has let it begin: the body at once, and its end when the gate says yes. Until the end is
 * written nothing can have been delivered (RFC 5321 §4.1.1.4, RFC 3030 §2); after that only a reply says what was.
 */
import { askGate } from './ask-gate.ts';
import type { FastLine } from './fast-line.ts';
import type { FramedMessage } from './fast-message.ts';
import { brokenAt, refusalOf } from './fast-open.ts';
import type { Reply } from './fast-replies.ts';
import { queueIdOf } from './queue-id.ts';
import { oneLine } from './replies.ts';
import type { Wire } from './smtp-wire.ts';
import type { TransactionSettings } from './transaction.ts';
import type { Gate, SendOutcome } from './transport.ts';

/**
 * @param onEnd told the one outcome; the connection is lost by then after anything but a reply in its place, or a no of
 * the gate's to a message that can be reset
 */
export function sendBody(
  wire: Wire,
  { socket, listen }: FastLine,
  { body, end, canBeReset }: FramedMessage,
  gate: Gate,
  { relay, timeouts, monotonic }: TransactionSettings,
  onEnd: (outcome: SendOutcome) => void,
): void {
  const { dialogue } = wire;
  let phase: 'body' | 'asking' | 'released' | 'over' = 'body';
  /** What ended the dialogue while the gate was being asked. */
  let meanwhile: SendOutcome | undefined;

  const over = (outcome: SendOutcome): void => {
    if (phase === 'over') return;
    phase = 'over';
    listen(undefined);
    wire.watch();
    onEnd(outcome);
  };
  const destroyed = (outcome: SendOutcome): void => {
    over(outcome);
    wire.destroy();
  };
  const broken = (what: string): SendOutcome => brokenAt(dialogue.stage, what, relay);
  const unknown = (what: string): SendOutcome => ({
    type: 'unknown',
    error: new Error(`${relay.name}: ${what}`),
  });

  /** A reply before the dot, or the loss of the connection. */
  const fail = (outcome: SendOutcome): void => {
    if (phase === 'asking') {
      // The gate may be saying yes at this moment: the outcome waits until that is settled.
      meanwhile ??= outcome;
      wire.destroy();
    } else destroyed(outcome);
  };
  const onEarlyReply = (reply: Reply): void =>
    fail(
      reply.code >= 400
        ? refusalOf(dialogue.stage, reply, relay)
        : broken('the relay answered a message it had not got to the end of'),
    );
  const onFinalReply = (reply: Reply): void => {
    if (reply.code === 421) destroyed(refusalOf('dot', reply, relay));
    else if (reply.code >= 400) over(refusalOf('dot', reply, relay));
    else if (reply.code >= 300) destroyed(unknown(`the dot was answered ${oneLine(reply.text)}`));
    else over(acceptedBy(reply));
  };

  const ask = async (): Promise<void> => {
    if (phase !== 'body') return;
    phase = 'asking';
    dialogue.enter('gate');
    const askedAt = monotonic();
    const allowed = await askGate(gate);
    if (!allowed) return canBeReset ? over({ type: 'withheld' }) : destroyed({ type: 'withheld' });
    if (meanwhile !== undefined) return destroyed(meanwhile);
    const left = timeouts.commitMs - (monotonic() - askedAt);
    if (left > 0 && wire.alive) release(left);
    else
      destroyed(
        broken(
          `${left > 0 ? 'the relay hung up' : `${timeouts.commitMs} ms went by`} before the dot could be written`,
        ),
      );
  };

  const release = (commitLeftMs: number): void => {
    phase = 'released';
    const releasedAt = monotonic();
    // One clock for two limits: the dot must be written by then, and the reply come in the time it has.
    const longer = (): number | undefined => {
      const replyLeft = timeouts.dotMs - (monotonic() - releasedAt);
      return socket.writableLength === 0 && replyLeft > 0 ? replyLeft : undefined;
    };
    wire.watch((error) => over(unknown(error.message)), longer);
    listen(onFinalReply);
    dialogue.enter('dot', Math.min(commitLeftMs, timeouts.dotMs));
    socket.write(end);
  };

  wire.watch((error) => fail(broken(error.message)));
  listen(onEarlyReply);
  dialogue.enter('body');
  // All in one write of the kernel's.
  socket.cork();
  for (const piece of body) socket.write(piece);
  socket.uncork();
  // Asked when what is left is the kernel's, or little.
  if (socket.writableLength > 0 && socket.writableNeedDrain) socket.once('drain', () => void ask());
  else void ask();
}

function acceptedBy({ text }: Reply): SendOutcome {
  const reply = oneLine(text);
  const queueId = queueIdOf(reply);
  return queueId === undefined ? { type: 'accepted', reply } : { type: 'accepted', reply, queueId };
}
