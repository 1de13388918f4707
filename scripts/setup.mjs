/**
 * Set-up, run before `npm start`, `npm test` and `npm run bench`: installs what is missing (packages, Redis) and builds.
 * It uses nothing but Node, says what it does, leaves no daemon running that was not there before, and is quick
 * when nothing is missing.
 *
 *   node scripts/setup.mjs [--build] [--quiet]
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const quiet = process.argv.includes('--quiet');
const say = (line) => {
  if (!quiet) process.stderr.write(`paperboy set-up: ${line}\n`);
};

function fail(message, status = 1) {
  process.stderr.write(`paperboy set-up: ${message}\n`);
  process.exit(status);
}

function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['inherit', 2, 2], ...options });
  if (error) fail(`could not run ${command}: ${error.message}`);
  return status ?? 1;
}

function isOnPath(command) {
  return (process.env.PATH ?? '').split(':').some((folder) => folder && existsSync(join(folder, command)));
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(`Node ${process.versions.node} is too old: 20.19 or newer is needed`, 78);
  }
}

/** npm writes node_modules/.package-lock.json last; older than our lockfile means an install is due. */
function installPackages() {
  const stamp = join(root, 'node_modules', '.package-lock.json');
  const lock = join(root, 'package-lock.json');
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= statSync(lock).mtimeMs) return;
  say('installing the npm packages of package-lock.json …');
  if (run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']) !== 0) fail('npm ci failed');
}

/** Major version of the server on PATH, or null. */
function redisVersion() {
  for (const command of ['redis-server', 'valkey-server']) {
    const { stdout, error } = spawnSync(command, ['--version'], { encoding: 'utf8' });
    const version = error ? undefined : /v=(\d+)/.exec(stdout)?.[1];
    if (version) return Number(version);
  }
  return null;
}

/** The commands that install Redis here, as shown to the person, or null when there is no known way. */
function redisInstallCommands() {
  if (isOnPath('apt-get')) {
    const isRoot = process.getuid?.() === 0;
    const canSudo =
      !isRoot && isOnPath('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
    if (!isRoot && !canSudo) return null;
    const sudo = isRoot ? [] : ['sudo', '-n'];
    return [
      [...sudo, 'apt-get', 'update', '-qq'],
      // RUNLEVEL=1 keeps Debian's maintainer scripts from starting a server on port 6379 (invoke-rc.d(8)).
      [
        ...sudo,
        'env',
        'DEBIAN_FRONTEND=noninteractive',
        'RUNLEVEL=1',
        'apt-get',
        'install',
        '-y',
        '-qq',
        '--no-install-recommends',
        'redis-server',
      ],
    ];
  }
  return isOnPath('brew') ? [['brew', 'install', 'redis']] : null;
}

async function installRedis() {
  const found = redisVersion();
  if (found !== null && found >= 7) return;
  const commands = redisInstallCommands();
  if (found !== null) fail(`the redis-server on PATH has version ${found}; 7 or newer is needed`, 78);
  if (commands === null) {
    fail(
      'no redis-server on PATH, and no way to install it without a password. Install Redis 7 or newer, then run this again.',
      78,
    );
  }
  say('redis-server is not on PATH. To install it, this runs:');
  for (const command of commands) say(`  ${command.join(' ')}`);
  if (process.stdin.isTTY && process.stderr.isTTY) {
    const prompt = createInterface({ input: process.stdin, output: process.stderr });
    const answer = await prompt.question('paperboy set-up: go on? [Y/n] ');
    prompt.close();
    if (/^n/i.test(answer.trim()))
      fail('not installed, as you wished. Install Redis 7 or newer and run this again.');
  }
  const wasRunning = isRedisDaemonRunning();
  for (const [command, ...args] of commands) if (run(command, args) !== 0) fail(`${command} failed`);
  if (!wasRunning && isRedisDaemonRunning()) stopRedisDaemon(commands[0][0] === 'sudo');
  if (redisVersion() === null) fail('redis-server was installed but is not on PATH', 78);
  say('redis-server is installed; none was left running.');
}

function isRedisDaemonRunning() {
  return spawnSync('pgrep', ['-x', 'redis-server'], { stdio: 'ignore' }).status === 0;
}

function stopRedisDaemon(sudo) {
  const [command, ...args] = [
    ...(sudo ? ['sudo', '-n'] : []),
    'systemctl',
    'disable',
    '--now',
    'redis-server',
  ];
  run(command, args);
}

function newestSource() {
  let newest = 0;
  for (const folder of ['src', 'subscribers', 'workers', 'bench']) {
    const path = join(root, folder);
    if (!existsSync(path)) continue;
    for (const name of readdirSync(path, { recursive: true })) {
      if (name.endsWith('.ts')) newest = Math.max(newest, statSync(join(path, name)).mtimeMs);
    }
  }
  for (const name of ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json']) {
    newest = Math.max(newest, statSync(join(root, name)).mtimeMs);
  }
  return newest;
}

function build() {
  const stamp = join(root, 'dist', '.built');
  const newest = newestSource();
  if (existsSync(stamp) && Number(readFileSync(stamp, 'utf8')) >= newest) return;
  say('building …');
  // Whole: a file that is no more in the source must not live on in the build.
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  try {
    execFileSync(join(root, 'node_modules', '.bin', 'tsc'), ['-p', 'tsconfig.build.json'], {
      cwd: root,
      stdio: ['ignore', 2, 2],
    });
  } catch {
    fail('the build failed');
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, String(newest));
}

checkNode();
installPackages();
await installRedis();
if (process.argv.includes('--build')) build();
