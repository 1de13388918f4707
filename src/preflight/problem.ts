/** What preflight finds: a rule that an issue breaks, where, and how grave that is. */
import type { ErrorCode } from '../core/errors.ts';

/** `error`: not to be sent like this. `warning`: to be looked at. */
export type Severity = 'error' | 'warning';

/** A stable machine id: scripts depend on it, so a rule is never renamed. */
export type Rule =
  // the digest
  | 'no-stories'
  | 'few-stories'
  | 'duplicate-stories'
  | 'repeat'
  | 'only-repeats'
  | 'source-missing'
  | 'unknown-category'
  | 'unparsed-text'
  | 'parse-warning'
  | 'placeholder-left'
  | 'chatter'
  | 'date-past'
  | 'date-future'
  // its links
  | 'link-scheme'
  | 'link-shortener'
  | 'link-lookalike'
  // an edition and a copy of it
  | 'edition-too-large'
  | 'edition-large'
  | 'subject-empty'
  | 'subject-long'
  | 'mark-left'
  | 'legal-name-missing'
  | 'postal-address-missing'
  | 'unsubscribe-missing'
  | 'list-id-missing'
  // what could not be rendered or composed at all: the code of its error
  | Extract<ErrorCode, 'render-failed' | 'template-invalid' | 'message-invalid' | 'address-invalid'>;

export interface Problem {
  readonly severity: Severity;
  readonly rule: Rule;
  /** Edition id; absent when it concerns the whole issue. */
  readonly edition?: string;
  /** For people: what was found, where, and what was expected. */
  readonly message: string;
}

export function errorOf(rule: Rule, message: string, edition?: string): Problem {
  return { severity: 'error', rule, ...(edition === undefined ? {} : { edition }), message };
}

export function warningOf(rule: Rule, message: string, edition?: string): Problem {
  return { severity: 'warning', rule, ...(edition === undefined ? {} : { edition }), message };
}

export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity === 'error');
}
