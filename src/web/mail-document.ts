/** A mail's own HTML as a document that can do nothing: shown in frames, safe to open on its own. */
import type { Context } from 'hono';
import { policies } from './security.ts';

/** Answers with the mail's HTML under a policy that sandboxes it wherever it is opened. */
export function answerMail(c: Context, html: string): Response {
  return c.html(withLinksInNewWindow(html), 200, {
    'Content-Security-Policy': policies.mail,
    'Referrer-Policy': 'no-referrer',
  });
}

/** Answers with plain text that no browser takes for anything else. */
export function answerText(c: Context, text: string): Response {
  return c.text(text, 200, { 'Content-Security-Policy': policies.mail });
}

/** A link followed inside the frame would show a site in place of the mail. */
export function withLinksInNewWindow(html: string): string {
  const base = '<base target="_blank">';
  const opening = /<head(?:\s[^>]*)?>/i.exec(html) ?? /<html(?:\s[^>]*)?>/i.exec(html);
  if (!opening) return base + html;
  const at = opening.index + opening[0].length;
  return html.slice(0, at) + base + html.slice(at);
}
