/** What was to be filled in and was not: by whoever wrote the digest, or by our own templates. */
import type { Digest } from '../digest/digest.ts';
import { placeOf, textsOf } from './digest-texts.ts';
import { type Problem, problemOf, storyProblem } from './problem.ts';
import type { EditionSample } from './sample.ts';

/**
 * Placeholders of the usual template languages: `{{name}}`, `${name}`, `<%= name %>`, `*|NAME|*`, `%%name%%`,
 * `[INSERT …]`. A story may quote one as code.
 * @param subject the operator's own; empty: none
 */
export function placeholderProblems(digest: Digest, subject: string): Problem[] {
  const texts = textsOf(digest).map((entry) => ({ ...entry, text: withoutCode(entry.text) }));
  return [
    ...texts.flatMap((entry) => report(entry.text, placeOf(entry), entry.line)),
    ...report(subject, 'the subject'),
  ];
}

/** Marks of our own templates, which carry a nonce of 32 hex digits. */
export function markProblems({ edition, html, text, rendered }: EditionSample): Problem[] {
  return [html, text, rendered.subject, rendered.preheader].flatMap((part) => {
    const [mark] = ownMark.exec(part) ?? [];
    return mark === undefined
      ? []
      : [problemOf('mark-left', `${JSON.stringify(mark)} was left in the mail`, edition.id)];
  });
}

/** What template engines and mailing services fill in, and what people write where they mean to: `[TO-DO]`, `[INSERT …]`. */
const placeholder =
  /\{\{\{?[#/^>&!]?\s*[\w.-]+(?:\s+[\w.="'-]+)*\s*\}?\}\}|\$\{\s*[\w.]+\s*\}|<%[=-]?\s*[\w.]+\s*%>|\*\|[A-Z][A-Z0-9_:]*\|\*|%%\w+%%|\[(?:INSERT|TO[- ]?DO|PLACEHOLDER|YOUR)\b[^\]\n]{0,60}\]/;

/** With the keys that the mail template uses: a story may quote the MD5 sum of a file in brackets. */
const ownMark =
  /<!--[0-9a-f]{32} (?:open|close) [\w.]{1,40}|\([0-9a-f]{32} (?:preheader|meta|omitted|why|count\.\d+|\w{1,40}Url)\)/;

function report(text: string, place: string, line?: number): Problem[] {
  const [found] = placeholder.exec(text) ?? [];
  return found === undefined
    ? []
    : [storyProblem('placeholder-left', `${place}: ${JSON.stringify(found)} was never filled in`, line)];
}

/** On the text as written: reading its Markdown would take the stars of `*|NAME|*` for emphasis. */
function withoutCode(text: string): string {
  return text.replace(/(`+)[^`]+\1/g, ' ');
}
