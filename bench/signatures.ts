/** What all cores can sign when they do nothing else: RSA-2048 with SHA-256, as many at once as there are cores. */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import type { Round } from './measure.ts';

const cores = availableParallelism();

export const signaturesName = `RSA-2048 signatures alone, ${cores} at once`;

const signatures = 2_000;
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
/** As long as the header fields that DKIM signs. */
const data = randomBytes(1_024);
const signAsync = promisify(sign);

export async function measureSignatures(): Promise<Round> {
  const startedAt = performance.now();
  let left = signatures;
  await Promise.all(
    Array.from({ length: cores }, async () => {
      while (left-- > 0) await signAsync('sha256', data, privateKey);
    }),
  );
  const ms = performance.now() - startedAt;
  return {
    messagesPerSecond: (signatures * 1000) / ms,
    cpuMsPerMessage: (ms * cores) / signatures,
    rssMb: 0,
  };
}
