/** What the DKIM signature of a copy covers: the fields that nobody on the way may change unnoticed. */
import { fieldsOf } from './mail-text.ts';
import { type Problem, problemOf } from './problem.ts';

/** RFC 6376 §5.4.1; RFC 8058 §4 demands the two of unsubscribing, or mailbox providers show no button. */
const covered = [
  'From',
  'Reply-To',
  'To',
  'Subject',
  'Date',
  'Message-ID',
  'MIME-Version',
  'Content-Type',
  'List-Id',
  'List-Unsubscribe',
  'List-Unsubscribe-Post',
];

/** @param raw a signed copy */
export function signatureProblems(raw: Buffer): Problem[] {
  const fields = fieldsOf(raw);
  const signature = fields.find(({ name }) => name.toLowerCase() === 'dkim-signature')?.value ?? '';
  const signed = new Set(
    (/(?:^|;)\s*h=([^;]*)/.exec(signature)?.[1] ?? '').split(':').map((name) => name.trim().toLowerCase()),
  );
  const missing = covered.filter(
    (name) =>
      !signed.has(name.toLowerCase()) &&
      fields.some((field) => field.name.toLowerCase() === name.toLowerCase()),
  );
  if (missing.length === 0) return [];
  return [problemOf('dkim-coverage', `the DKIM signature leaves out ${missing.join(', ')}`)];
}
