/** What `doctor` found at one look. */
import { exitStatus, toPaperboyError } from '../core/errors.ts';

export interface Finding {
  readonly check: string;
  readonly severity: 'ok' | 'warning' | 'error';
  readonly message: string;
  readonly hint?: string;
  /** Exit status that this alone would mean. */
  readonly status: number;
}

/** Runs one look; what it throws is a finding. */
export async function look<Value>(
  findings: Finding[],
  check: string,
  see: () => Promise<{ readonly value: Value; readonly message: string }>,
): Promise<Value | null> {
  try {
    const { value, message } = await see();
    findings.push({ check, severity: 'ok', message, status: exitStatus.ok });
    return value;
  } catch (thrown) {
    const { message, hint, exitStatus: status } = toPaperboyError(thrown);
    findings.push({ check, severity: 'error', message, ...(hint === undefined ? {} : { hint }), status });
    return null;
  }
}
