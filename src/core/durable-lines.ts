/** A log of JSON lines that must outlive its writer, and a power cut. */
import { open } from 'node:fs/promises';

/**
 * Resolves once they are on disk. Only its owner may read the file.
 * @returns the inode that was written to: who wants to know whether the path still names it compares
 * @throws the system's errors; some of it may have been written then
 */
export async function appendLines(path: string, values: readonly unknown[]): Promise<number> {
  const file = await open(path, 'a', 0o600);
  try {
    // They begin a line of their own: one that a full disk cut short must not spoil those after it.
    const lines = `\n${values.map((value) => JSON.stringify(value)).join('\n')}\n`;
    // All of it or an error: `write` alone may take a part.
    await file.appendFile(lines);
    await file.sync();
    return (await file.stat()).ino;
  } finally {
    await file.close();
  }
}

/** A line cut short was not on disk when its writer failed or died, and nobody was told that it was: it is left out. */
export function parseLines<Value>(text: string): Value[] {
  return text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as Value];
    } catch {
      return [];
    }
  });
}
