/** Tells a process from a later one that happens to bear its id: a mark is when it was started. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** @returns a text that no other process with this id has had or will have; null when none runs, or only a zombie */
export function markOf(pid: number): string | null {
  if (pid <= 0) return null;
  return existsSync('/proc/self/stat') ? fromProc(pid) : fromPs(pid);
}

/** @param mark as `markOf` gave it; without one any process with the id counts */
export function isRunning(pid: number, mark?: string): boolean {
  const found = markOf(pid);
  return found !== null && (mark === undefined || mark === found);
}

/** proc(5): the name in brackets may hold anything, so counting starts after it: state is 3rd, start time 22nd. */
function fromProc(pid: number): string | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, started] = [fields[0], fields[19]];
  return state === 'Z' || state === 'X' || started === undefined ? null : started;
}

function fromPs(pid: number): string | null {
  try {
    const args = ['-o', 'stat=', '-o', 'lstart=', '-p', String(pid)];
    // Language and time zone would change how the start is written, and with it the mark.
    const env = { LC_ALL: 'C', TZ: 'UTC' };
    const line = execFileSync('/bin/ps', args, { encoding: 'utf8', env }).trim();
    const [state = 'Z', ...started] = line.split(/\s+/);
    return state.startsWith('Z') ? null : started.join(' ');
  } catch {
    return null;
  }
}
