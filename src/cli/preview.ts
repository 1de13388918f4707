/** `paperboy preview`: every edition as files, and one page from which to look at them. No real token is in them. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { topicsOf } from '../delivery/newsletter.ts';
import type { EditionReport } from '../preflight/sample.ts';
import { counted } from './counted.ts';
import { type DigestOptions, digestOptions } from './digest-options.ts';
import { action, common, type Io, type Outcome, type Run, say } from './frame.ts';
import { chosenSet, openDigestFile, preflightFile } from './preflight-file.ts';
import { type EditionFiles, makeFolder, writeEdition, writeFile } from './preview-files.ts';
import { previewPage } from './preview-page.ts';
import { countProblems, describeProblems } from './problem-text.ts';

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
    .option('--topics <topics>', 'only the edition of readers who chose these, e.g. policy,models')
    .action(action<PreviewOptions, [string]>(io, run, (options, file) => preview(io, file, options)));
}

async function preview(io: Io, file: string, options: PreviewOptions): Promise<Outcome> {
  const opened = await openDigestFile(io, file, options);
  const set = chosenSet(opened, options.topics);
  const folder = resolve(io.cwd, options.out);
  makeFolder(folder);
  const files = new Map<string, EditionFiles>();
  const { editions, problems } = await preflightFile(io, opened, {
    set,
    onEdition: (sample) => files.set(sample.edition.id, writeEdition(folder, opened, sample)),
  });
  const shown = editions.map((report) => ({ ...report, files: filesOf(files, report) }));
  const index = writeFile(
    folder,
    'index.html',
    previewPage({
      ...opened,
      file,
      topics: topicsOf(opened.settings.config),
      editions: shown,
      problems,
    }),
  );
  if (!options.json && problems.length > 0) say(io, describeProblems(io, problems, editions));
  return {
    data: { index, editions: shown, problems },
    text: `${index}\n${counted(editions.length, 'edition', 'editions')}, ${countProblems(problems)}`,
  };
}

function filesOf(files: ReadonlyMap<string, EditionFiles>, { id }: EditionReport): EditionFiles {
  return files.get(id) ?? { text: `${id}.txt`, message: `${id}.eml` };
}
