/** The commented newsletter.yaml that `paperboy init` writes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../core/package-root.ts';

export function initialConfig(): string {
  return readFileSync(join(packageRoot(), 'templates', 'newsletter.yaml'), 'utf8');
}
