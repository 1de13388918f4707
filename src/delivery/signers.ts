/** The DKIM keys of the configuration, each proved by a probe before anything is signed with it. */
import { readFile } from 'node:fs/promises';
import type { Config, DkimConfig } from '../config/config.ts';
import { PaperboyError } from '../core/errors.ts';
import { createDkimSigner, type DkimSigner, probeDkim } from '../message/dkim.ts';
import { readDkimKey } from '../message/dkim-key.ts';
import type { Message } from '../message/message.ts';

export interface Signers {
  /**
   * Signs with the key of that domain, or of the nearest one above it; without such a key the message is as it was.
   * @param domain of the From address
   * @throws PaperboyError `dkim-invalid`
   */
  sign(message: Message, domain: string): Promise<Message>;
  /** For `doctor`: `<selector>._domainkey.<domain>`. */
  readonly names: readonly string[];
  /** For `doctor`: what the DNS must publish. */
  readonly keys: readonly Pick<DkimSigner, 'domain' | 'selector' | 'publicKey'>[];
}

/** @throws PaperboyError `dkim-invalid`, `file-missing` */
export async function loadSigners(config: Config): Promise<Signers> {
  const signers = await Promise.all(config.sending.dkim.map(loadSigner));
  // The longest domain that fits is the nearest one.
  const byLength = [...signers].sort((one, other) => other.domain.length - one.domain.length);
  return {
    sign: async (message, domain) => {
      const signer = byLength.find((each) => domain === each.domain || domain.endsWith(`.${each.domain}`));
      return signer === undefined ? message : await signer.sign(message);
    },
    keys: signers,
    names: signers.map(({ selector, domain }) => `${selector}._domainkey.${domain}`),
  };
}

async function loadSigner({ domain, selector, privateKeyFile }: DkimConfig): Promise<DkimSigner> {
  const privateKey = readDkimKey(await readPem(privateKeyFile), privateKeyFile);
  const signer = createDkimSigner({ domain, selector, privateKey });
  await probeDkim(signer);
  return signer;
}

async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new PaperboyError('file-missing', `the DKIM key ${path} cannot be read`, {
      hint: '`paperboy dkim generate` makes one',
      cause,
    });
  }
}
