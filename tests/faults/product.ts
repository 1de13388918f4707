/** The product under test, loaded from a built folder: the real one, or a copy with a mutation. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface Product {
  /** The program `paperboy`. */
  readonly program: string;
  readonly app: typeof import('../../src/app.ts');
  readonly publish: typeof import('../../src/delivery/publish.ts');
  readonly control: typeof import('../../src/delivery/control.ts');
  readonly sweep: typeof import('../../src/delivery/sweep.ts');
  readonly issues: typeof import('../../src/ledger/issues.ts');
}

/** @param dist a folder as the build makes it, with `src/cli/main.js` in it */
export async function loadProduct(dist: string): Promise<Product> {
  const load = async (path: string) => await import(pathToFileURL(join(dist, path)).href);
  return {
    program: join(dist, 'src', 'cli', 'main.js'),
    app: await load('src/app.js'),
    publish: await load('src/delivery/publish.js'),
    control: await load('src/delivery/control.js'),
    sweep: await load('src/delivery/sweep.js'),
    issues: await load('src/ledger/issues.js'),
  };
}
