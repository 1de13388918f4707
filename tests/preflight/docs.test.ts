/** The documents say what the code does. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/core/package-root.ts';
import { clientSupport, testedClients, untestedClients } from '../../src/preflight/client-support.ts';
import { harmless } from '../../src/preflight/harmless-features.ts';
import { partlyUsed } from '../../src/preflight/partial-features.ts';
import { rules } from '../../src/preflight/rules.ts';

const read = (name: string) => readFileSync(join(packageRoot(), 'docs', name), 'utf8');

/** The cells of every table row; bars that are escaped belong to the text. */
const rows = (text: string) =>
  text
    .split('\n')
    .filter((line) => /^\| (?!rule|feature)/.test(line))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

describe('docs/preflight.md', () => {
  const documented = rows(read('preflight.md'));

  it('lists every rule once, with its severity', () => {
    const listed = documented.map(([rule, severity]) => [rule?.replaceAll('`', ''), severity]);
    expect(listed).toHaveLength(Object.keys(rules).length);
    expect(Object.fromEntries(listed)).toEqual(rules);
  });

  it('says of each what it asks for and why', () => {
    for (const [rule, , what, why] of documented) {
      expect(what?.length, rule).toBeGreaterThan(5);
      expect(why?.length, rule).toBeGreaterThan(5);
    }
  });
});

describe('docs/mail-clients.md', () => {
  const text = read('mail-clients.md');
  const [missing = '', partly = ''] = text.split('\n## In part\n');
  const support = clientSupport();
  const titleOf = (feature: string) => support.titleOf(feature).replaceAll('<', '\\<');

  it('lists what is harmless, where it is missing, and what is seen instead', () => {
    expect(rows(missing)).toEqual(
      Object.entries(harmless).map(([feature, instead]) => [
        titleOf(feature),
        support.without(feature).join(', '),
        support.partly(feature).join(', '),
        instead,
      ]),
    );
  });

  it('lists what is used although a client has but a part of it, and what is seen there', () => {
    expect(rows(partly)).toEqual(
      Object.entries(partlyUsed).map(([feature, seen]) => [
        titleOf(feature),
        support.partly(feature).join(', '),
        seen,
      ]),
    );
  });

  it('names the clients that are looked at, and those of which nothing is known', () => {
    for (const name of [...testedClients, ...untestedClients]) expect(text).toContain(name);
  });
});
