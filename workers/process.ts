/** A worker process as `paperboy work`, `up` and `demo` keep it running: all workers, until its supervisor says stop. */
import { openApp, type Settings } from '../src/app.ts';
import { closeAll } from '../src/core/close-all.ts';
import { runSupervised } from '../src/supervisor/run-supervised.ts';
import { startWorkers } from './all.ts';

await runSupervised<Settings>(async (settings) => {
  const app = await openApp(settings);
  try {
    const workers = await startWorkers(app);
    return { close: () => closeAll([app, workers]) };
  } catch (error) {
    await app.close();
    throw error;
  }
});
