/** The chart of a chaos run: where all copies were over time, as shapes for an SVG of a given size. Pure arithmetic. */
import type { ChaosEvent, ChaosEventKind, ChaosSample } from './chaos-desk.ts';

export interface ChartSize {
  readonly width: number;
  readonly height: number;
  /** Ticks on the time axis at most. */
  readonly ticks: number;
}

export interface Chart {
  readonly width: number;
  readonly height: number;
  /** From the bottom up: `name` is the class, `path` the `d` of a path. */
  readonly areas: readonly { readonly name: string; readonly path: string }[];
  /** What had arrived, by the inbox's own count. */
  readonly line: string;
  readonly grid: readonly { readonly y: number; readonly label: string }[];
  readonly ticks: readonly { readonly x: number; readonly label: string }[];
  readonly marks: readonly {
    readonly x: number;
    readonly y: number;
    readonly sign: string;
    readonly kind: ChaosEventKind;
    readonly title: string;
  }[];
  /** Where the plot lies within the picture. */
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** From the bottom up. */
const layers = ['accepted', 'uncertain', 'left', 'other', 'inHand', 'planned'] as const;

const signs: Readonly<Record<ChaosEventKind, string>> = {
  'worker-killed': 'W',
  'worker-back': 'W',
  'redis-killed': 'R',
  'redis-back': 'R',
  left: '✉',
  paused: '‖',
  resumed: '▸',
};

const margin = { left: 44, right: 14, top: 62, bottom: 26 } as const;
const markSize = 20;
const markRows = 3;
const mostPoints = 300;
const shortestMs = 20_000;

export function drawChart(
  samples: readonly ChaosSample[],
  events: readonly ChaosEvent[],
  messages: number,
  { width, height, ticks }: ChartSize,
): Chart {
  const [left, right] = [margin.left, width - margin.right];
  const [top, bottom] = [margin.top, height - margin.bottom];
  const endMs = Math.max(shortestMs, samples.at(-1)?.atMs ?? 0, events.at(-1)?.atMs ?? 0);
  const x = (atMs: number) => round(left + ((right - left) * atMs) / endMs);
  const y = (count: number) =>
    round(bottom - ((bottom - top) * Math.min(count, messages)) / Math.max(1, messages));
  const points = thinned(samples);
  return {
    width,
    height,
    left,
    right,
    top,
    bottom,
    areas: areasOf(points, x, y),
    line: points
      .map((sample, at) => `${at === 0 ? 'M' : 'L'}${x(sample.atMs)} ${y(sample.arrived)}`)
      .join(''),
    grid: [0, 0.5, 1].map((share) => ({
      y: y(share * messages),
      label: Math.round(share * messages).toLocaleString('en'),
    })),
    ticks: ticksOf(endMs, ticks).map((seconds) => ({ x: x(seconds * 1000), label: `${seconds} s` })),
    marks: marksOf(events, x),
  };
}

function thinned(samples: readonly ChaosSample[]): readonly ChaosSample[] {
  const step = Math.ceil(samples.length / mostPoints);
  return step <= 1 ? samples : samples.filter((_, at) => at % step === 0 || at === samples.length - 1);
}

function areasOf(
  points: readonly ChaosSample[],
  x: (atMs: number) => number,
  y: (count: number) => number,
): Chart['areas'] {
  if (points.length < 2) return [];
  const floor = points.map(() => 0);
  return layers.map((name) => {
    const below = points.map((sample, at) => `${x(sample.atMs)} ${y(floor[at] ?? 0)}`).reverse();
    for (const [at, sample] of points.entries()) floor[at] = (floor[at] ?? 0) + sample[name];
    const above = points.map((sample, at) => `${x(sample.atMs)} ${y(floor[at] ?? 0)}`);
    return { name, path: `M${above.join('L')}L${below.join('L')}Z` };
  });
}

/** Whole seconds at round distances. */
function ticksOf(endMs: number, most: number): number[] {
  const end = endMs / 1000;
  const step = [5, 10, 15, 30, 60, 120, 300, 600, 1800].find((each) => end / each <= most) ?? 3600;
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, at) => at * step);
}

/** In the first of some rows where it covers no mark before it; in the last when there is none. */
function marksOf(events: readonly ChaosEvent[], x: (atMs: number) => number): Chart['marks'] {
  const ends = Array.from({ length: markRows }, () => Number.NEGATIVE_INFINITY);
  return events.map(({ atMs, kind, detail }) => {
    const at = x(atMs);
    const free = ends.findIndex((end) => end + markSize <= at);
    const row = free === -1 ? markRows - 1 : free;
    ends[row] = at;
    return {
      x: at,
      y: markSize / 2 + row * markSize,
      sign: signs[kind],
      kind,
      title: `${kind} ${detail}`.trim(),
    };
  });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
