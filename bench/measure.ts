/** Measuring one round of sending: time until the server has accepted all, and the CPU the senders took for it. */
import { readFileSync } from 'node:fs';
import type { CountingSink } from './sink.ts';

export interface Round {
  readonly messagesPerSecond: number;
  readonly cpuMsPerMessage: number;
  readonly rssMb: number;
}

/** A way to send the same message to the same number of recipients, measured from "send" to the last acceptance. */
export interface Contender {
  readonly name: string;
  /** How many a round sends. */
  readonly messages: number;
  /** The processes that send, for CPU and memory; empty: not measured. */
  readonly pids: readonly number[];
  /** Makes everything ready that is made once, whatever the number of recipients, processes included. */
  prepare(): Promise<void>;
  /** Sends; resolves when everything was handed over. */
  send(): Promise<void>;
  /** Leaves nothing of this round behind, so that nothing of it runs while others are measured. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** Sends twice and measures the second time: a worker that has just started is not what one waits for. */
export async function measureRound(contender: Contender, sink: CountingSink): Promise<Round> {
  const { messages } = contender;
  await contender.prepare();
  await sendAll(contender, sink);
  const cpu = cpuMs(contender.pids);
  const startedAt = performance.now();
  await sendAll(contender, sink);
  const seconds = (performance.now() - startedAt) / 1000;
  const round = {
    messagesPerSecond: messages / seconds,
    cpuMsPerMessage: (cpuMs(contender.pids) - cpu) / messages,
    rssMb: Math.max(0, ...contender.pids.map(rssMb)),
  };
  await contender.reset();
  return round;
}

async function sendAll(contender: Contender, sink: CountingSink): Promise<void> {
  const accepted = await sink.accepted(0);
  const all = sink.accepted(accepted + contender.messages);
  await contender.send();
  await all;
}

/** Linux counts the time of processes in hundredths of a second (`getconf CLK_TCK`). */
const tickMs = 10;

/** User and system time of processes, in milliseconds; proc(5), fields 14 and 15 of /proc/PID/stat. */
function cpuMs(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return sum + (Number(fields[11]) + Number(fields[12])) * tickMs;
  }, 0);
}

function rssMb(pid: number): number {
  const [, kilobytes = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? Number.NaN) + high) / 2;
}
