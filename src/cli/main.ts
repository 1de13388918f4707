#!/usr/bin/env node
/** The program `paperboy`: real streams and signals, then `runCli`. */
import { processEnvironment } from '../config/environment.ts';
import { isColorWanted } from '../config/terminal.ts';
import { runCli } from './cli.ts';
import { isReaderGone } from './frame.ts';

const env = processEnvironment();
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // The second Ctrl-C ends at once: Node's own handling is back.
  process.once(signal, () => stopping.abort(signal));
}
// Whoever reads our output may stop reading: that is no failure, and what was opened is closed all the same.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => {
    if (!isReaderGone(error)) throw error;
  });
}

const status = await runCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  isInteractive: process.stderr.isTTY === true,
  canAsk: process.stdin.isTTY === true && process.stderr.isTTY === true,
  isColored: isColorWanted(env, process.stderr.isTTY === true && process.stdout.isTTY === true),
  signal: stopping.signal,
  cwd: process.cwd(),
  env,
});
process.exitCode = status;
// Told to stop, and Redis or a relay does not answer: what still waits for them must not keep the process.
if (stopping.signal.aborted) process.exit(status);
