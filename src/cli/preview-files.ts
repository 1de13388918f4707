/** The files of a preview: an edition as HTML, in light and in dark, as text, as a message that a mail program opens. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sampleLinks } from '../delivery/links.ts';
import { senderOf } from '../delivery/newsletter.ts';
import { compose } from '../message/compose.ts';
import { prepareEdition } from '../message/prepare-message.ts';
import type { EditionSample } from '../preflight/sample.ts';
import { escapeHtml, fill } from '../render/rendered-edition.ts';
import { inScheme } from '../web/forced-scheme.ts';
import type { OpenedFile } from './preflight-file.ts';
import { unwritable } from './unwritable.ts';

/** Names in the folder. */
export interface EditionFiles {
  /** The mail's HTML as it is, and as it looks in light and in dark mode; absent for an edition of format `text`. */
  readonly html?: string;
  readonly light?: string;
  readonly dark?: string;
  readonly text: string;
  readonly message: string;
  /** The page that shows all of these. */
  readonly views: string;
}

export interface WrittenEdition {
  readonly files: EditionFiles;
  /** The text part. */
  readonly text: string;
}

/**
 * Writes all but the page, which also shows what preflight found. The sample of preflight has links of the usual
 * length; what a person may click gets links that say what they are.
 */
export function writeEdition(folder: string, opened: OpenedFile, sample: EditionSample): WrittenEdition {
  const { settings, newsletter } = opened;
  const { edition, rendered, message } = sample;
  const { id, issue, date } = edition;
  const links = sampleLinks(settings.environment.publicUrl);
  const files: EditionFiles = {
    ...(rendered.format === 'text' ? {} : writeHtml(folder, id, fill(rendered.html, links, escapeHtml))),
    text: `${id}.txt`,
    message: `${id}.eml`,
    views: `${id}.views.html`,
  };
  const text = fill(rendered.text, links);
  writeFile(folder, files.text, text);
  const sendAt = Date.parse(`${date}T00:00:00Z`);
  const recipient = { ...links, address: message.envelope.to, name: '', sid: 0, sendAt };
  const prepared = prepareEdition(rendered, senderOf(newsletter, issue, nobodysKey));
  writeFile(folder, files.message, compose(prepared, recipient).raw);
  return { files, text };
}

function writeHtml(folder: string, id: string, html: string): Pick<EditionFiles, 'html' | 'light' | 'dark'> {
  const files = { html: `${id}.html`, light: `${id}.light.html`, dark: `${id}.dark.html` };
  writeFile(folder, files.html, html);
  writeFile(folder, files.light, inScheme(html, 'light'));
  writeFile(folder, files.dark, inScheme(html, 'dark'));
  return files;
}

/** Makes the Message-IDs of previews, which are never sent. */
const nobodysKey = Buffer.alloc(32);

export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw unwritable(folder, cause);
  }
}

export function writeFile(folder: string, name: string, content: string | Buffer): string {
  const path = join(folder, name);
  try {
    writeFileSync(path, content);
  } catch (cause) {
    throw unwritable(path, cause);
  }
  return path;
}
