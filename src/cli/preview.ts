/** `paperboy preview`: every edition as files, and one page from which to look at them. No real token is in them. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { topicsOf } from '../delivery/newsletter.ts';
import { createPreviewPages } from '../web/preview-page.ts';
import { counted } from './counted.ts';
import { type DigestOptions, digestOptions } from './digest-options.ts';
import { action, common, type Io, type Outcome, type Run, say } from './frame.ts';
import { chosenSet, openDigestFile, preflightFile } from './preflight-file.ts';
import { makeFolder, type WrittenEdition, writeEdition, writeFile } from './preview-files.ts';
import { previewViews } from './preview-page.ts';
import { countProblems, describeProblems } from './problem-text.ts';
import { terminalColumns } from './wrap.ts';

interface PreviewOptions extends DigestOptions {
  readonly out: string;
  readonly topics?: string;
}

export function addPreview(program: Command, io: Io, run: Run): void {
  const command = program
    .command('preview')
    .description('write every edition as HTML, text and message, and a page to look at them')
    .argument('<file>', 'the digest: Markdown, plain text or JSON');
  digestOptions(
    common(command, [
      'preview today.md --out preview',
      'preview today.md --out preview --topics policy,models',
    ]),
  )
    .requiredOption('--out <dir>', 'folder for the files; made if need be')
    .option('--weekly', 'of the issue of its week, for the weekly readers')
    .option('--topics <topics>', 'only the edition of readers who chose these, e.g. policy,models')
    .action(action<PreviewOptions, [string]>(io, run, (options, file) => preview(io, file, options)));
}

async function preview(io: Io, file: string, options: PreviewOptions): Promise<Outcome> {
  const opened = await openDigestFile(io, file, options);
  const set = chosenSet(opened, options.topics);
  const folder = resolve(io.cwd, options.out);
  makeFolder(folder);
  const written = new Map<string, WrittenEdition>();
  const report = await preflightFile(io, opened, {
    set,
    onEdition: (sample) => written.set(sample.edition.id, writeEdition(folder, opened, sample)),
  });
  const { editions, problems } = report;
  const topics = topicsOf(opened.settings.config);
  const { index, views } = previewViews({ ...opened, file, topics, report, written });
  const pages = createPreviewPages();
  for (const view of views) writeFile(folder, view.edition.files.views, pages.views(view));
  const path = writeFile(folder, 'index.html', pages.index(index));
  if (!options.json && problems.length > 0) {
    say(io, describeProblems(io, problems, editions, terminalColumns(io.stderr)));
  }
  return {
    data: {
      index: path,
      editions: editions.map((edition) => ({ ...edition, files: written.get(edition.id)?.files })),
      problems,
    },
    text: `${path}\n${counted(editions.length, 'edition', 'editions')}, ${countProblems(problems)}`,
  };
}
