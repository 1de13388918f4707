/** The command line run inside the test: arguments in, what was written and the exit status out. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { runCli } from '../../src/cli/cli.ts';
import { testConfig } from '../helpers/program.ts';

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Desk {
  /** Where the commands run. */
  readonly folder: string;
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ran>;
  /** With `--json`; fails unless stdout is one JSON document on one line. */
  json<Document>(
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
  ): Promise<{ readonly status: number; readonly data: Document; readonly stderr: string }>;
  write(name: string, content: string | Buffer): void;
  remove(): void;
}

/** A folder with the newsletter.yaml of the tests. */
export function openDesk(): Desk {
  const folder = mkdtempSync(join(tmpdir(), 'paperboy-cli-'));
  const write: Desk['write'] = (name, content) => writeFileSync(join(folder, name), content);
  write('newsletter.yaml', testConfig);
  const run: Desk['run'] = async (args, env = {}) => {
    const [stdout, stderr] = [collector(), collector()];
    const status = await runCli(args, {
      stdout: stdout.stream,
      stderr: stderr.stream,
      isInteractive: false,
      canAsk: false,
      isColored: false,
      signal: new AbortController().signal,
      cwd: folder,
      env: { LOG_LEVEL: 'silent', ...env },
    });
    return { status, stdout: stdout.text(), stderr: stderr.text() };
  };
  return {
    folder,
    run,
    json: async (args, env) => {
      const { status, stdout, stderr } = await run([...args, '--json'], env);
      if (!/^[^\n]+\n$/.test(stdout)) throw new Error(`not one line on stdout:\n${stdout}\n${stderr}`);
      return { status, data: JSON.parse(stdout), stderr };
    },
    write,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function collector() {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') };
}

/** A digest of two stories, of the day given. */
export function smallDigest(date: string, more = ''): string {
  return `# 晨报 (${date})

**政策与监管**

**青湖市公布测试细则**

说明：细则自四月起施行，首批开放城市道路。

来源出处：[青湖日报](https://news.example/a)

**模型与技术**

**云杉实验室开源小型模型**

说明：三十亿参数，可在手机上运行。${more}

来源出处：[代码周报](https://news.example/b)
`;
}

/** `YYYY-MM-DD` in Shanghai, where the newsletters of the tests are. */
export function today(): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(Date.now());
}
