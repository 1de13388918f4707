/** A mail's own HTML as a document that can do nothing: shown in frames, or as a page of its own. */
import type { Context } from 'hono';
import { mailPolicy, webCopyPolicy } from './security.ts';

/**
 * Answers with the mail's HTML under a policy that sandboxes it wherever it is opened.
 * @param logoUrls pictures that it may show: those of the theme of a newsletter of ours
 */
export function answerMail(c: Context, html: string, logoUrls: readonly string[]): Response {
  return c.html(withLinksInNewWindow(html), 200, {
    'Content-Security-Policy': mailPolicy(logoUrls),
    'Referrer-Policy': 'no-referrer',
  });
}

/** Answers with plain text that no browser takes for anything else. */
export function answerText(c: Context, text: string): Response {
  return c.text(text, 200, { 'Content-Security-Policy': mailPolicy() });
}

/** Answers with an edition as a page. @param note HTML that stands above it; empty: none */
export function answerWebCopy(c: Context, html: string, note: string, logoUrl?: string): Response {
  const unlisted = intoHead(html, '<meta name="robots" content="noindex, nofollow">');
  return c.html(asMain(unlisted, note), 200, { 'Content-Security-Policy': webCopyPolicy(logoUrl) });
}

/** A link followed inside the frame would show a site in place of the mail. */
export function withLinksInNewWindow(html: string): string {
  return intoHead(html, '<base target="_blank">');
}

function intoHead(html: string, element: string): string {
  const opening = /<head(?:\s[^>]*)?>/i.exec(html) ?? /<html(?:\s[^>]*)?>/i.exec(html);
  return insertAfter(html, opening, element);
}

/** A mail client has landmarks of its own, a page must bring them. */
function asMain(html: string, before: string): string {
  const end = html.lastIndexOf('</body>');
  const closed = end < 0 ? `${html}</main>` : `${html.slice(0, end)}</main>${html.slice(end)}`;
  return insertAfter(closed, /<body(?:\s[^>]*)?>/i.exec(closed), `${before}<main>`);
}

function insertAfter(html: string, tag: RegExpExecArray | null, element: string): string {
  if (!tag) return element + html;
  const at = tag.index + tag[0].length;
  return html.slice(0, at) + element + html.slice(at);
}
