/** The files of a preview: an edition as HTML, as text and as a message that a mail program opens. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PaperboyError } from '../core/errors.ts';
import { sampleLinks } from '../delivery/links.ts';
import { senderOf } from '../delivery/newsletter.ts';
import { compose } from '../message/compose.ts';
import { prepareEdition } from '../message/prepare-message.ts';
import type { EditionSample } from '../preflight/sample.ts';
import { escapeHtml, fill } from '../render/rendered-edition.ts';
import type { OpenedFile } from './preflight-file.ts';

/** Names in the folder. */
export interface EditionFiles {
  /** Absent for an edition of format `text`. */
  readonly html?: string;
  readonly text: string;
  readonly message: string;
}

/** The sample of preflight has links of the usual length; what a person may click gets links that say what they are. */
export function writeEdition(
  folder: string,
  opened: OpenedFile,
  { edition, rendered, message }: EditionSample,
): EditionFiles {
  const { settings, newsletter } = opened;
  const { id, issue, date } = edition;
  const links = sampleLinks(settings.environment.publicUrl);
  const names = { text: `${id}.txt`, message: `${id}.eml` };
  writeFile(folder, names.text, fill(rendered.text, links));
  const recipient = {
    ...links,
    address: message.envelope.to,
    name: '',
    sid: 0,
    sendAt: Date.parse(`${date}T00:00:00Z`),
  };
  writeFile(
    folder,
    names.message,
    compose(prepareEdition(rendered, senderOf(newsletter, issue, nobodysKey)), recipient).raw,
  );
  if (rendered.format === 'text') return names;
  const html = `${id}.html`;
  writeFile(folder, html, fill(rendered.html, links, escapeHtml));
  return { html, ...names };
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

function unwritable(path: string, cause: unknown): PaperboyError {
  return new PaperboyError('file-unwritable', `${path} cannot be written: ${(cause as Error).message}`, {
    cause,
  });
}
