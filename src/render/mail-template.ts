/** The Handlebars side of a mail: templates in, MJML out. Every value is escaped but what `inline` returns. */
import { readdir, readFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import Handlebars from 'handlebars';
import { PaperboyError } from '../core/errors.ts';
import { inlineHtml } from './inline-html.ts';

const mainTemplate = 'issue.mjml';

/**
 * Fills `issue.mjml` of the folder with a view; every other file beside it is a partial, named as the file is without
 * its ending. Strict: a name the view lacks is an error, never an empty place.
 * @throws PaperboyError `file-unreadable`, `template-invalid`
 */
export async function fillMailTemplate(folder: string, view: object): Promise<string> {
  const engine = Handlebars.create();
  engine.registerHelper('inline', (text: string) => new Handlebars.SafeString(inlineHtml(text)));
  const source = await readTemplate(folder, mainTemplate);
  for (const file of await readdir(folder)) {
    const { name, ext } = parse(file);
    if (ext !== '' && file !== mainTemplate) engine.registerPartial(name, await readTemplate(folder, file));
  }
  try {
    return engine.compile(source, {
      strict: true,
      knownHelpersOnly: true,
      knownHelpers: { inline: true } as CompileOptions['knownHelpers'] & object,
      preventIndent: true,
    })(view);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PaperboyError('template-invalid', `${join(folder, mainTemplate)}: ${reason}`, { cause });
  }
}

async function readTemplate(folder: string, name: string): Promise<string> {
  const file = join(folder, name);
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new PaperboyError('file-unreadable', `the mail template ${file} cannot be read`, { cause });
  }
}
