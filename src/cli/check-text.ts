/** What `check` says to people: a row an edition, marked by what is wrong with it, then every problem once. */
import { untestedClients } from '../preflight/client-support.ts';
import type { PreflightReport } from '../preflight/preflight.ts';
import { concerns, hasErrors, type Problem } from '../preflight/problem.ts';
import { columnsOf } from '../render/columns.ts';
import { cutToColumns } from '../render/shorten.ts';
import { counted } from './counted.ts';
import { editionLabel } from './edition-label.ts';
import { type Io, paint } from './frame.ts';
import { countProblems, describeProblems } from './problem-text.ts';
import { kilobytes } from './size-text.ts';
import { table } from './table.ts';
import { terminalColumns, wrapped } from './wrap.ts';

export function checkText(io: Pick<Io, 'stdout' | 'isColored'>, report: PreflightReport): string {
  const { editions, problems } = report;
  const columns = terminalColumns(io.stdout);
  const verdict = paint(io, marks[verdictOf(problems)].color, countProblems(problems));
  return [
    editionTable(io, report, columns),
    describeProblems(io, problems, editions, columns),
    `${counted(editions.length, 'edition', 'editions')}, ${verdict}`,
    paint(io, 'dim', wrapped(`not tested by anybody: ${untestedClients.join(', ')}`, columns, 0)),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** On a terminal a subject is cut rather than broken: `preview` shows it in full. */
function editionTable(
  io: Pick<Io, 'isColored'>,
  { editions, problems, storyLines }: PreflightReport,
  columns = Number.POSITIVE_INFINITY,
): string {
  const hasRecipients = editions.some(({ recipients }) => recipients !== null);
  const readers = hasRecipients ? ['>readers'] : [];
  const verdicts = editions.map(({ id }) =>
    verdictOf(problems.filter((problem) => concerns(problem, id, storyLines))),
  );
  const [head = '', ...rows] = table(
    ['', 'edition', ...readers, '>stories', '>minutes', '>HTML', '>mail', 'subject'],
    editions.map((report, index) => [
      marks[verdicts[index] ?? 'good'].mark,
      editionLabel(report),
      ...(hasRecipients ? [String(report.recipients ?? '')] : []),
      String(report.stories),
      String(report.readingMinutes),
      report.htmlBytes === 0 ? '–' : kilobytes(report.htmlBytes),
      kilobytes(report.messageBytes),
      report.subject,
    ]),
  ).split('\n');
  const shown = rows.map((row, index) => {
    const [mark = '', ...rest] = row;
    return (
      paint(io, marks[verdicts[index] ?? 'good'].color, mark) + cut(rest.join(''), columns - columnsOf(mark))
    );
  });
  return [paint(io, 'dim', cut(head, columns)), ...shown].join('\n');
}

function cut(row: string, columns: number): string {
  return columnsOf(row) <= columns ? row : cutToColumns(row, columns);
}

const marks = {
  error: { mark: '✗', color: 'red' },
  warning: { mark: '!', color: 'yellow' },
  good: { mark: '✓', color: 'green' },
} as const;

function verdictOf(problems: readonly Problem[]): keyof typeof marks {
  return hasErrors(problems) ? 'error' : problems.length > 0 ? 'warning' : 'good';
}
