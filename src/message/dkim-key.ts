/** The key of a DKIM signature and the DNS record that publishes it (RFC 6376 §3.6.1, RFC 8301 §3.2). */
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { PaperboyError } from '../core/errors.ts';

/** RFC 8301 §3.2 asks for 2048 of who signs. Twice that does not fit into what all DNS software can hold. */
const keyBits = 2048;

export interface DkimKey {
  /** PKCS #8. */
  readonly privateKeyPem: string;
  /** See `dkimRecord`. */
  readonly publicRecord: string;
}

export async function generateDkimKey(): Promise<DkimKey> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: keyBits });
  return {
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicRecord: dkimRecord(publicKey),
  };
}

/** The TXT record at `<selector>._domainkey.<domain>`. @param key the public key, or the private one */
export function dkimRecord(key: KeyObject): string {
  const publicKey = key.type === 'public' ? key : createPublicKey(key);
  return `v=DKIM1; k=rsa; p=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`;
}

/**
 * @param pem a private key, PKCS #1 or PKCS #8, without a passphrase
 * @param name of what it was read from, for the error
 * @throws PaperboyError `dkim-invalid`; never quotes the key
 */
export function readDkimKey(pem: string, name: string): KeyObject {
  try {
    return demandUsable(createPrivateKey(pem), name);
  } catch (error) {
    if (error instanceof PaperboyError) throw error;
    throw new PaperboyError('dkim-invalid', `${name} holds no private key in PEM that can be read`, { hint });
  }
}

/** RSA alone, because not every receiver verifies Ed25519 (RFC 8463). @throws PaperboyError `dkim-invalid` */
export function demandUsable(key: KeyObject, name: string): KeyObject {
  const { modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (key.type === 'private' && key.asymmetricKeyType === 'rsa' && modulusLength >= keyBits) return key;
  const found = [
    key.type,
    key.asymmetricKeyType,
    'key',
    ...(modulusLength > 0 ? [`of ${modulusLength} bits`] : []),
  ].filter((word) => word !== undefined);
  throw new PaperboyError(
    'dkim-invalid',
    `${name}: found a ${found.join(' ')}, expected a private rsa key of at least ${keyBits} bits`,
    { hint },
  );
}

const hint = '`paperboy dkim generate` makes one';
