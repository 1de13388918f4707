/** Editions in the browser, at the unguessable address that a mail has for its web copy. */
import { Hono } from 'hono';
import type { WebCopies, WebCopy } from '../delivery/web-copies.ts';
import { keptAnswers } from './kept-answers.ts';
import { preferredLanguage } from './language.ts';
import { answerWebCopy } from './mail-document.ts';
import type { NamedNewsletter } from './subscriber-desk.ts';
import { maxTokenLength } from './subscriber-pages.ts';
import { noticeHtml } from './subscriber-views.ts';
import type { Views } from './views.ts';

export interface WebCopyPagesDeps {
  readonly copies: WebCopies;
  readonly newsletters: readonly NamedNewsletter[];
  readonly views: Views;
}

export function webCopyPages({ copies, newsletters, views }: WebCopyPagesDeps): Hono {
  const app = new Hono();
  app.get('/w/:token', keptAnswers(), async (c) => {
    const token = c.req.param('token');
    const copy = token.length > maxTokenLength ? null : await copies.find(token);
    if (copy === null) {
      return c.html(noticeHtml(views, preferredLanguage(c.req.header('Accept-Language')), 'gone'), 404);
    }
    const newsletter = newsletters.find(({ id }) => id === copy.newsletter);
    const note = noteOf(views, copy.newer, newsletter?.language ?? 'zh');
    return answerWebCopy(c, copy.html, note, newsletter?.theme?.logo?.url);
  });
  return app;
}

/** Empty when nothing took its place. */
function noteOf(views: Views, newer: WebCopy['newer'], language: NamedNewsletter['language']): string {
  if (newer === null) return '';
  const words = views.words[language];
  const [text, link] =
    newer.kind === 'revised'
      ? [words.revisedText, words.revisedLink]
      : [words.correctedText, words.correctedLink];
  return views.page('copy-note', { text, link, url: newer.url });
}
