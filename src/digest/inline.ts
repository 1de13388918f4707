/** Inline Markdown of a digest's texts: bold, code and safe links survive, all else becomes plain text. */
import { type InlineMark, marksOf } from './inline-marks.ts';
import { safeUrl } from './links.ts';

export type InlineNode =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'strong'; readonly children: readonly InlineNode[] }
  | { readonly type: 'code'; readonly text: string }
  | { readonly type: 'link'; readonly children: readonly InlineNode[]; readonly url: string };

/**
 * Reads inline Markdown in linear time. HTML tags and emphasis marks are dropped, an image becomes its alternative
 * text, a link that is not safe (see `safeUrl`) becomes its text. Bare and bracketed web addresses become links.
 */
export function parseInline(text: string): readonly InlineNode[] {
  const marks = marksOf(text);
  return nodesOf({ text, marks, ends: endsOf(marks) }, 0, text.length, false);
}

/** What a reader sees of the text, without any markup. */
export function inlineText(text: string): string {
  return plainOf(parseInline(text));
}

/**
 * The text with its inline Markdown, but without HTML tags and without the destinations of unsafe links.
 *
 * @returns `dropped`: the destinations that went
 */
export function cleanInline(text: string): { readonly text: string; readonly dropped: readonly string[] } {
  if (!/[<[]/.test(text)) return { text, dropped: [] };
  const marks = marksOf(text);
  const skips = new Map<number, number>();
  const dropped: string[] = [];
  for (const mark of marks.values()) {
    if (mark.kind === 'tag') skips.set(mark.start, mark.end);
    if (mark.kind === 'link' && safeUrl(mark.url) === undefined) {
      dropped.push(mark.url);
      skips.set(mark.start, mark.textStart);
      skips.set(mark.textEnd, mark.end);
    }
  }
  let kept = '';
  for (let at = 0; at < text.length; ) {
    const end = skips.get(at);
    if (end === undefined) kept += text[at++];
    else at = end;
  }
  return { text: kept, dropped };
}

function plainOf(nodes: readonly InlineNode[]): string {
  return nodes.map((node) => ('children' in node ? plainOf(node.children) : node.text)).join('');
}

interface Marked {
  readonly text: string;
  readonly marks: ReadonlyMap<number, InlineMark>;
  /** Where a link's text ends → where the link ends. */
  readonly ends: ReadonlyMap<number, number>;
}

function endsOf(marks: ReadonlyMap<number, InlineMark>): Map<number, number> {
  const ends = new Map<number, number>();
  for (const mark of marks.values()) if (mark.kind === 'link') ends.set(mark.textEnd, mark.end);
  return ends;
}

/** Recursion is at most one deep: a link inside a link is read as text. */
function nodesOf(marked: Marked, start: number, end: number, isInLink: boolean): InlineNode[] {
  const writer = createWriter();
  let at = start;
  while (at < end) {
    const mark = marked.marks.get(at);
    const linkEnd = marked.ends.get(at);
    if (mark?.kind === 'link') {
      const url = mark.isImage || isInLink ? undefined : safeUrl(mark.url);
      if (url === undefined) {
        at = mark.textStart;
        continue;
      }
      const children = nodesOf(marked, mark.textStart, mark.textEnd, true);
      writer.add({
        type: 'link',
        url,
        children: children.length > 0 ? children : [{ type: 'text', text: url }],
      });
      at = mark.end;
    } else if (mark !== undefined) {
      addMark(writer, mark, isInLink);
      at = mark.end;
    } else if (linkEnd !== undefined) {
      at = linkEnd;
    } else {
      at = addCharacters(writer, marked.text, at);
    }
  }
  return writer.finish();
}

function addMark(writer: Writer, mark: Exclude<InlineMark, { kind: 'link' }>, isInLink: boolean): void {
  const url = mark.kind === 'url' && !isInLink ? safeUrl(mark.text) : undefined;
  if (mark.kind === 'tag') return;
  if (mark.kind === 'code') writer.add({ type: 'code', text: mark.text });
  else if (url === undefined) writer.addText(mark.text);
  else writer.add({ type: 'link', url, children: [{ type: 'text', text: mark.text }] });
}

/** Adds the delimiter or the character at `at` and returns where the next one stands. */
function addCharacters(writer: Writer, text: string, at: number): number {
  const character = text[at] ?? '';
  const isDouble = text[at + 1] === character;
  const length = isDouble ? 2 : 1;
  const before = text[at - 1] ?? ' ';
  const after = text[at + length] ?? ' ';
  const opens = !/\s/.test(after);
  const closes = !/\s/.test(before);
  if (character === '*' && isDouble) writer.delimit('strong', '**', opens, closes);
  else if (character === '_' && isDouble) {
    writer.delimit('strong', '__', opens && !isWord(before), closes && !isWord(after));
  } else if (character === '*' || character === '_') {
    writer.delimit('emphasis', character, opens && !isWord(before), closes && !isWord(after));
  } else {
    writer.addText(character);
    return at + 1;
  }
  return at + length;
}

function isWord(character: string): boolean {
  return /[A-Za-z0-9]/.test(character);
}

interface Frame {
  readonly kind: 'root' | 'strong' | 'emphasis';
  readonly literal: string;
  readonly nodes: InlineNode[];
}

type Writer = ReturnType<typeof createWriter>;

/** Collects nodes; bold and emphasis that are never closed turn back into the characters they were. */
function createWriter() {
  const frames: Frame[] = [{ kind: 'root', literal: '', nodes: [] }];
  const top = () => frames[frames.length - 1] as Frame;

  function add(node: InlineNode): void {
    const { nodes } = top();
    const last = nodes[nodes.length - 1];
    if (node.type === 'text' && last?.type === 'text') {
      nodes[nodes.length - 1] = { type: 'text', text: last.text + node.text };
    } else if (node.type !== 'text' || node.text !== '') nodes.push(node);
  }

  function dissolve(): void {
    const frame = frames.pop() as Frame;
    add({ type: 'text', text: frame.literal });
    for (const node of frame.nodes) add(node);
  }

  function close(open: Frame): void {
    while (top() !== open) dissolve();
    const { nodes } = frames.pop() as Frame;
    if (open.kind === 'strong') add({ type: 'strong', children: nodes });
    else for (const node of nodes) add(node);
  }

  return {
    add,
    addText: (text: string) => add({ type: 'text', text }),
    delimit(kind: 'strong' | 'emphasis', literal: string, opens: boolean, closes: boolean): void {
      const open = frames.find(
        (frame) => frame.kind === kind && (kind === 'strong' || frame.literal === literal),
      );
      if (open !== undefined && open.literal === literal && closes && hasContent(open, top())) close(open);
      else if (open === undefined && opens) frames.push({ kind, literal, nodes: [] });
      else add({ type: 'text', text: literal });
    },
    finish(): InlineNode[] {
      while (frames.length > 1) dissolve();
      return top().nodes;
    },
  };
}

function hasContent(open: Frame, top: Frame): boolean {
  return open.nodes.length > 0 || top !== open;
}
