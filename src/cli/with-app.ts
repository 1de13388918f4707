/** Opens the parts a command needs, and closes them whatever happens. */
import { resolve } from 'node:path';
import { type App, openApp, readSettings, type Settings } from '../app.ts';
import type { CommonOptions, Io } from './frame.ts';
import { closeInTime } from './services.ts';

/** @throws PaperboyError of the configuration and the environment */
export function settingsFor(io: Io, options: CommonOptions): Settings {
  return readSettings(resolve(io.cwd, options.config), io.env, io.cwd);
}

/** @throws PaperboyError of the configuration, the environment, Redis, the keyring, and what `use` throws */
export async function withApp<Result>(
  io: Io,
  options: CommonOptions,
  use: (app: App) => Promise<Result>,
): Promise<Result> {
  const app = await openApp(settingsFor(io, options));
  try {
    return await use(app);
  } finally {
    await closeInTime([app]);
  }
}
