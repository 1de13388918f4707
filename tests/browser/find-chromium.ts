/** The browser of these tests: the Chromium that is installed here. Nothing is downloaded for it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** Path of the program: `PAPERBOY_CHROMIUM`, else the first on PATH; null when there is none. */
export function findChromium(env: NodeJS.ProcessEnv): string | null {
  if (env.PAPERBOY_CHROMIUM) return existsSync(env.PAPERBOY_CHROMIUM) ? env.PAPERBOY_CHROMIUM : null;
  const folders = [...(env.PATH ?? '').split(':').filter(Boolean), '/usr/bin'];
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync) ?? null;
}

export const howToInstall = `No Chromium was found, so these tests cannot run. Install it and run this again:
  sudo apt-get install -y --no-install-recommends chromium fonts-noto-cjk fonts-noto-color-emoji
or give the path of one: PAPERBOY_CHROMIUM=/path/to/chromium npm run test:browser
`;
