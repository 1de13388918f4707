/** Turns what zod found wrong into lines a person can act on: where, what was expected, what was found. */
import type { z } from 'zod';
import { closest } from './closest.ts';
import type { Position, YamlPath, YamlSource } from './yaml-source.ts';

export interface Problem {
  readonly position: Position;
  readonly message: string;
}

/** @param schema the one the issues came from: it knows which keys are legal where */
export function problemsOf(
  issues: readonly z.core.$ZodIssue[],
  schema: z.ZodType,
  source: YamlSource,
): Problem[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
    if (issue.code === 'unrecognized_keys') return unknownKeys(issue.keys, path, schema, source);
    const found = valueAt(source.value, path);
    const place = path.slice(0, -1);
    const message =
      found === undefined
        ? `${inQuotes(path.at(-1))} is missing in ${pathText(place)}`
        : `${pathText(path)}: expected ${expectation(issue)}, found ${describe(found)}`;
    return [{ position: source.locate(found === undefined ? place : path), message }];
  });
}

/** `newsletters[0].schedule`; the file itself when the path is empty. */
export function pathText(path: YamlPath): string {
  if (path.length === 0) return 'the file';
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`))
    .join('');
}

function unknownKeys(
  keys: readonly string[],
  path: YamlPath,
  schema: z.ZodType,
  source: YamlSource,
): Problem[] {
  const known = knownKeys(schema, path);
  return keys.map((key) => {
    const guess = closest(key, known);
    const help = guess ? `did you mean "${guess}"?` : `known here: ${known.join(', ')}`;
    return {
      position: source.locateKey(path, key),
      message: `unknown key ${inQuotes(key)} in ${pathText(path)} (${help})`,
    };
  });
}

/** The keys the schema has at a path: through arrays, and whatever is wrapped around objects. */
function knownKeys(schema: z.ZodType, path: YamlPath): string[] {
  let here = unwrap(schema);
  for (const part of path) {
    const { def } = here as unknown as { def: { element?: z.ZodType; shape?: Record<string, z.ZodType> } };
    const next = typeof part === 'number' ? def.element : def.shape?.[part];
    if (next === undefined) return [];
    here = unwrap(next);
  }
  const { def } = here as unknown as { def: { shape?: Record<string, z.ZodType> } };
  return Object.keys(def.shape ?? {});
}

function unwrap(schema: z.ZodType): z.ZodType {
  const { def } = schema as unknown as { def: { innerType?: z.ZodType } };
  return def.innerType === undefined ? schema : unwrap(def.innerType);
}

/** Undefined when nothing is there. */
function valueAt(value: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>(
    (here, part) =>
      typeof here === 'object' && here !== null
        ? (here as Record<string | number, unknown>)[part]
        : undefined,
    value,
  );
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list (lines that begin with "- ")',
  object: 'a table of keys and values',
};

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return typeNames[issue.expected] ?? issue.expected;
  if (issue.code === 'invalid_value')
    return issue.values.map((value) => inQuotes(String(value))).join(' or ');
  return issue.message;
}

function describe(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a table';
  if (typeof value === 'string') return inQuotes(withoutPassword(value));
  return String(value);
}

/** A password that got into a URL by mistake must not get into a message, and from there into a log. */
function withoutPassword(value: string): string {
  return value.replace(/:(?!\/\/).*@/s, ':***@');
}

function inQuotes(value: unknown): string {
  const shown = String(value);
  return JSON.stringify(shown.length > 80 ? `${shown.slice(0, 77)}…` : shown);
}
