/** What runs, told in run.json, so that other commands on the same data folder find it. */
import { type Closable, closeAll } from '../core/close-all.ts';
import { type RunFile, updateRunFile } from '../redis/run-file.ts';

/**
 * @param parts what run.json says of it until it is closed
 * @returns the service; it is closed again when it cannot be announced
 * @throws PaperboyError `file-unreadable`, `data-folder-busy`
 */
export async function announced<Service extends Closable>(
  dataDir: string,
  parts: RunFile,
  service: Service,
): Promise<Service> {
  try {
    await updateRunFile(dataDir, parts);
  } catch (error) {
    await service.close();
    throw error;
  }
  const nothing = Object.fromEntries(Object.keys(parts).map((part) => [part, null]));
  const withdrawal = { close: () => updateRunFile(dataDir, nothing) };
  return { ...service, close: () => closeAll([withdrawal, service]) };
}
