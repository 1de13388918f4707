/** Closes what was opened, whatever goes wrong on the way. */

export interface Closable {
  close(): Promise<void>;
}

/**
 * Closes the last opened first, and each of them whatever became of the ones before.
 * @throws the first error, once all had their turn
 */
export async function closeAll(opened: readonly Closable[]): Promise<void> {
  const errors: unknown[] = [];
  for (const one of [...opened].reverse()) {
    try {
      await one.close();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}
