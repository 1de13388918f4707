/** The built program on a terminal of its own, as a person runs it: a pseudo-terminal by `script` of util-linux. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { program, type Workplace } from './program.ts';
import { watch } from './watched.ts';

export interface OnTerminal {
  /** Presses these keys. */
  type(keys: string): void;
  /** Resolves once the screen has shown this text. Rejects when the program ends first. */
  shows(text: string): Promise<void>;
  /** `screen`: all that was written, escape sequences included. */
  readonly ended: Promise<{ readonly status: number | null; readonly screen: string }>;
  /** The end of it, whatever it is doing. */
  kill(): void;
}

/** False where `script` is another program of that name, or none. */
export const hasTerminal = /util-linux/.test(
  spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '',
);

export function startOnTerminal(
  { folder, env }: Pick<Workplace, 'folder' | 'env'>,
  args: readonly string[],
): OnTerminal {
  const command = [process.execPath, program, ...args].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    cwd: folder,
    env: { TERM: 'xterm', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const screen = watch(child.stdout);
  const ended = once(child, 'close').then(([status]) => ({
    status: status as number | null,
    screen: screen.text(),
  }));
  return {
    type: (keys) => void child.stdin.write(keys),
    shows: (text) => screen.shows(text, ended),
    ended,
    kill: () => void child.kill('SIGKILL'),
  };
}
