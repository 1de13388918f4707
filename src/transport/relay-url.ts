/** Where to submit and as whom, read from `smtp://user:password@host:port` or `smtps://…`. */
import { PaperboyError } from '../core/errors.ts';

export interface Relay {
  /** Without the brackets of an IPv6 literal. */
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (RFC 8314 §3.3); otherwise STARTTLS where it is offered. */
  readonly secure: boolean;
  readonly credentials?: { readonly user: string; readonly password: string };
  /** For people: scheme, host and port. */
  readonly name: string;
}

/**
 * @param password takes precedence over one in the URL
 * @throws PaperboyError `config-invalid`; its message never holds what stands before the `@`
 */
export function parseRelayUrl(url: string, password?: string): Relay {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const secure = parsed?.protocol === 'smtps:';
  if (!parsed || !(secure || parsed.protocol === 'smtp:'))
    throw invalid(url, 'is no smtp:// or smtps:// URL');
  if (parsed.hostname === '') throw invalid(url, 'names no host');
  if (!['', '/'].includes(parsed.pathname) || parsed.search !== '' || parsed.hash !== '') {
    throw invalid(url, 'has something after the port');
  }
  const host = decoded(url, parsed.hostname).replace(/^\[(.*)\]$/, '$1');
  const port = parsed.port === '' ? (secure ? 465 : 587) : Number(parsed.port);
  const name = `${parsed.protocol}//${parsed.hostname}:${port}`;
  const user = decoded(url, parsed.username);
  const secret = password ?? decoded(url, parsed.password);
  if (user === '' && secret === '') return { host, port, secure, name };
  if (user === '') throw invalid(url, 'has a password but names no user');
  if (secret === '') throw invalid(url, 'names a user but has no password');
  return { host, port, secure, name, credentials: { user, password: secret } };
}

/** Whether the host is this machine, where nobody listens in and no certificate is to be had. */
export function isLoopback(host: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|::1)$/i.test(host);
}

/** Percent escapes of a user or password, which may hold any character. */
function decoded(url: string, part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid(url, 'holds a % that is no escape');
  }
}

function invalid(url: string, fault: string): PaperboyError {
  return new PaperboyError('config-invalid', `the relay ${withoutCredentials(url)} ${fault}`, {
    hint: 'Expected smtp://user@host:587, smtps://user@host:465, file:DIR or stub:.',
  });
}

/** What stands before the last `@` may be a password, even in a URL that cannot be read. */
export function withoutCredentials(url: string): string {
  const at = url.lastIndexOf('@');
  if (at < 0) return JSON.stringify(url);
  const start = /^[a-z]+:\/\//i.exec(url)?.[0] ?? '';
  return JSON.stringify(`${start}***@${url.slice(at + 1)}`);
}
