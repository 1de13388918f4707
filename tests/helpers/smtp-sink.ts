/**
 * A scriptable SMTP server for tests, in a process of its own, so that what it recorded is independent of the sender's
 * state. It listens on 127.0.0.1, answers at once (several thousand messages/s) and can reply anything, drop the
 * connection or hang at every stage.
 *
 *   const sink = await startSmtpSink({ rules: [{ at: 'rcpt', matching: 'b@', reply: '550 5.1.1 no such user' }] });
 *   … send to sink.url …
 *   const received = await sink.record();
 *   await sink.stop();
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { packageRoot } from '../../src/core/package-root.ts';

export type SinkStage =
  | 'connect'
  | 'greeting'
  | 'ehlo'
  | 'starttls'
  | 'auth'
  | 'mail'
  | 'rcpt'
  | 'data'
  | 'body'
  | 'dot'
  | 'rset'
  | 'quit';

/** What to do at a stage instead of the usual reply. The first rule that fits is obeyed. */
export interface SinkRule {
  readonly at: SinkStage;
  /** Says this instead (without CRLF; several lines by `\r\n`). A 421 closes the connection after it. */
  readonly reply?: string;
  /** Destroys the connection without a word. */
  readonly drop?: true;
  /** The same with an RST instead of a FIN. */
  readonly reset?: true;
  /** Closes its own direction and says nothing more; what still comes is taken from the wire and not looked at. */
  readonly halfClose?: true;
  /** Under this name `hits` counts how often the rule was obeyed. */
  readonly name?: string;
  /** Never says anything again. At `body` it stops reading, so that a large message gets stuck. */
  readonly hang?: true;
  /** Answers this much later. */
  readonly delayMs?: number;
  /** At `dot`: whether the message counts as accepted. Default: only if the reply is 2xx, never on drop or hang. */
  readonly record?: boolean;
  /** Only for recipients (at `mail`: senders) that contain this text or match this expression. */
  readonly matching?: string | RegExp;
  /** Leaves the first so many alone. Default 0. */
  readonly skip?: number;
  /** Applies to every n-th only. Default: each. */
  readonly every?: number;
  /** Stops applying after so many. Default: never. */
  readonly times?: number;
  /** Leaves alone what comes within this rate, by the server's own clock: a token bucket that holds `burst`, full at first. */
  readonly abovePerSecond?: number;
  /** Default: what comes in a second. */
  readonly burst?: number;
}

/** A 4xx or 5xx that a rule gave instead of the usual reply. */
export interface SinkRefusal {
  readonly stage: SinkStage;
  /** What the rule was matched with: at `rcpt` and later the recipients. */
  readonly subject: string;
  /** ms since the epoch. */
  readonly at: number;
}

export interface SinkOptions {
  readonly rules?: readonly SinkRule[];
  /** What is kept of each message: nothing but its envelope and ids, also a SHA-256, also the bytes. Default `hash`. */
  readonly keep?: 'none' | 'hash' | 'raw';
  /** Whether PIPELINING is offered. Default true. */
  readonly pipelining?: boolean;
  /** Whether CHUNKING is offered. Default false. */
  readonly chunking?: boolean;
  /** EHLO keywords instead of the usual ones. */
  readonly extensions?: readonly string[];
  /** Offers STARTTLS: with these PEM texts, or with a self-signed certificate. Default false. */
  readonly tls?: boolean | { readonly key: string; readonly cert: string };
  /** Offers AUTH and takes this pair. */
  readonly auth?: { readonly user: string; readonly pass: string; readonly methods?: readonly string[] };
  /** Refuses MAIL before AUTH. */
  readonly requireAuth?: boolean;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default: a free one. */
  readonly port?: number;
}

/** One accepted recipient of one message, in order of acceptance. */
export interface Received {
  /** From 1. */
  readonly seq: number;
  readonly rcpt: string;
  /** MAIL FROM; `<>` for the null sender. */
  readonly from: string;
  /** With angle brackets; null when the message has none. */
  readonly messageId: string | null;
  /** Octets, without dot-stuffing. */
  readonly size: number;
  /** Hex, of the message without dot-stuffing; absent with `keep: 'none'`. */
  readonly sha256?: string;
  /** Only with `keep: 'raw'`. */
  readonly raw?: Buffer;
  /** From 1, in order of arrival. */
  readonly connection: number;
  /** ms since the epoch. */
  readonly at: number;
}

export interface SinkStats {
  readonly accepted: number;
  readonly connections: number;
  readonly open: number;
  /** Most connections open at one time. */
  readonly peak: number;
  /** How often each stage was reached, whatever was answered there. */
  readonly reached: Readonly<Partial<Record<SinkStage, number>>>;
}

/** A message whose dot came, whether it was taken or not. */
export interface Attempted {
  readonly rcpt: string;
  readonly messageId: string | null;
  readonly connection: number;
}

/** A connection that ended. */
export interface Ending {
  /** Where it stood: `dot`: the whole message had come and its reply was not given; `idle`: that reply was written. */
  readonly stage: SinkStage | 'idle';
  /** Whose copy it carried, or had carried last; empty before the first. */
  readonly rcpt: string;
  /** Whose copy was answered last before that one; empty when none was. */
  readonly before: string;
  /** Whether the copy of `rcpt` was answered: the next one's recipient had not been taken yet. */
  readonly isAnswered: boolean;
  /** When the last copy that was answered was (ms since the epoch); 0 when none was. */
  readonly answeredAt: number;
  /** Whether the client took its leave. */
  readonly hasQuit: boolean;
  /** ms since the epoch */
  readonly endedAt: number;
}

/** How bad the line is. */
export interface Weather {
  /** Each reply arrives so much later. */
  readonly latencyMs?: number;
  /** Replies are written, and what comes is read, in pieces of 1 to so many bytes. */
  readonly sliceBytes?: number;
}

export interface SmtpSink {
  readonly port: number;
  /** `smtp://127.0.0.1:<port>`, as SMTP_URL takes it. */
  readonly url: string;
  readonly record: () => Promise<Received[]>;
  /** In order, since the start. */
  readonly refusals: () => Promise<SinkRefusal[]>;
  /** With `keep: 'raw'`: all messages whose dot came. */
  readonly attempts: () => Promise<Attempted[]>;
  /** With `keep: 'raw'`: connections that ended without QUIT. */
  readonly endings: () => Promise<Ending[]>;
  /** How often each named rule was obeyed. */
  readonly hits: () => Promise<Readonly<Record<string, number>>>;
  /** Where the open connections stand now: stage → how many. */
  readonly stages: () => Promise<Readonly<Partial<Record<SinkStage | 'idle', number>>>>;
  /** Gives all answers now that a rule's `delayMs` still keeps back. */
  readonly hurry: () => Promise<void>;
  readonly setWeather: (weather: Weather) => Promise<void>;
  /** Forgets record, attempts, endings and hits, not the other counters. */
  readonly clear: () => Promise<void>;
  /** Replaces all rules, their counters start anew. */
  readonly setRules: (rules: readonly SinkRule[]) => Promise<void>;
  readonly stats: () => Promise<SinkStats>;
  /** Resolves once the stage was reached so many times since the start. `body` only while a rule for it is set. */
  readonly reached: (stage: SinkStage, times?: number) => Promise<void>;
  /** Resolves once so many recipients were accepted since the start. */
  readonly accepted: (count: number) => Promise<void>;
  /** Destroys every open connection. */
  readonly dropConnections: () => Promise<void>;
  /** The same with an RST. */
  readonly resetConnections: () => Promise<void>;
  /** Stops listening and destroys every connection: connecting is refused. The record stays. */
  readonly down: () => Promise<void>;
  /** Listens on the same port again. */
  readonly up: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export async function startSmtpSink({ rules = [], ...options }: SinkOptions = {}): Promise<SmtpSink> {
  const program = join(packageRoot(), 'tests', 'helpers', 'smtp-sink-process.mjs');
  const child = fork(program, [JSON.stringify(options)], {
    serialization: 'advanced',
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const pending = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let lastId = 0;

  const port = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the SMTP sink ended with ${code} before it was ready`)));
    child.on('message', (message: { ready?: number; id?: number; value?: unknown }) => {
      if (message.ready !== undefined) return resolve(message.ready);
      if (message.id === undefined) return;
      pending.get(message.id)?.resolve(message.value);
      pending.delete(message.id);
    });
  });
  child.once('exit', () => {
    for (const { reject } of pending.values()) reject(new Error('the SMTP sink has ended'));
    pending.clear();
  });

  const ask = <T>(type: string, value?: unknown): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      const id = ++lastId;
      pending.set(id, { resolve: resolve as (value: unknown) => void, reject });
      child.send({ id, type, value }, (error) => {
        if (error) reject(error);
      });
    });

  if (rules.length > 0) await ask('rules', rules);
  return {
    port,
    url: `smtp://${options.host ?? '127.0.0.1'}:${port}`,
    record: () => ask('record'),
    refusals: () => ask('refusals'),
    attempts: () => ask('attempts'),
    endings: () => ask('endings'),
    hits: () => ask('hits'),
    stages: () => ask('stages'),
    hurry: () => ask('hurry'),
    setWeather: (weather) => ask('weather', weather),
    clear: () => ask('clear'),
    setRules: (next) => ask('rules', next),
    stats: () => ask('stats'),
    reached: async (stage, times = 1) => void (await ask('await', { stage, times })),
    accepted: async (count) => void (await ask('await', { stage: 'accepted', times: count })),
    dropConnections: () => ask('drop'),
    resetConnections: () => ask('reset'),
    down: () => ask('down'),
    up: async () => void (await ask('up', port)),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}
