/** On which line each value of a JSON text stands, and which values nobody took. */

export interface JsonLines {
  /** Takes the next untaken value that reads so and returns its line; 0 when there is none left. */
  take(value: string): number;
  /** The value is listed as unused after all. */
  giveBack(value: string, line: number): void;
  /** The line of the next untaken value that reads so; 0 when there is none left. */
  lineOf(value: string): number;
  /** Values with letters or digits that nobody took, as they stand in the file, their key before them. */
  unused(): { readonly line: number; readonly text: string }[];
}

interface Entry {
  readonly line: number;
  readonly text: string;
  isTaken: boolean;
}

export function createJsonLines(text: string): JsonLines {
  const entries: Entry[] = [];
  const byValue = new Map<string, { readonly entries: Entry[]; next: number }>();
  for (const { value, line, written } of valuesIn(text)) {
    const entry = { line, text: written, isTaken: false };
    entries.push(entry);
    const same = byValue.get(value);
    if (same === undefined) byValue.set(value, { entries: [entry], next: 0 });
    else same.entries.push(entry);
  }
  return {
    take(value) {
      const same = byValue.get(value);
      const entry = same?.entries[same.next];
      if (same === undefined || entry === undefined) return same?.entries.at(-1)?.line ?? 0;
      same.next++;
      entry.isTaken = true;
      return entry.line;
    },
    giveBack(value, line) {
      const entry = byValue.get(value)?.entries.find((candidate) => candidate.line === line);
      if (entry !== undefined) entry.isTaken = false;
    },
    lineOf(value) {
      const same = byValue.get(value);
      return (same?.entries[same.next] ?? same?.entries.at(-1))?.line ?? 0;
    },
    unused: () =>
      entries.filter(({ isTaken }) => !isTaken).map(({ line, text: written }) => ({ line, text: written })),
  };
}

const token = /"(?:[^"\\\n]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[\n{}[\],:]/g;

/** Values, not keys, in reading order. */
function* valuesIn(
  text: string,
): Generator<{ readonly value: string; readonly line: number; readonly written: string }> {
  let line = 1;
  let key = '';
  let pending: string | undefined;
  const flush = function* () {
    if (pending === undefined) return;
    const value = readValue(pending);
    if (value !== undefined) yield { value, line, written: `${key}${pending}` };
    pending = undefined;
    key = '';
  };
  for (const [found] of text.matchAll(token)) {
    if (found === ':') {
      key = pending === undefined ? '' : `${pending}: `;
      pending = undefined;
    } else if (found === '\n') {
      yield* flush();
      line++;
    } else if ('{}[],'.includes(found)) {
      yield* flush();
      key = '';
    } else pending = found;
  }
  yield* flush();
}

function readValue(written: string): string | undefined {
  if (!/[\p{L}\p{N}]/u.test(written)) return undefined;
  if (!written.startsWith('"'))
    return written === 'true' || written === 'false' || written === 'null' ? undefined : written;
  try {
    return JSON.parse(written) as string;
  } catch {
    return written;
  }
}
