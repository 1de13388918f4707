/** A certificate for this machine's own name, signed by itself: the throw-away CA that workers are told to trust. */
import { execFileSync } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificate {
  /** A name that leads to a loopback address, and is not exempt from verification as `localhost` is. */
  readonly host: string;
  /** PEM. */
  readonly key: string;
  readonly cert: string;
}

let made: Promise<Certificate | null> | undefined;

/** @returns null where the machine's name does not lead to itself, or `openssl` is not at hand; made once a process */
export function ownCertificate(): Promise<Certificate | null> {
  made ??= make();
  return made;
}

async function make(): Promise<Certificate | null> {
  const host = hostname();
  const found = await lookup(host, { family: 4 }).catch(() => null);
  if (found === null || !found.address.startsWith('127.') || /^localhost$|\.localhost$/i.test(host))
    return null;
  const folder = mkdtempSync(join(tmpdir(), 'paperboy-certificate-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const whose = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`, '-days', '2'];
  try {
    execFileSync('openssl', ['req', '-x509', ...curve, ...whose, '-keyout', key, '-out', cert], {
      stdio: 'ignore',
    });
    return { host, key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } catch {
    return null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
