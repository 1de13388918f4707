/** Measuring one round of sending: time until the server has accepted all, and the CPU this process took for it. */
import type { SmtpSink } from '../tests/helpers/smtp-sink.ts';

export interface Round {
  readonly messagesPerSecond: number;
  readonly cpuMsPerMessage: number;
}

/** A way to send the same message to the same number of recipients, measured from "send" to the last acceptance. */
export interface Contender {
  readonly name: string;
  /** Makes everything ready that is made once, whatever the number of recipients. */
  prepare(): Promise<void>;
  /** Sends; resolves when everything was handed over. */
  send(): Promise<void>;
  /** Leaves nothing of this round behind. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export async function measureRound(contender: Contender, sink: SmtpSink, messages: number): Promise<Round> {
  await contender.prepare();
  const before = (await sink.stats()).accepted;
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const all = sink.accepted(before + messages);
  await contender.send();
  await all;
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  await contender.reset();
  return {
    messagesPerSecond: messages / seconds,
    cpuMsPerMessage: (user + system) / 1000 / messages,
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? Number.NaN) + high) / 2;
}
