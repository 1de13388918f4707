/** Messages as Python's `email` and dkimpy understand them, where Python is installed. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../../src/core/package-root.ts';

export interface PythonMail {
  /** Of the message, its parts and its header fields. */
  readonly defects: readonly string[];
  readonly headers: readonly (readonly [string, string])[];
  readonly from: readonly (readonly [string, string])[];
  readonly to: readonly (readonly [string, string])[];
  readonly text: string | null;
  readonly html: string | null;
  /** Type and charset of the message and each part. */
  readonly types: readonly (readonly [string, string | null])[];
  /** Whether dkimpy finds the signature right; null without dkimpy. */
  readonly dkim: boolean | null;
}

const runs = (...args: readonly string[]) => {
  const [command = '', ...rest] = args;
  return spawnSync(command, rest, { stdio: 'ignore' }).status === 0;
};

/** Debian's own may have dkimpy where another that comes first on PATH has not. */
const pythons = ['python3', '/usr/bin/python3'].filter((python) => runs(python, '-c', 'import email'));
const withDkim = pythons.find((python) => runs(python, '-c', 'import dkim'));
const python = withDkim ?? pythons[0];

export const hasPython = python !== undefined;
export const hasDkimpy = withDkim !== undefined;

/**
 * @param key name and text of the TXT record that the signatures are to be verified with
 * @throws when Python finds a message so wrong that it cannot be read
 */
export function readWithPython(
  messages: readonly Buffer[],
  key: { readonly name: string; readonly record: string },
): PythonMail[] {
  const { status, stdout, stderr } = spawnSync(
    python ?? '',
    [join(packageRoot(), 'tests', 'helpers', 'read_mail.py')],
    {
      input: JSON.stringify({ ...key, messages: messages.map((raw) => raw.toString('base64')) }),
      maxBuffer: 256 * 1024 * 1024,
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`Python could not read a message:\n${stderr}`);
  return JSON.parse(stdout) as PythonMail[];
}
