/** One Chromium for all files of a run, and a folder for what it photographs. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { packageRoot } from '../../src/core/package-root.ts';
import { findChromium, howToInstall } from './find-chromium.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the browser is to be reached. */
    browserUrl: string;
    screenshots: string;
  }
}

/** So that a run neither speaks to anybody nor depends on what the machine's graphics can do. */
const flags = [
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--font-render-hinting=none',
];

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const executablePath = findChromium(process.env);
  if (executablePath === null) {
    process.stderr.write(howToInstall);
    process.exit(1);
  }
  const screenshots = join(packageRoot(), 'tests', 'browser', 'screenshots');
  rmSync(screenshots, { recursive: true, force: true });
  mkdirSync(screenshots, { recursive: true });
  const server = await chromium.launchServer({ executablePath, args: flags });
  project.provide('browserUrl', server.wsEndpoint());
  project.provide('screenshots', screenshots);
  return async () => {
    await server.close();
    process.stderr.write(`\nscreenshots: ${screenshots}\n`);
  };
}
