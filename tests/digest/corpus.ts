/** The real digests, where the folder that holds them is given. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/core/package-root.ts';

const folder =
  process.env.PAPERBOY_CORPUS === undefined ? undefined : join(process.env.PAPERBOY_CORPUS, 'digests');

export const hasCorpus = folder !== undefined && existsSync(folder);

export interface DigestFile {
  readonly name: string;
  readonly source: string;
}

/** The files of `seeds` or `wild`; none without the corpus. */
export function corpusFiles(kind: 'seeds' | 'wild'): DigestFile[] {
  return hasCorpus && folder !== undefined ? filesIn(join(folder, kind)) : [];
}

/** The project's own examples. */
export function exampleFiles(): DigestFile[] {
  return filesIn(join(packageRoot(), 'examples/digests'));
}

function filesIn(path: string): DigestFile[] {
  return readdirSync(path)
    .toSorted()
    .map((name) => ({ name, source: readFileSync(join(path, name), 'utf8') }));
}
