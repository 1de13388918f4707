/**
 * The one error type of the product: a stable code, a message that names the input, what was found and what was
 * expected, the cause, and whether trying again can help. The code decides the exit status of the CLI.
 */

/** Exit statuses of the CLI contract. 65, 69 and 78 are `EX_DATAERR`, `EX_UNAVAILABLE`, `EX_CONFIG` of sysexits.h. */
export const exitStatus = {
  ok: 0,
  failure: 1,
  usage: 2,
  notWell: 3,
  badInput: 65,
  unavailable: 69,
  badConfig: 78,
} as const;

type Kind = Exclude<keyof typeof exitStatus, 'ok' | 'notWell'>;

/** Whether doing the same again may succeed: `never` without a change by a person, `later` on its own. */
export type Retry = 'never' | 'later';

const catalogue = {
  // digest
  'no-stories': ['badInput', 'never'],
  'date-missing': ['badInput', 'never'],
  'date-invalid': ['badInput', 'never'],
  'date-absent': ['badInput', 'never'],
  'several-days': ['badInput', 'never'],
  'digest-unreadable': ['badInput', 'never'],
  'digest-too-large': ['badInput', 'never'],
  'too-much-unparsed': ['badInput', 'never'],
  'format-unknown': ['usage', 'never'],
  'topic-unknown': ['badInput', 'never'],
  // files in general
  'file-missing': ['badInput', 'never'],
  'file-unreadable': ['badInput', 'never'],
  'file-unwritable': ['failure', 'never'],
  // configuration
  'config-missing': ['badConfig', 'never'],
  'config-invalid': ['badConfig', 'never'],
  'environment-invalid': ['badConfig', 'never'],
  'keyring-missing': ['badConfig', 'never'],
  'keyring-invalid': ['badConfig', 'never'],
  'keyring-foreign': ['badConfig', 'never'],
  'relay-missing': ['badConfig', 'never'],
  'sender-incomplete': ['badConfig', 'never'],
  // Redis
  'redis-unreachable': ['unavailable', 'later'],
  'redis-too-old': ['badConfig', 'never'],
  'redis-evicts': ['badConfig', 'never'],
  'redis-not-durable': ['badConfig', 'never'],
  'redis-full': ['unavailable', 'later'],
  'redis-read-only': ['unavailable', 'later'],
  'redis-not-installed': ['badConfig', 'never'],
  'redis-unconfirmed': ['unavailable', 'later'],
  'redis-forgot': ['unavailable', 'later'],
  'store-schema': ['badConfig', 'never'],
  'store-changed': ['badConfig', 'never'],
  'data-folder-busy': ['unavailable', 'later'],
  'store-restoring': ['unavailable', 'later'],
  'store-in-use': ['failure', 'later'],
  'backup-failed': ['failure', 'later'],
  'backup-invalid': ['badInput', 'never'],
  // SMTP
  'smtp-unreachable': ['unavailable', 'later'],
  'smtp-refused': ['failure', 'never'],
  // subscribers
  'csv-invalid': ['badInput', 'never'],
  'address-invalid': ['badInput', 'never'],
  'subscriber-invalid': ['badInput', 'never'],
  'subscriber-unknown': ['failure', 'never'],
  'token-invalid': ['failure', 'never'],
  // rendering and preflight
  'template-invalid': ['failure', 'never'],
  'render-failed': ['failure', 'never'],
  'preflight-failed': ['failure', 'never'],
  // messages
  'message-invalid': ['failure', 'never'],
  'dkim-invalid': ['badConfig', 'never'],
  // issues and delivery
  'issue-differs': ['failure', 'never'],
  'issue-unknown': ['failure', 'never'],
  'issue-phase': ['failure', 'never'],
  'issue-forgotten': ['failure', 'never'],
  'only-repeats': ['badInput', 'never'],
  'publish-raced': ['failure', 'later'],
  'rows-gone': ['failure', 'never'],
  'too-many-editions': ['failure', 'never'],
  'newsletter-required': ['usage', 'never'],
  'newsletter-unknown': ['usage', 'never'],
  'retry-too-early': ['failure', 'later'],
  'ledger-gap': ['failure', 'never'],
  'ledger-move': ['failure', 'never'],
  // the command line and the rest
  usage: ['usage', 'never'],
  'port-in-use': ['failure', 'later'],
  interrupted: ['failure', 'later'],
  internal: ['failure', 'later'],
} as const satisfies Record<string, readonly [Kind, Retry]>;

/** A stable machine code: scripts depend on it, so a code is never renamed. */
export type ErrorCode = keyof typeof catalogue;

export interface ErrorDetail {
  /** What a person can do about it, in one sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
}

export class PaperboyError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'PaperboyError';
    this.code = code;
    this.hint = detail.hint;
  }

  /** Exit status of a command that ends with this error. */
  get exitStatus(): number {
    return exitStatus[catalogue[this.code][0]];
  }

  get retry(): Retry {
    return catalogue[this.code][1];
  }
}

/** What is thrown may be anything; this gives it a code (`internal`) and keeps it as the cause. */
export function toPaperboyError(thrown: unknown): PaperboyError {
  if (thrown instanceof PaperboyError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new PaperboyError('internal', message || 'unknown failure', { cause: thrown });
}
