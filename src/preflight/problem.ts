/** What preflight finds: a rule that an issue breaks, where, and how grave that is. */
import { type Rule, rules, type Severity } from './rules.ts';

export interface Problem {
  readonly severity: Severity;
  readonly rule: Rule;
  /** Edition id; absent when it concerns the whole issue. */
  readonly edition?: string;
  /** For people: what was found, where, and what was expected. */
  readonly message: string;
}

export function problemOf(rule: Rule, message: string, edition?: string): Problem {
  return { severity: rules[rule], rule, ...(edition === undefined ? {} : { edition }), message };
}

/** Warnings taken for errors, as `--strict` wants it. */
export function strictly(problems: readonly Problem[]): readonly Problem[] {
  return problems.map((problem) => ({ ...problem, severity: 'error' }));
}

export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity === 'error');
}
