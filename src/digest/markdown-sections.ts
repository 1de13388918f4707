/** Parts a Markdown digest into sections, also where lines merely act as headings. */
import { withActingHeadings } from './acting-headings.ts';
import { bareLabel } from './labels.ts';
import type { Block } from './markdown-blocks.ts';

export interface Section {
  /** 0 for what stands before the first heading. */
  readonly level: number;
  readonly title: string;
  readonly line: number;
  readonly blocks: Block[];
}

/** One section for each heading, in order; the first holds what stands before them. */
export function sectionsOf(blocks: readonly Block[]): Section[] {
  const sections: Section[] = [{ level: 0, title: '', line: 0, blocks: [] }];
  for (const block of withActingHeadings(blocks.map(withoutLabelHeading))) {
    if (block.kind === 'heading')
      sections.push({ level: block.level, title: block.text, line: block.line, blocks: [] });
    else (sections.at(-1) as Section).blocks.push(block);
  }
  return sections;
}

/** `#### 背景` names a field of the story above it, no story of its own. */
function withoutLabelHeading(block: Block): Block {
  if (block.kind !== 'heading') return block;
  const label = bareLabel(block.text);
  if (label === undefined || label === 'analysis' || label === 'trends' || label === 'closing') return block;
  return { kind: 'text', lines: [{ line: block.line, text: `${block.text}：` }] };
}
