/** The transport that a relay's URL asks for. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PaperboyError } from '../core/errors.ts';
import { createFileTransport } from './file.ts';
import { parseRelayUrl, withoutCredentials } from './relay-url.ts';
import { createSmtpTransport, type SmtpOptions } from './smtp.ts';
import { createStubTransport } from './stub.ts';
import type { Transport } from './transport.ts';

export interface TransportOptions extends SmtpOptions {
  /** Of the user that the URL names; takes precedence over one in the URL. */
  readonly password?: string;
}

/**
 * @param url `smtp://user@host:587`, `smtps://user@host`, `file:DIR` (relative to the working directory) or `stub:`
 * @throws PaperboyError `config-invalid` for anything else
 */
export function createTransport(url: string, { password, ...options }: TransportOptions = {}): Transport {
  const scheme = /^[a-z]+:/i.exec(url)?.[0].toLowerCase();
  switch (scheme) {
    case 'smtp:':
    case 'smtps:':
      return createSmtpTransport(parseRelayUrl(url, password), options);
    case 'file:':
      return createFileTransport(folderOf(url));
    case 'stub:':
      return createStubTransport({ keep: false });
    default:
      throw new PaperboyError('config-invalid', `${withoutCredentials(url)} is no URL of a relay`, { hint });
  }
}

const hint = 'Expected smtp://user@host:587, smtps://user@host:465, file:DIR or stub:.';

function folderOf(url: string): string {
  const path = url.slice('file:'.length);
  if (path === '' || path === '//') {
    throw new PaperboyError('config-invalid', `${url} names no folder`, { hint: 'Expected file:DIR.' });
  }
  if (!path.startsWith('//')) return resolve(path);
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new PaperboyError('config-invalid', `${url} is no path on this machine`, {
      hint: 'Expected file:DIR.',
      cause,
    });
  }
}
