/** The subject is what most recipients see, and all that many do. */
import { columnsOf } from '../render/columns.ts';
import { subjectColumns } from '../render/subject.ts';
import { type Problem, problemOf } from './problem.ts';
import type { EditionReport } from './sample.ts';

export function subjectProblems({ id, subject }: Pick<EditionReport, 'id' | 'subject'>): Problem[] {
  if (!/[\p{L}\p{N}]/u.test(subject)) {
    return [problemOf('subject-empty', `the subject ${JSON.stringify(subject)} says nothing`, id)];
  }
  const columns = columnsOf(subject);
  if (columns <= subjectColumns) return [];
  return [
    problemOf(
      'subject-long',
      `the subject takes ${columns} columns, a Han character counting two; phones cut it well before ${subjectColumns}`,
      id,
    ),
  ];
}
