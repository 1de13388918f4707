/** The built program `paperboy` as its users run it: a process with arguments, an environment and a folder. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../src/core/package-root.ts';
import { watch } from './watched.ts';

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningProgram {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has written so far. */
  talk(): Omit<Ended, 'status'>;
  /** Resolves once stderr has shown this text. Rejects when the program ends first. */
  shows(text: string): Promise<void>;
}

/** The program as it is built, for Node. */
export const program = join(packageRoot(), 'dist', 'src', 'cli', 'main.js');

/** A folder to run in, with the settings that all runs there share. */
export interface Workplace {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  start(args: readonly string[], env?: Readonly<Record<string, string>>): RunningProgram;
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>;
  /** Runs with `--json` and parses stdout; fails when it is no single JSON document. */
  json<Document>(
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
  ): Promise<{ status: number | null; data: Document; stderr: string }>;
  write(name: string, content: string | Buffer): Promise<string>;
  remove(): Promise<void>;
}

export const testConfig = `
legalName: Sample Press
postalAddress: 1 Sample Street, Sampletown
newsletters:
  - id: ai-daily
    name: AI 日报
    from: { name: AI 日报, address: ai-daily@news.example }
    language: zh
    timezone: Asia/Shanghai
    schedule: { hour: 7 }
  - id: tech-brief
    name: 科技速览
    from: { name: 科技速览, address: tech-brief@news.example }
    language: zh
    timezone: Asia/Shanghai
    schedule: { hour: 8 }
`;

export async function createWorkplace(env: Readonly<Record<string, string>> = {}): Promise<Workplace> {
  const folder = await mkdtemp(join(tmpdir(), 'paperboy-work-'));
  const shared = { PATH: process.env.PATH ?? '', HOME: folder, LOG_LEVEL: 'warn', PORT: '0', ...env };
  await writeFile(join(folder, 'newsletter.yaml'), testConfig);

  const start: Workplace['start'] = (args, more = {}) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: folder,
      env: { ...shared, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stdout = watch(child.stdout);
    const stderr = watch(child.stderr);
    const talk = () => ({ stdout: stdout.text(), stderr: stderr.text() });
    const ended = once(child, 'close').then(([status]) => ({ status: status as number | null, ...talk() }));
    return { child, ended, talk, shows: (text) => stderr.shows(text, ended) };
  };
  const run: Workplace['run'] = (args, more) => start(args, more).ended;
  return {
    folder,
    env: shared,
    start,
    run,
    json: async (args, more) => {
      const { status, stdout, stderr } = await run([...args, '--json'], more);
      try {
        return { status, data: JSON.parse(stdout), stderr };
      } catch {
        throw new Error(`no JSON on stdout (exit ${status}):\n${stdout}\n${stderr}`);
      }
    },
    write: async (name, content) => {
      await writeFile(join(folder, name), content);
      return join(folder, name);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
