/** What `doctor` found at one look. */
import { exitStatus } from '../core/errors.ts';
import { errorOf } from '../redis/failures.ts';

export interface Finding {
  readonly check: string;
  readonly severity: 'ok' | 'warning' | 'error';
  readonly message: string;
  readonly hint?: string;
  /** Exit status that this alone would mean. */
  readonly status: number;
}

/** Runs one look: what it throws is a finding, and so is its message, if it has one. */
export async function look<Value>(
  findings: Finding[],
  check: string,
  see: () => Promise<{ readonly value: Value; readonly message?: string }>,
): Promise<Value | null> {
  try {
    const { value, message } = await see();
    if (message !== undefined) findings.push({ check, severity: 'ok', message, status: exitStatus.ok });
    return value;
  } catch (thrown) {
    const { message, hint, exitStatus: status } = errorOf(thrown);
    findings.push({ check, severity: 'error', message, ...(hint === undefined ? {} : { hint }), status });
    return null;
  }
}
