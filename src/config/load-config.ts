/** Reads newsletter.yaml: once, whole, strictly. What is wrong with it is told all together, with lines and columns. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { PaperboyError } from '../core/errors.ts';
import type { Config } from './config.ts';
import { type Problem, problemsOf } from './config-problems.ts';
import { brokenRules, withOtherTopic } from './config-rules.ts';
import { type ConfigFile, configSchema } from './config-schema.ts';
import { deepFreeze } from './deep-freeze.ts';
import { darkAccentFor } from './theme.ts';
import { readYaml, type YamlSource } from './yaml-source.ts';

/**
 * @param file path of newsletter.yaml; messages name it as given here
 * @returns the checked values with every default filled in, frozen to the leaves
 * @throws PaperboyError `config-missing`, `config-invalid`
 */
export function loadConfig(file: string): Config {
  const source = readYaml(readText(file));
  if (source.errors.length > 0) {
    fail(
      file,
      source.errors.map(({ message, position }) => ({ position, message: `not YAML: ${message}` })),
    );
  }
  const values = validate(file, source);
  return deepFreeze({
    file: resolve(file),
    ...values,
    newsletters: values.newsletters.map((newsletter) => ({
      ...newsletter,
      from: { name: newsletter.name, ...newsletter.from },
      theme: { accentDark: darkAccentFor(newsletter.theme.accent), ...newsletter.theme },
    })),
    topics: withOtherTopic(values.topics),
    sending: {
      ...values.sending,
      dkim: values.sending.dkim.map((key) => ({
        ...key,
        privateKeyFile: resolve(dirname(resolve(file)), key.privateKeyFile),
      })),
    },
  });
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new PaperboyError(
      'config-missing',
      isMissing ? `there is no ${file}` : `${file} cannot be read: ${(cause as Error).message}`,
      { cause, hint: '`paperboy init` writes one with comments; --config FILE names another' },
    );
  }
}

function validate(file: string, source: YamlSource): ConfigFile {
  if (source.value === null) fail(file, [{ position: source.locate([]), message: 'the file is empty' }]);
  const { success, data, error } = configSchema.safeParse(source.value);
  if (!success) fail(file, problemsOf(error.issues, configSchema, source));
  const broken = brokenRules(data);
  if (broken.length > 0) {
    fail(
      file,
      broken.map(({ path, message }) => ({ position: source.locate(path), message })),
    );
  }
  return data;
}

function fail(file: string, problems: readonly Problem[]): never {
  const lines = problems
    .toSorted((a, b) => a.position.line - b.position.line || a.position.column - b.position.column)
    .map(({ position, message }) => `${file}:${position.line}:${position.column}: ${message}`);
  throw new PaperboyError('config-invalid', lines.join('\n'));
}
