/** Every file knows its room: no import goes upward, none makes a circle, each library stays in its room. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseSync } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/core/package-root.ts';

const everything = ['*'] as const;

/** Room → the rooms it may import. The table of ARCHITECTURE.md. */
const layers: Readonly<Record<string, readonly string[]>> = {
  'src/core': [],
  'src/config': ['src/core'],
  'src/redis': ['src/core'],
  subscribers: ['src/core', 'src/redis'],
  'src/digest': ['src/core'],
  'src/edition': ['src/core', 'src/digest', 'subscribers'],
  'src/render': ['src/core', 'src/digest', 'src/edition'],
  'src/message': ['src/core', 'src/render', 'subscribers'],
  'src/preflight': ['src/core', 'src/digest', 'src/edition', 'src/render', 'src/message', 'subscribers'],
  'src/transport': ['src/core', 'src/message'],
  'src/ledger': ['src/core', 'src/redis'],
  'src/queue': ['src/core', 'src/redis'],
  'src/pacing': ['src/core', 'src/redis'],
  'src/delivery': [
    'src/core',
    'src/config',
    'src/redis',
    'subscribers',
    'src/digest',
    'src/edition',
    'src/render',
    'src/message',
    'src/preflight',
    'src/transport',
    'src/ledger',
    'src/queue',
    'src/pacing',
  ],
  'src/inbox': ['src/core'],
  'src/web': [
    'src/core',
    'src/config',
    'src/redis',
    'subscribers',
    'src/digest',
    'src/edition',
    'src/render',
    'src/message',
    'src/preflight',
    'src/transport',
    'src/ledger',
    'src/delivery',
    'src/inbox',
  ],
  'src/supervisor': ['src/core', 'src/redis'],
  'src/dns': ['src/core', 'src/message'],
  'src/app.ts': everything,
  'src/chaos': everything,
  'src/cli': everything,
  workers: [
    'src/core',
    'src/redis',
    'src/supervisor',
    'src/app.ts',
    'src/queue',
    'src/delivery',
    'src/transport',
  ],
  bench: everything,
};

/** Library → the rooms that may import it; a library that is not named may be used anywhere. */
const libraries: Readonly<Record<string, readonly string[]>> = {
  nodemailer: ['src/transport', 'src/message', 'bench'],
  mjml: ['src/render', 'bench'],
  handlebars: ['src/render', 'src/web', 'bench'],
  ioredis: ['src/redis', 'src/ledger', 'src/pacing', 'subscribers', 'src/queue', 'bench'],
  bullmq: ['src/queue', 'workers', 'bench'],
  hono: ['src/web', 'src/inbox'],
  '@hono/node-server': ['src/web', 'src/inbox'],
  'smtp-server': ['src/inbox'],
  ...Object.fromEntries(
    ['caniemail', 'css-select', 'css-what', 'domhandler', 'htmlparser2', 'postcss', 'tldts'].map((name) => [
      name,
      ['src/preflight'],
    ]),
  ),
  commander: ['src/cli'],
};

const root = packageRoot();

interface Import {
  readonly from: string;
  readonly to: string;
}

function sourceFiles(): string[] {
  return ['src', 'subscribers', 'workers', 'bench'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
  );
}

function roomOf(file: string): string {
  const parts = file.split('/');
  if (parts[0] !== 'src') return parts[0] ?? file;
  return `src/${parts[1]}`;
}

/** Static, dynamic and type imports, and re-exports, of one file. */
function importsOf(file: string): Import[] {
  const { module, errors } = parseSync(file, readFileSync(join(root, file), 'utf8'));
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  const text = readFileSync(join(root, file), 'utf8');
  const specifiers = [
    ...module.staticImports.map((entry) => entry.moduleRequest.value),
    ...module.staticExports.flatMap((entry) => entry.entries.map((e) => e.moduleRequest?.value)),
    ...module.dynamicImports.map((entry) =>
      text.slice(entry.moduleRequest.start, entry.moduleRequest.end).replace(/^['"`]|['"`]$/g, ''),
    ),
  ];
  return specifiers.filter((s): s is string => typeof s === 'string').map((to) => ({ from: file, to }));
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

const files = sourceFiles();
const imports = files.flatMap(importsOf);
const inner = imports
  .filter(({ to }) => to.startsWith('.'))
  .map(({ from, to }) => ({ from, to: relative(root, resolve(root, dirname(from), to)) }));

describe('the house', () => {
  it('gives every source file a room of the table', () => {
    expect(files.length).toBeGreaterThan(10);
    expect(files.filter((file) => !(roomOf(file) in layers))).toEqual([]);
  });

  it('lets no room import a room above it', () => {
    const upward = inner.filter(({ from, to }) => {
      const [room, target] = [roomOf(from), roomOf(to)];
      const allowed = layers[room] ?? [];
      return room !== target && !allowed.includes('*') && !allowed.includes(target);
    });
    expect(upward).toEqual([]);
  });

  it('has no circle of imports', () => {
    const next = new Map<string, string[]>();
    for (const { from, to } of inner) next.set(from, [...(next.get(from) ?? []), to]);
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      if (done.has(file) || path.includes(file)) return;
      for (const target of next.get(file) ?? []) visit(target, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(circles).toEqual([]);
  });

  it('keeps each library in its rooms', () => {
    const strays = imports.filter(({ from, to }) => {
      const rooms = libraries[packageOf(to)];
      return rooms !== undefined && !rooms.includes(roomOf(from));
    });
    expect(strays).toEqual([]);
  });

  it('reads the environment in src/config alone', () => {
    const readers = files.filter((file) => readFileSync(join(root, file), 'utf8').includes('process.env'));
    expect(readers.filter((file) => !['src/config', 'bench'].includes(roomOf(file)))).toEqual([]);
  });
});
