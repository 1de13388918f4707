/** The page of a preview: a file that stands on its own, to be opened from disk. Handlebars escapes every value. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Handlebars from 'handlebars';
import { packageRoot } from '../core/package-root.ts';

export interface PreviewView {
  readonly newsletter: string;
  readonly title: string;
  /** BCP 47, of the digest. */
  readonly lang: string;
  readonly date: string;
  /** Name of the digest file. */
  readonly file: string;
  /** E.g. `14 stories`, `9 editions`. */
  readonly facts: readonly string[];
  readonly verdict: { readonly text: string; readonly kind: 'good' | 'warning' | 'error' };
  readonly problems: readonly PreviewProblem[];
  readonly hasRecipients: boolean;
  /** Largest HTML part that may be sent, for people. */
  readonly limit: string;
  readonly editions: readonly PreviewEdition[];
  /** What is shown at first; null when there is no edition. */
  readonly first: string | null;
}

export interface PreviewProblem {
  readonly severity: 'error' | 'warning';
  readonly rule: string;
  readonly message: string;
  /** Labels of the editions that have it; empty: the whole issue. */
  readonly editions: readonly string[];
}

export interface PreviewEdition {
  readonly id: string;
  readonly label: string;
  readonly isText: boolean;
  readonly recipients: string;
  readonly stories: number;
  readonly minutes: number;
  readonly subject: string;
  readonly preheader: string;
  readonly htmlSize: string;
  readonly messageSize: string;
  /** 0 to 100: how much of the limit the HTML part takes. */
  readonly fill: number;
  readonly fillKind: 'good' | 'warning' | 'error';
  readonly errors: number;
  readonly warnings: number;
  readonly files: readonly { readonly name: string; readonly path: string }[];
}

/** @param folder of the template; default: the one this package brings */
export function renderPreviewPage(
  view: PreviewView,
  folder = join(packageRoot(), 'templates', 'preview'),
): string {
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const engine = Handlebars.create();
  engine.registerPartial('style', read('style.css'));
  return engine.compile(read('index.hbs'), { strict: true })(view);
}
