/** A worker process as `paperboy work`, `up` and `demo` keep it running: all workers, until its supervisor says stop. */
import { openApp, type Settings } from '../src/app.ts';
import { runSupervised } from '../src/supervisor/run-supervised.ts';
import { startWorkers } from './all.ts';

await runSupervised<Settings>(async (settings) => {
  const app = await openApp(settings);
  try {
    const workers = await startWorkers(app);
    return {
      close: async () => {
        await workers.close();
        await app.close();
      },
    };
  } catch (error) {
    await app.close();
    throw error;
  }
});
