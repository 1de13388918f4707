/** Speaks SMTP over nodemailer's socket itself, with as few writes a message as the relay allows: two or three. */
import { sizeOf } from '../message/message.ts';
import { type FailedOutcome, notSent } from './failure.ts';
import { type EnvelopeCommands, envelopeCommands } from './fast-envelope.ts';
import type { FastLine } from './fast-line.ts';
import { frameInChunks, frameWithDot } from './fast-message.ts';
import { type EnvelopeStep, openTransaction } from './fast-open.ts';
import { sendBody } from './fast-send.ts';
import type { Wire } from './smtp-wire.ts';
import { leavesTransactionOpen, type Speaker } from './speaker.ts';
import type { TransactionSettings } from './transaction.ts';
import type { SendOutcome } from './transport.ts';

export interface FastSettings extends TransactionSettings {
  /** Of all connections to the relay. */
  readonly chunking: Chunking;
}

/** Whether messages go in chunks (RFC 3030) where the relay offers it; no more once it turns out that it cannot. */
export interface Chunking {
  isOn: boolean;
}

export function fastSpeaker(wire: Wire, line: FastLine, settings: FastSettings): Speaker {
  const { relay, chunking } = settings;
  /** RSET goes with the next envelope: it costs no round trip of its own where commands may be pipelined. */
  let mustReset = false;
  return {
    path: 'fast',
    async send(message, gate) {
      const commands = commandsFor(message.envelope, sizeOf(message), line);
      if ('type' in commands) return commands;
      const framed = (line.chunking && chunking.isOn ? frameInChunks : frameWithDot)(message);
      const outcome = await new Promise<SendOutcome>((resolve) => {
        openTransaction(wire, line, stepsOf(commands, framed.opening, mustReset), relay, {
          opened: () => sendBody(wire, line, framed, gate, settings, resolve),
          failed: resolve,
          cannotChunk: () => {
            chunking.isOn = false;
          },
        });
      });
      // After a chunk that was refused the relay's state is indeterminate (RFC 3030 §2).
      mustReset = framed.canBeReset ? outcome.type !== 'accepted' : leavesTransactionOpen(outcome);
      return outcome;
    },
    quit(onAnswer) {
      line.listen(onAnswer);
      line.socket.write('QUIT\r\n', 'latin1');
    },
  };
}

function commandsFor(
  envelope: Parameters<typeof envelopeCommands>[0],
  octets: number,
  { size }: FastLine,
): EnvelopeCommands | FailedOutcome {
  if (size.max > 0 && octets > size.max) {
    return notSent('mail', 552, '5.3.4', `${octets} octets, and the relay takes ${size.max}`);
  }
  return envelopeCommands(envelope, size.offered && octets > 0 ? octets : undefined);
}

function stepsOf(
  { mail, rcpt }: EnvelopeCommands,
  opening: EnvelopeStep,
  mustReset: boolean,
): EnvelopeStep[] {
  const steps: EnvelopeStep[] = [{ stage: 'mail', command: mail }, { stage: 'rcpt', command: rcpt }, opening];
  return mustReset ? [{ stage: 'mail', command: 'RSET' }, ...steps] : steps;
}
