/** A mail as it looks in light or in dark mode, whatever the reader's own is: a file that shows it without a script. */
import { withLinksInNewWindow } from './mail-document.ts';

/** Nothing is loaded and nothing runs: a preview that is passed on must tell nobody that it was looked at. */
const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">`;

/**
 * The styles for the other scheme are made to hold never, those for this one always; the page's own colours follow.
 * Pictures stay away, as in many clients.
 */
export function inScheme(html: string, scheme: 'light' | 'dark'): string {
  const forced = html
    .replace(/<style[^>]*>[\s\S]*?<\/style>/gi, (style) => withQueriesDecided(style, scheme))
    .replace(/<meta name="(?:supported-)?color-schemes?"[^>]*>/gi, '');
  return withinHead(forced, `${policy}<meta name="color-scheme" content="${scheme}">`);
}

function withQueriesDecided(style: string, scheme: string): string {
  return style
    .replace(/\(\s*prefers-color-scheme\s*:\s*(\w+)\s*\)/gi, (_, asked: string) =>
      asked.toLowerCase() === scheme ? '(min-width:0)' : '(max-width:0)',
    )
    .replace(/(color-schemes?\s*:)[^;}]*/gi, `$1${scheme}`);
}

/** Before all else of the head, so that the policy holds for it. */
function withinHead(html: string, elements: string): string {
  const base = '<base target="_blank">';
  return withLinksInNewWindow(html).replace(base, () => elements + base);
}
