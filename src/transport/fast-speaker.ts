/** Speaks SMTP over nodemailer's socket itself, with as few writes a message as the protocol allows: three. */
import { sizeOf } from '../message/message.ts';
import { type FailedOutcome, notSent } from './failure.ts';
import { type EnvelopeCommands, envelopeCommands } from './fast-envelope.ts';
import type { FastLine } from './fast-line.ts';
import { cutMessage } from './fast-message.ts';
import { type EnvelopeStep, openTransaction } from './fast-open.ts';
import { sendBody } from './fast-send.ts';
import type { Wire } from './smtp-wire.ts';
import { leavesTransactionOpen, type Speaker } from './speaker.ts';
import type { TransactionSettings } from './transaction.ts';
import type { SendOutcome } from './transport.ts';

export function fastSpeaker(wire: Wire, line: FastLine, settings: TransactionSettings): Speaker {
  /** RSET goes with the next envelope: it costs no round trip of its own where commands may be pipelined. */
  let mustReset = false;
  return {
    path: 'fast',
    async send(message, gate) {
      const commands = commandsFor(message.envelope, sizeOf(message), line);
      if ('type' in commands) return commands;
      const outcome = await new Promise<SendOutcome>((resolve) => {
        openTransaction(wire, line, stepsOf(commands, mustReset), settings.relay, {
          opened: () => sendBody(wire, line, cut, gate, settings, resolve),
          failed: resolve,
        });
        // The envelope is on its way: the time until it is answered is not lost.
        const cut = cutMessage(message);
      });
      mustReset = leavesTransactionOpen(outcome);
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

function stepsOf({ mail, rcpt }: EnvelopeCommands, mustReset: boolean): EnvelopeStep[] {
  const steps: EnvelopeStep[] = [
    { stage: 'mail', command: mail },
    { stage: 'rcpt', command: rcpt },
    { stage: 'data', command: 'DATA' },
  ];
  return mustReset ? [{ stage: 'mail', command: 'RSET' }, ...steps] : steps;
}
