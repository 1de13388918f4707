/** Problems of a preflight as lines for people: the same problem of several editions is told once. */
import type { Problem } from '../preflight/problem.ts';
import type { EditionReport } from '../preflight/sample.ts';
import { counted } from './counted.ts';
import { editionLabel } from './edition-label.ts';
import { type Io, paint } from './frame.ts';
import { wrapped } from './wrap.ts';

/** Editions named in one line. */
const mostNamed = 8;

/**
 * `error  link-shortener  line 14: …`, one line each; empty when there is no problem.
 * @param columns of the terminal, at which long lines are broken
 */
export function describeProblems(
  io: Pick<Io, 'isColored'>,
  problems: readonly Problem[],
  editions: readonly EditionReport[],
  columns?: number,
): string {
  const labels = new Map(editions.map((report) => [report.id, editionLabel(report)]));
  const groups = grouped(problems);
  const width = Math.max(0, ...groups.map(([{ rule }]) => rule.length));
  const indent = severityWidth + 2 + width + 2;
  return groups
    .map(([{ severity, rule, message }, ids]) => {
      const where = ids.length === 0 ? '' : `: ${named(ids.map((id) => labels.get(id) ?? id))}`;
      const color = severity === 'error' ? 'red' : 'yellow';
      const what = wrapped(`${message}${where}`, columns, indent);
      return `${paint(io, color, severity.padEnd(severityWidth))}  ${paint(io, 'bold', rule.padEnd(width))}  ${what}`;
    })
    .join('\n');
}

const severityWidth = 'warning'.length;

/** `2 errors, 5 warnings`, or `no problems`. */
export function countProblems(problems: readonly Problem[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  const parts = [
    ...(errors === 0 ? [] : [counted(errors, 'error', 'errors')]),
    ...(warnings === 0 ? [] : [counted(warnings, 'warning', 'warnings')]),
  ];
  return parts.join(', ') || 'no problems';
}

/** Each problem that differs in more than its edition, with the ids of the editions that have it. */
export function grouped(problems: readonly Problem[]): (readonly [Problem, readonly string[]])[] {
  const groups = new Map<string, readonly [Problem, string[]]>();
  for (const problem of problems) {
    const key = `${problem.severity} ${problem.rule} ${problem.message}`;
    const group = groups.get(key) ?? [problem, []];
    if (problem.edition !== undefined) group[1].push(problem.edition);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function named(labels: readonly string[]): string {
  const shown = labels.slice(0, mostNamed).join(', ');
  return labels.length > mostNamed ? `${shown} and ${labels.length - mostNamed} more` : shown;
}
