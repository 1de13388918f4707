/** The mail templates of a folder: MJML parts that Handlebars fills, and wording. Escaped is all but what `inline` returns. */
import { readdir, readFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import Handlebars from 'handlebars';
import { createCache } from '../core/cache.ts';
import { PaperboyError } from '../core/errors.ts';
import { packageRoot } from '../core/package-root.ts';
import { inlineHtml } from './inline-html.ts';
import type { Masthead } from './masthead.ts';
import { readWording, type Wording } from './wording.ts';

const mainTemplate = 'issue.mjml';

/** Read once, for as many issues as one likes: what is made of the files is kept. */
export interface MailTemplates {
  /**
   * The MJML of an issue. Strict: a name the view lacks is an error, never an empty place.
   * @throws PaperboyError `template-invalid`
   */
  readonly fill: (view: object) => string;
  /** @throws PaperboyError `file-unreadable`, `template-invalid` */
  readonly words: (language: Masthead['language']) => Promise<Wording>;
}

/**
 * Reads `issue.mjml` of the folder; every other file beside it is a partial, named as the file is without its ending.
 * @param folder default: the package's
 * @throws PaperboyError `file-unreadable`
 */
export async function readMailTemplates(
  folder = join(packageRoot(), 'templates', 'mail'),
): Promise<MailTemplates> {
  const wording = createCache<Promise<Wording>>(2);
  return {
    fill: await readMain(folder),
    words: (language) => wording.getOrMake(language, () => readWording(folder, language)),
  };
}

async function readMain(folder: string): Promise<MailTemplates['fill']> {
  const engine = Handlebars.create();
  engine.registerHelper('inline', (text: string) => new Handlebars.SafeString(inlineHtml(text)));
  const source = await readTemplate(folder, mainTemplate);
  for (const file of await readdir(folder)) {
    const { name, ext } = parse(file);
    if (ext !== '' && file !== mainTemplate) engine.registerPartial(name, await readTemplate(folder, file));
  }
  const template = engine.compile<object>(source, {
    strict: true,
    knownHelpersOnly: true,
    knownHelpers: { inline: true } as CompileOptions['knownHelpers'] & object,
    preventIndent: true,
  });
  return (view) => {
    try {
      return template(view);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new PaperboyError('template-invalid', `${join(folder, mainTemplate)}: ${reason}`, { cause });
    }
  };
}

async function readTemplate(folder: string, name: string): Promise<string> {
  const file = join(folder, name);
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new PaperboyError('file-unreadable', `the mail template ${file} cannot be read`, { cause });
  }
}
