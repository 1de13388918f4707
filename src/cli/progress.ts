/** A progress bar on stderr with rate and time left; for a terminal only. */
import { type Options, SingleBar } from 'cli-progress';
import type { Io } from './frame.ts';

export interface Progress {
  /** @param rate things a second. @param eta seconds, null when unknown */
  update(done: number, total: number, rate: number, eta: number | null): void;
  /** Leaves the bar as it stands. */
  stop(): void;
}

/** @param unit what is counted, e.g. `rows` */
export function startProgress(io: Io, label: string, unit: string): Progress {
  if (!io.isInteractive) return { update() {}, stop() {} };
  const options: Options = {
    format: `${label} {bar} {percentage}%  {value}/{total} ${unit}  {rate}/s  {left}`,
    stream: io.stderr,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 28,
    hideCursor: true,
    clearOnComplete: false,
    etaBuffer: 1,
  };
  const bar = new SingleBar(options);
  let isStarted = false;
  return {
    update: (done, total, rate, eta) => {
      const payload = {
        rate: rate.toFixed(rate < 10 ? 1 : 0),
        left: eta === null ? '' : `${duration(eta)} left`,
      };
      if (isStarted) {
        bar.setTotal(total);
        bar.update(done, payload);
      } else {
        bar.start(total, done, payload);
        isStarted = true;
      }
    },
    stop: () => {
      if (isStarted) bar.stop();
    },
  };
}

/** `3 s`, `4 min 10 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
