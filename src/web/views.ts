/** The page templates of `templates/pages`, compiled once; Handlebars escapes every value. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Handlebars from 'handlebars';
import { packageRoot } from '../core/package-root.ts';

/** The wording of one language: key → text, in which `{name}` stands for a value. */
export type Words = Readonly<Record<string, string>>;

export type PageName =
  | 'preferences'
  | 'unsubscribe'
  | 'notice'
  | 'vote'
  | 'archive'
  | 'feed'
  | 'copy-note'
  | 'demo'
  | 'editions'
  | 'inbox'
  | 'mail'
  | 'chaos'
  | 'demo-notice';

export interface Views {
  /** A whole HTML document. @throws when a template names a value that `values` lacks */
  page(name: PageName, values: object): string;
  readonly words: { readonly zh: Words; readonly en: Words };
}

const partials = ['subscriber-layout', 'demo-layout', 'topic-pills', 'reader', 'pager'] as const;
const pages: readonly PageName[] = [
  'preferences',
  'unsubscribe',
  'notice',
  'vote',
  'archive',
  'feed',
  'copy-note',
  'demo',
  'editions',
  'inbox',
  'mail',
  'chaos',
  'demo-notice',
];

/** @param folder of the templates; default: the one this package brings */
export function loadViews(folder = join(packageRoot(), 'templates', 'pages')): Views {
  const engine = Handlebars.create();
  engine.registerHelper('say', say);
  const source = (name: string) => readFileSync(join(folder, `${name}.hbs`), 'utf8');
  for (const name of partials) engine.registerPartial(name, source(name));
  // `strict`: a value that was forgotten is an error, not an empty place in a page.
  const compiled = new Map(pages.map((name) => [name, engine.compile(source(name), { strict: true })]));
  return {
    page(name, values) {
      const template = compiled.get(name);
      if (!template) throw new Error(`no page template ${name}`);
      return template(values);
    },
    words: { zh: readWords(folder, 'zh'), en: readWords(folder, 'en') },
  };
}

/** `{{say words.left newsletter=name}}`: a text with its values put in. Handlebars escapes the result. */
function say(text: string, options: Handlebars.HelperOptions): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    String((options.hash as Record<string, unknown>)[name] ?? whole),
  );
}

function readWords(folder: string, language: string): Words {
  return JSON.parse(readFileSync(join(folder, 'words', `${language}.json`), 'utf8')) as Words;
}
