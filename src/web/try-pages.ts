/** Dropping a digest file of one's own and seeing every edition of it. Kept in memory, the last few only. */
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { PaperboyError, toPaperboyError } from '../core/errors.ts';
import { randomId } from '../core/ids.ts';
import type { EditionsPreview, PreviewEditions } from './demo-desk.ts';
import { answerMail, answerText } from './mail-document.ts';
import { showBytes } from './show.ts';
import type { Views } from './views.ts';

export interface TryPagesDeps {
  readonly preview: PreviewEditions;
  readonly views: Views;
  /** Pictures that mails may show. */
  readonly logoUrls: readonly string[];
  readonly missing: (c: Context) => Response;
}

/** Bytes of the largest digest that is taken. */
export const maxDigestBytes = 4 * 1024 * 1024;

/** How many dropped digests are remembered. */
export const keptUploads = 5;

/** What a multipart form adds to the file in it (RFC 7578). */
const formOverheadBytes = 64 * 1024;

interface Upload {
  readonly name: string;
  readonly preview: EditionsPreview;
}

export function tryPages({ preview, views, logoUrls, missing }: TryPagesDeps): Hono {
  const app = new Hono();
  const uploads = new Map<string, Upload>();
  const problem = (c: Context, status: 413 | 422, name: string, error: PaperboyError) => {
    const { code, message, hint = '' } = error;
    return c.html(
      views.page('demo-notice', {
        title: '读不了这份摘要 Not a digest we can read',
        isDemo: true,
        isInbox: false,
        name,
        code,
        message,
        hint,
      }),
      status,
    );
  };
  const tooLarge = new PaperboyError('digest-too-large', 'the file is larger than 4 MB / 文件超过 4 MB', {
    hint: 'A digest of one day is text; 4 MB is room for a thousand pages of it.',
  });
  const limit = bodyLimit({
    maxSize: maxDigestBytes + formOverheadBytes,
    onError: (c) => problem(c, 413, '', tooLarge),
  });

  app.post('/try', limit, async (c) => {
    const dropped = await readDropped(c);
    if (dropped.bytes.length > maxDigestBytes) return problem(c, 413, dropped.name, tooLarge);
    if (dropped.bytes.length === 0) return problem(c, 422, dropped.name, nothingDropped());
    try {
      const id = randomId();
      uploads.set(id, { name: dropped.name, preview: await preview(dropped.bytes, dropped.name) });
      forgetOldest(uploads);
      return c.redirect(`/try/${id}`, 303);
    } catch (thrown) {
      const error = toPaperboyError(thrown);
      if (error.retry === 'later') throw error;
      return problem(c, 422, dropped.name, error);
    }
  });

  app.get('/try/:id', (c) => {
    const id = c.req.param('id');
    const upload = uploads.get(id);
    if (!upload) return missing(c);
    const { title, date, warnings, editions } = upload.preview;
    const shown = editions.map((edition) => ({
      path: `/try/${id}/${encodeURIComponent(edition.id)}`,
      label: edition.label,
      stories: edition.stories,
      subject: edition.subject,
      preheader: edition.preheader,
      size: showBytes(edition.htmlBytes),
    }));
    const page = { isDemo: true, isInbox: false, title, name: upload.name, date, warnings, editions: shown };
    return c.html(views.page('editions', { ...page, first: shown[0] ?? null }));
  });

  app.get('/try/:id/:edition', (c) => {
    const edition = editionOf(uploads, c.req.param('id'), c.req.param('edition'));
    return edition ? answerMail(c, edition.html, logoUrls) : missing(c);
  });

  app.get('/try/:id/:edition/text', (c) => {
    const edition = editionOf(uploads, c.req.param('id'), c.req.param('edition'));
    return edition ? answerText(c, edition.text) : missing(c);
  });

  return app;
}

/** The file of the form; without one, the text typed into it. */
async function readDropped(c: Context): Promise<{ readonly bytes: Uint8Array; readonly name: string }> {
  const form = await c.req.parseBody().catch(() => ({}) as Record<string, unknown>);
  if (form.file instanceof File && form.file.size > 0) {
    const name = form.file.name.split(/[\\/]/).at(-1) ?? '';
    return { bytes: new Uint8Array(await form.file.arrayBuffer()), name: name.slice(-120) };
  }
  const text = typeof form.text === 'string' ? form.text.trim() : '';
  return { bytes: new TextEncoder().encode(text), name: '' };
}

function nothingDropped(): PaperboyError {
  return new PaperboyError('no-stories', 'no file was chosen, or it is empty / 没有选择文件，或文件是空的', {
    hint: 'Choose a Markdown, text or JSON digest, or paste its text.',
  });
}

function forgetOldest(uploads: Map<string, Upload>): void {
  for (const id of [...uploads.keys()].slice(0, -keptUploads)) uploads.delete(id);
}

function editionOf(uploads: ReadonlyMap<string, Upload>, id: string, editionId: string) {
  return uploads.get(id)?.preview.editions.find((edition) => edition.id === editionId);
}
