/** The form of keyring.json. Nothing of its content gets into a message. */
import { inspect } from 'node:util';
import { z } from 'zod';
import { PaperboyError } from '../core/errors.ts';
import type { Keyring } from './config.ts';
import { deepFreeze } from './deep-freeze.ts';

/** @param source for messages: the path, or KEYRING */
export function parseKeyring(text: string, source: string): Keyring {
  const { success, data, error } = schema.safeParse(parseJson(text, source));
  if (success) return deepFreeze(data);
  const problems = error.issues.map(({ path, message }) => `${path.join('.') || 'the keyring'}: ${message}`);
  throw new PaperboyError('keyring-invalid', `${source}: ${problems.join('; ')}`, {
    hint: 'restore it from a backup; a new keyring makes the links in all mails sent so far invalid',
  });
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, so it is not passed on.
    throw new PaperboyError('keyring-invalid', `${source}: expected JSON`);
  }
}

const secret = z
  .base64url('expected base64url')
  .transform((text) => hidden(Buffer.from(text, 'base64url')))
  .refine((bytes) => bytes.length >= 32, 'expected at least 32 bytes');

const keys = z
  .array(
    z.strictObject({ id: z.string().regex(/^[a-z0-9]{1,8}$/, 'expected 1 to 8 of a-z and 0-9'), secret }),
  )
  .min(1, 'expected at least one key')
  .refine((list) => new Set(list.map(({ id }) => id)).size === list.length, 'expected each key id once');

const schema = z.strictObject({ tokenKeys: keys, messageIdKeys: keys, suppressionPepper: secret });

/** A Buffer works as ever, but shows itself neither to `console.log` nor to `JSON.stringify`. */
function hidden(bytes: Buffer): Buffer {
  const show = { value: () => '[secret]', enumerable: false };
  return Object.defineProperties(bytes, { toJSON: show, [inspect.custom]: show });
}
