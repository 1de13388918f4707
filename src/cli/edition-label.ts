/** How people are told which edition is meant: by its topics. */
import type { EditionReport } from '../preflight/sample.ts';

/** `all`, `models+policy`, `all (text)`. An edition without HTML is one of format `text`. */
export function editionLabel({ topics, htmlBytes }: Pick<EditionReport, 'topics' | 'htmlBytes'>): string {
  const name = topics === 'all' ? 'all' : topics.join('+') || '(no topic)';
  return htmlBytes === 0 ? `${name} (text)` : name;
}
