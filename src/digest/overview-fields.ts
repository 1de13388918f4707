/** What stands in an overview of the day: labelled fields and paragraphs; a short one opens the mail. */
import type { DigestDraft } from './draft.ts';
import { newStory } from './draft.ts';
import { readMarkdownLabel } from './labels.ts';
import type { Block } from './markdown-blocks.ts';
import { addBlocks } from './markdown-fields.ts';
import { columns } from './reading.ts';
import type { SourceLine } from './source-lines.ts';
import type { Tally } from './tally.ts';

/** What a digest says of the day before its first story; the line of its heading, 0 for none. */
export interface Opening {
  readonly analysis: DigestDraft['analyses'][number];
  readonly line: number;
}

/** As long as a lede may be. */
const longestOpening = 600;

export function isShortProse(fields: Opening['analysis']['fields']): boolean {
  const isPlain = fields.every(({ label, text }) => label === '' && !text.startsWith('`'));
  return isPlain && columns(fields.map(({ text }) => text).join('')) <= longestOpening;
}

/** Labelled lines keep their label; all else is read as a story's text would be. */
export function fieldsOf(blocks: readonly Block[], tally: Tally): { label: string; text: string }[] {
  const fields: { label: string; text: string }[] = [];
  for (const block of blocks) {
    const rest = block.kind === 'text' ? block.lines.filter((entry) => !takeField(entry)) : [];
    const gathered = newStory('', 0);
    addBlocks(gathered, [block.kind === 'text' ? { ...block, lines: rest } : block], tally);
    for (const text of [...gathered.summary, ...gathered.background]) fields.push({ label: '', text });
    for (const { label = '', text } of gathered.highlights) fields.push({ label, text });
    for (const { name, url } of gathered.sources) {
      fields.push({ label: '', text: url === undefined ? name : `[${name}](${url})` });
    }
    if (gathered.tag !== undefined) fields.push({ label: '', text: gathered.tag });
  }
  return fields;

  function takeField({ line, text }: SourceLine): boolean {
    const labelled = readMarkdownLabel(text);
    if (labelled === undefined || labelled.text === '') return false;
    fields.push({ label: labelled.word, text: labelled.text });
    tally.use(line);
    return true;
  }
}
