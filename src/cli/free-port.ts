/** Where something can listen. */
import { createServer } from 'node:net';
import { PaperboyError } from '../core/errors.ts';

/**
 * A port that is free at this moment: the preferred one, or any.
 * @param preferred 0: any
 */
export async function freePort(host: string, preferred: number): Promise<number> {
  for (const port of preferred === 0 ? [0] : [preferred, 0]) {
    const server = createServer();
    const bound = await new Promise<number | null>((resolve) => {
      server.once('error', () => resolve(null));
      server.listen(port, host, () => {
        const address = server.address();
        resolve(typeof address === 'object' && address ? address.port : null);
      });
    });
    if (bound === null) continue;
    await new Promise((resolve) => server.close(resolve));
    return bound;
  }
  throw new PaperboyError('port-in-use', `no port is free on ${host}`);
}
