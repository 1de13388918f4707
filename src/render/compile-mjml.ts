/** MJML to HTML, strictly: what MJML would only warn of is an error here. */
import { PaperboyError } from '../core/errors.ts';

export type CompileMjml = (mjml: string) => Promise<string>;

/**
 * Comments are kept, no web font is pulled in, nothing is included from disk.
 * @throws PaperboyError `render-failed` that names the first complaint
 */
export async function compileMjml(mjml: string): Promise<string> {
  // Loaded when needed: it takes longer to load than most commands take to run.
  const { default: mjml2html } = await import('mjml');
  try {
    const { html, errors } = await mjml2html(mjml, {
      fonts: {},
      keepComments: true,
      ignoreIncludes: true,
      minify: false,
      beautify: false,
      validationLevel: 'strict',
    });
    const [first] = errors;
    if (first === undefined) return html;
    throw new Error(first.formattedMessage);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PaperboyError('render-failed', `MJML refuses the mail: ${reason.replaceAll(/\s+/gu, ' ')}`, {
      hint: 'Look at the named line of templates/mail/issue.mjml and at what was put into it.',
      cause,
    });
  }
}
