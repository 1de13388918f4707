/** Files that commands read: the digest, with the topics of the configuration when there is one. */
import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { PaperboyError } from '../core/errors.ts';
import type { DigestFormat, ParsedDigest } from '../digest/digest.ts';
import { type ExplainedDigest, explainDigest, type ParseOptions, parseDigest } from '../digest/parse.ts';
import type { Topic } from '../digest/topics.ts';
import type { Io } from './frame.ts';

/** @throws PaperboyError `file-missing`, `file-unreadable` */
async function readInput(io: Pick<Io, 'cwd'>, file: string): Promise<Buffer> {
  try {
    return await readFile(resolve(io.cwd, file));
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new PaperboyError(
      isMissing ? 'file-missing' : 'file-unreadable',
      isMissing ? `there is no file ${file}` : `${file} cannot be read: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

export interface DigestInput {
  readonly file: string;
  readonly topics: readonly Topic[];
  readonly date?: string | undefined;
  readonly format?: string | undefined;
  readonly force?: boolean | undefined;
}

const formats: readonly DigestFormat[] = ['labelled', 'tagged', 'markdown', 'json'];

/** @throws PaperboyError of `readInput` and `parseDigest`; `format-unknown` */
export async function readDigest(io: Pick<Io, 'cwd'>, input: DigestInput): Promise<ParsedDigest> {
  const options = parseOptions(input);
  return parseDigest(await readInput(io, input.file), options);
}

/** Like `readDigest`, with what each line became. */
export async function explainInput(io: Pick<Io, 'cwd'>, input: DigestInput): Promise<ExplainedDigest> {
  const options = parseOptions(input);
  return explainDigest(await readInput(io, input.file), options);
}

function parseOptions(input: DigestInput): ParseOptions {
  const format = formats.find((known) => known === input.format);
  if (input.format !== undefined && format === undefined) {
    throw new PaperboyError(
      'format-unknown',
      `--format: there is no format ${JSON.stringify(input.format)}`,
      {
        hint: `the formats are: ${formats.join(', ')}`,
      },
    );
  }
  return {
    topics: input.topics,
    name: basename(input.file),
    ...(input.date === undefined ? {} : { date: input.date }),
    ...(format === undefined ? {} : { format }),
    ...(input.force === undefined ? {} : { force: input.force }),
  };
}
