/** What a DNS name says of a DKIM key (RFC 6376 §3.6.1), beside the key that signs here. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { parseTags } from './tags.ts';

export type DkimKeyRecord =
  | { readonly type: 'missing' }
  | { readonly type: 'several'; readonly count: number }
  /** The empty key: signatures with this selector are void. */
  | { readonly type: 'revoked' }
  /** @param why as the end of a sentence that begins with "the record" */
  | { readonly type: 'unusable'; readonly why: string }
  | { readonly type: 'other-key' }
  /** `isTest`: verifiers may treat the mail as if it were not signed (`t=y`). */
  | { readonly type: 'matches'; readonly isTest: boolean };

/** @param texts all TXT records of `<selector>._domainkey.<domain>`. @param key the public half of ours */
export function readDkimKeyRecord(texts: readonly string[], key: KeyObject): DkimKeyRecord {
  const [text] = texts;
  if (text === undefined) return { type: 'missing' };
  // §3.6.2.2: what several records mean is undefined.
  if (texts.length > 1) return { type: 'several', count: texts.length };
  const tags = parseTags(text);
  if (tags === null) return { type: 'unusable', why: 'is no list of tags' };
  const [first] = tags.keys();
  const version = tags.get('v');
  if (version !== undefined && (version !== 'DKIM1' || first !== 'v')) {
    return { type: 'unusable', why: 'does not begin with v=DKIM1' };
  }
  const published = tags.get('p')?.replace(/\s/g, '');
  if (published === undefined) return { type: 'unusable', why: 'has no p=, the key itself' };
  if (published === '') return { type: 'revoked' };
  const keyType = tags.get('k') ?? 'rsa';
  if (keyType !== 'rsa') return { type: 'unusable', why: `is of a key of type ${keyType}, ours is rsa` };
  if (!allows(tags.get('h'), 'sha256')) return { type: 'unusable', why: `allows h=${tags.get('h')} alone` };
  if (!allows(tags.get('s'), '*', 'email')) return { type: 'unusable', why: 'is not for e-mail (s=)' };
  if (!isSameKey(published, key)) return { type: 'other-key' };
  return { type: 'matches', isTest: listOf(tags.get('t') ?? '').includes('y') };
}

function allows(list: string | undefined, ...any: readonly string[]): boolean {
  return list === undefined || listOf(list).some((entry) => any.includes(entry));
}

function listOf(value: string): string[] {
  return value.split(':').map((entry) => entry.trim().toLowerCase());
}

/** The record holds a SubjectPublicKeyInfo, or, as some have it, the bare RSAPublicKey. */
function isSameKey(base64: string, key: KeyObject): boolean {
  const der = Buffer.from(base64, 'base64');
  return (['spki', 'pkcs1'] as const).some((type) => {
    try {
      return createPublicKey({ key: der, format: 'der', type }).equals(key);
    } catch {
      return false;
    }
  });
}
