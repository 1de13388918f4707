/** The settings of the demo: its own configuration and data folder, whatever the environment says. */
import { join, resolve } from 'node:path';
import { readSettings, type Settings } from '../app.ts';
import { packageRoot } from '../core/package-root.ts';
import { type Io, say } from './frame.ts';
import { freePort } from './free-port.ts';

export function demoSettings(io: Io): Settings {
  const own = ['REDIS_URL', 'SMTP_URL', 'PUBLIC_URL', 'KEYRING', 'DATA_DIR'];
  const isOwn = (name: string) => own.includes(name.replace(/_FILE$/, ''));
  const env = Object.fromEntries(Object.entries(io.env).filter(([name]) => !isOwn(name)));
  const file = join(packageRoot(), 'examples', 'newsletter.yaml');
  const dataDir = resolve(io.cwd, 'data', 'demo');
  return readSettings(file, { LOG_LEVEL: 'warn', ...env, DATA_DIR: dataDir }, io.cwd);
}

/** With a port on which its pages can be served. */
export async function withFreePort(io: Io, { config, environment }: Settings): Promise<Settings> {
  const port = await freePort(environment.host, environment.port);
  if (port !== environment.port) say(io, `port ${environment.port} is taken: the demo uses ${port}`);
  return { config, environment: { ...environment, port, publicUrl: `http://127.0.0.1:${port}` } };
}
