/** The pages of a preview: files that stand on their own, to be opened from disk. Handlebars escapes every value. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Handlebars from 'handlebars';
import { packageRoot } from '../core/package-root.ts';

export type Verdict = 'good' | 'warning' | 'error';

/** What both pages say at their head. */
export interface PreviewHead {
  readonly newsletter: string;
  readonly title: string;
  /** BCP 47, of the digest. */
  readonly lang: string;
  readonly date: string;
  /** Name of the digest file. */
  readonly file: string;
  /** Largest HTML part that may be sent, for people. */
  readonly limit: string;
  /** Mail clients that nobody tests, for people. */
  readonly untested: string;
}

/** The matrix: what is wrong, then every edition. */
export interface PreviewIndex extends PreviewHead {
  /** E.g. `14 stories`, `9 editions`. */
  readonly facts: readonly string[];
  readonly verdict: { readonly text: string; readonly advice: string; readonly kind: Verdict };
  readonly problems: readonly PreviewProblem[];
  readonly editions: readonly PreviewEdition[];
}

/** One edition in all its views. */
export interface PreviewViews extends PreviewHead {
  readonly edition: PreviewEdition;
}

export interface PreviewProblem {
  readonly severity: 'error' | 'warning';
  readonly rule: string;
  readonly message: string;
  /** The editions concerned; empty: the whole issue. */
  readonly editions: readonly { readonly id: string; readonly label: string }[];
  /** It concerns every edition, which is shorter to say. */
  readonly isEverywhere: boolean;
}

export interface PreviewEdition {
  readonly id: string;
  readonly label: string;
  readonly kind: Verdict;
  /** Null when nobody could be asked. */
  readonly recipients: string | null;
  readonly stories: string;
  readonly minutes: string;
  readonly subject: string;
  readonly preheader: string;
  /** Null for an edition of format `text`. */
  readonly htmlSize: string | null;
  readonly messageSize: string;
  /** 0 to 100: how much of the limit the HTML part takes. */
  readonly fill: number;
  readonly fillKind: Verdict;
  readonly problems: readonly PreviewProblem[];
  readonly text: string;
  /** The first lines of the text. */
  readonly opening: string;
  /** Names in the folder; `html`, `light` and `dark` are null for an edition of format `text`. */
  readonly files: {
    readonly views: string;
    readonly html: string | null;
    readonly light: string | null;
    readonly dark: string | null;
    readonly text: string;
    readonly message: string;
  };
}

export interface PreviewPages {
  index(view: PreviewIndex): string;
  views(view: PreviewViews): string;
}

/** @param folder of the templates; default: the one this package brings */
export function createPreviewPages(folder = join(packageRoot(), 'templates', 'preview')): PreviewPages {
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const engine = Handlebars.create();
  for (const partial of ['facts', 'problem', 'foot']) engine.registerPartial(partial, read(`${partial}.hbs`));
  engine.registerPartial('style', read('style.css'));
  const page = <View>(name: string) => engine.compile<View>(read(name), { strict: true });
  const [index, views] = [page<PreviewIndex>('index.hbs'), page<PreviewViews>('views.hbs')];
  return { index: (view) => index(view), views: (view) => views(view) };
}
