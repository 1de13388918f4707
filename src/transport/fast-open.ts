/**
 * MAIL, RCPT, and DATA or the first BDAT: in one write where the relay offers PIPELINING (RFC 2920), else each after
 * the reply to the one before. Every command that was written is answered before this is over, or the connection is.
 */
import { type FailedOutcome, withoutSecrets } from './failure.ts';
import type { FastLine } from './fast-line.ts';
import type { Reply } from './fast-replies.ts';
import type { Relay } from './relay-url.ts';
import { classify, oneLine } from './replies.ts';
import type { Wire } from './smtp-wire.ts';
import type { Stage } from './stage.ts';

export interface EnvelopeStep {
  readonly stage: 'mail' | 'rcpt' | 'data' | 'body';
  /** Without CRLF. */
  readonly command: string;
  /** What is written behind the command, and answered with it. */
  readonly octets?: readonly Buffer[];
}

/** One of them is called, once. */
export interface Opening {
  /** The relay wants the message. Called before anything else it said is looked at. */
  opened(): void;
  failed(outcome: FailedOutcome): void;
  /** It does not know what it offers, BDAT. Called before `failed`. */
  cannotChunk(): void;
}

export function openTransaction(
  wire: Wire,
  line: FastLine,
  steps: readonly EnvelopeStep[],
  relay: Relay,
  { opened, failed, cannotChunk }: Opening,
): void {
  const { dialogue } = wire;
  let at = 0;
  /** The first no; what a relay says to the commands behind it follows from it. */
  let refused: FailedOutcome | undefined;

  const end = (outcome: FailedOutcome): void => {
    line.listen(undefined);
    wire.watch();
    failed(outcome);
  };
  const destroyed = (outcome: FailedOutcome): void => {
    end(outcome);
    wire.destroy();
  };
  const goOn = (): void => {
    const step = steps[at];
    if (step === undefined) opened();
    else {
      dialogue.enter(step.stage);
      if (!line.pipelining) write(line, [step]);
    }
  };

  const onAnswer = ({ stage, command }: EnvelopeStep, reply: Reply): void => {
    const answer = answerTo(command, reply, refused !== undefined);
    if (answer === 'unknown') cannotChunk();
    if (answer === 'no') refused ??= refusalOf(stage, reply, relay);
    at += 1;
    if (answer === 'odd' || answer === 'unknown')
      destroyed(refused ?? oddAnswer(stage, command, reply, relay));
    else if (refused !== undefined && reply.code === 421) destroyed(refused);
    else if (refused === undefined) goOn();
    else if (!line.pipelining) end(refused);
    else if (at < steps.length) goOn();
    else if (answer === 'no') end(refused);
    else endEmpty(refused);
  };

  /**
   * It wants the message though it has nobody to give it to: after DATA it gets an empty one (RFC 2920 §3.1), and of
   * chunks the last never comes.
   */
  const endEmpty = (outcome: FailedOutcome): void => {
    // Whom it would give it to is not sure unless it was the recipient that it refused.
    if (outcome.type !== 'refused' || outcome.refusal.stage !== 'rcpt') destroyed(outcome);
    else if (dialogue.stage === 'body') end(outcome);
    else {
      dialogue.enter('data');
      line.listen(({ code }) => (code === 421 ? destroyed(outcome) : end(outcome)));
      line.socket.write('.\r\n', 'latin1');
    }
  };

  wire.watch((error) => end(refused ?? brokenAt(dialogue.stage, error.message, relay)));
  line.listen((reply) => {
    const step = steps[at];
    if (step !== undefined) onAnswer(step, reply);
  });
  if (line.pipelining) write(line, steps);
  goOn();
}

export function brokenAt(stage: Stage, what: string, relay: Relay): FailedOutcome {
  return { type: 'broken', stage, error: new Error(withoutSecrets(`${relay.name}: ${what}`, relay)) };
}

function oddAnswer(stage: Stage, command: string, { text }: Reply, relay: Relay): FailedOutcome {
  return brokenAt(stage, `${command.slice(0, 4)} was answered ${oneLine(text)}`, relay);
}

export function refusalOf(stage: Stage, { text }: Reply, relay: Relay): FailedOutcome {
  return { type: 'refused', refusal: classify(stage, withoutSecrets(text, relay)) };
}

/** A relay that cannot forget the last message must not be given the next: a no to RSET is as odd as a 2xx to DATA. */
function answerTo(command: string, { code }: Reply, isRefused: boolean): 'yes' | 'no' | 'odd' | 'unknown' {
  if (command.startsWith('BDAT') && isUnknown(code, isRefused)) return 'unknown';
  if (code >= 400) return command === 'RSET' && code !== 421 ? 'odd' : 'no';
  return (command === 'DATA') === code >= 300 ? 'yes' : 'odd';
}

/**
 * Said by one who does not know the command, or may not use it: what is in the chunk may have been taken for commands.
 * But 503 is also what a relay says that has refused the recipient.
 */
function isUnknown(code: number, isRefused: boolean): boolean {
  return code >= 500 && code <= 504 && !(code === 503 && isRefused);
}

/** In one write of the kernel's. */
function write({ socket }: FastLine, steps: readonly EnvelopeStep[]): void {
  let commands = '';
  socket.cork();
  for (const { command, octets } of steps) {
    commands += `${command}\r\n`;
    if (octets === undefined) continue;
    socket.write(commands, 'latin1');
    for (const piece of octets) socket.write(piece);
    commands = '';
  }
  if (commands !== '') socket.write(commands, 'latin1');
  socket.uncork();
}
