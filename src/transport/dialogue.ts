/**
 * Where an SMTP dialogue stands, and a clock on every stage of it. nodemailer pipelines the envelope and its errors do
 * not tell how far it came, so the stage is followed by its transaction log: a line for each command and reply.
 */
import { createClock } from './clock.ts';
import type { Stage } from './stage.ts';

export type StageTimeouts = Readonly<Record<Exclude<Stage, 'gate'>, number>>;

export interface Dialogue {
  readonly stage: Stage;
  /** The stage that the last reply answered. */
  readonly answered: Stage;
  /** Whether the whole message with its dot has been handed to the socket. */
  readonly dotHanded: boolean;
  /** Whether the last answer to EHLO names this extension (RFC 5321 §4.1.1.1). */
  offers(keyword: string): boolean;
  /** Moves on and winds the clock; at the gate it stands still, because it is not the relay that we wait for. */
  enter(stage: Stage, timeoutMs?: number): void;
  /** Stops the clock: nobody owes us anything. */
  rest(): void;
  /** The same for good: the connection is gone. */
  stop(): void;
  /** What SMTPConnection takes as its logger, with `transactionLog` on. Keeps nothing but what EHLO was answered. */
  readonly logger: { debug(entry: LogEntry, line: string): void; info(entry: LogEntry): void };
}

interface LogEntry {
  readonly tnx?: string;
  readonly remoteAddress?: string;
}

/** @param onTimeout told the stage that took longer than it may; returns how much longer to wait, if at all */
export function followDialogue(
  timeouts: StageTimeouts,
  onTimeout: (stage: Stage) => number | undefined,
): Dialogue {
  let stage: Stage = 'connect';
  let answered: Stage = 'connect';
  let dotHanded = false;
  let ehloReply = '';
  const clock = createClock(() => onTimeout(stage));
  const enter = (next: Stage, timeoutMs?: number): void => {
    stage = next;
    if (next === 'mail') dotHanded = false;
    if (next === 'gate') clock.rest();
    else clock.wind(timeoutMs ?? timeouts[next]);
  };

  return {
    get stage() {
      return stage;
    },
    get answered() {
      return answered;
    },
    get dotHanded() {
      return dotHanded;
    },
    offers: (keyword) => new RegExp(`^250[ -]${keyword}(?=\\s|$)`, 'im').test(ehloReply),
    enter,
    rest: clock.rest,
    stop: clock.stop,
    logger: {
      debug({ tnx }, line) {
        if (tnx === 'client') {
          const next = stageOfCommand(line);
          if (next !== undefined) enter(next);
        } else if (tnx === 'server') {
          answered = stage;
          if (stage === 'ehlo') ehloReply = line;
          const next = afterReply[stage];
          if (next !== undefined) enter(next);
        }
      },
      info({ tnx, remoteAddress }) {
        if (tnx === 'network' && remoteAddress !== undefined) enter('greeting');
        if (tnx === 'message') dotHanded = true;
      },
    },
  };
}

/** Replies come in the order of the commands, pipelined or not (RFC 2920 §3.1). */
const afterReply: Partial<Record<Stage, Stage>> = { mail: 'rcpt', rcpt: 'data' };

function stageOfCommand(line: string): Stage | undefined {
  if (/^(EHLO|HELO) /.test(line)) return 'ehlo';
  if (line === 'STARTTLS') return 'starttls';
  // With pipelining RCPT and DATA are written at once; only the replies tell how far it came.
  if (line.startsWith('MAIL FROM:')) return 'mail';
  return undefined;
}
