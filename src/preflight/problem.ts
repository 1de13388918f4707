/** What preflight finds: a rule that an issue breaks, where, and how grave that is. */
import { type Rule, rules, type Severity } from './rules.ts';

export interface Problem {
  readonly severity: Severity;
  readonly rule: Rule;
  /** Edition id; absent when it concerns the whole issue. */
  readonly edition?: string;
  /** Lines of the stories that it concerns; absent when it is not a story's. */
  readonly lines?: readonly number[];
  /** For people: what was found, where, and what was expected. */
  readonly message: string;
}

export function problemOf(rule: Rule, message: string, edition?: string): Problem {
  return { severity: rules[rule], rule, ...(edition === undefined ? {} : { edition }), message };
}

/** A problem of stories, told by the lines of their titles; what is no story's has none. */
export function storyProblem(
  rule: Rule,
  message: string,
  ...places: readonly (number | undefined)[]
): Problem {
  const lines = places.filter((line) => line !== undefined);
  return { severity: rules[rule], rule, ...(lines.length === 0 ? {} : { lines }), message };
}

/** By edition id: the lines of the stories that it holds. */
export type StoryLines = ReadonlyMap<string, ReadonlySet<number>>;

/** Whether the problem is this edition's: its own, or that of a story in it. */
export function concerns({ edition, lines = [] }: Problem, id: string, storyLines: StoryLines): boolean {
  return edition === id || lines.some((line) => storyLines.get(id)?.has(line));
}

/** Warnings taken for errors, as `--strict` wants it. */
export function strictly(problems: readonly Problem[]): readonly Problem[] {
  return problems.map((problem) => ({ ...problem, severity: 'error' }));
}

export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity === 'error');
}
