/** An issue's status for people: one line of what matters, then every state that has copies. */
import type { IssueStatus } from '../delivery/issue-status.ts';
import { deliveryStates } from '../ledger/states.ts';
import { type Io, paint } from './frame.ts';
import { paceLines } from './pace-text.ts';
import { duration } from './progress.ts';
import { table } from './table.ts';

const stateColors = {
  accepted: 'green',
  rejected: 'red',
  uncertain: 'yellow',
  expired: 'red',
  deferred: 'yellow',
} as const;

const barColumns = 30;

export function describeStatus(io: Pick<Io, 'isColored'>, status: IssueStatus): string {
  const { issue, revision, phase, recipients, rate, eta } = status;
  const left = eta === null ? '' : `, ${duration(eta)} left`;
  const speed = phase === 'sending' ? `, ${rate.toFixed(1)}/s${left}` : '';
  const head = `${paint(io, 'bold', issue)}  ${phase}, revision ${revision}, ${recipients} recipients${speed}`;
  const rows = deliveryStates
    .filter((state) => status.counts[state] > 0)
    .map((state) => [
      state,
      String(status.counts[state]),
      bar(status.counts[state], recipients),
      reasonsOf(status, state),
    ]);
  const body = table(['state', '>copies', '', ''], rows)
    .split('\n')
    .slice(1)
    .map((line) => {
      const state = line.trim().split(' ')[0] ?? '';
      const color = stateColors[state as keyof typeof stateColors];
      return `  ${color ? line.replace(state, paint(io, color, state)) : line}`;
    });
  const lines = [...votesLines(status), ...paceLines(status)];
  return [head, ...body, ...lines.map((line) => `  ${line}`)].join('\n');
}

function votesLines({ votes: { liked, disliked } }: IssueStatus): string[] {
  return liked + disliked === 0 ? [] : [`readers said: ${liked} liked it, ${disliked} did not`];
}

function bar(count: number, all: number): string {
  const filled = all === 0 ? 0 : Math.max(1, Math.round((count / all) * barColumns));
  return '█'.repeat(filled);
}

function reasonsOf(status: IssueStatus, state: string): string {
  if (state !== 'skipped') return '';
  return Object.entries(status.skippedReasons)
    .map(([reason, count]) => `${reason} ${count}`)
    .join(', ');
}
