/** `npm run test:mutants` takes long; that each mutant still has its place in the product is known at once. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../src/core/package-root.ts';
import { edited, mutants } from './mutants.ts';

it.each(mutants)('the mutant "$name" can be made of the built product', ({ edits }) => {
  const texts = new Map<string, string>();
  for (const edit of edits) {
    const before = texts.get(edit.file) ?? readFileSync(join(packageRoot(), 'dist', edit.file), 'utf8');
    texts.set(edit.file, edited(before, edit));
  }
  expect(texts.size).toBeGreaterThan(0);
});
