/** The worker processes of `work`, `up` and `demo`. */
import { fileURLToPath } from 'node:url';
import type { Settings } from '../app.ts';
import { processEnvironment, workerEnvironment } from '../config/environment.ts';
import { createLogger } from '../core/log.ts';
import { type Supervisor, startSupervisor } from '../supervisor/supervisor.ts';

/** Worker processes, loading while others get ready: `begin` them when what they need is there. */
export function prepareWorkers({ environment }: Settings, processes: number): Supervisor {
  return startSupervisor({
    program: fileURLToPath(new URL('../../workers/process.js', import.meta.url)),
    processes,
    log: createLogger(environment.logLevel),
    env: workerEnvironment(processEnvironment()),
  });
}
