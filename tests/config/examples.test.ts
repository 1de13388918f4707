import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import { isTimeZone } from '../../src/config/time-zone.ts';
import { packageRoot } from '../../src/core/package-root.ts';
import { builtInTopics } from '../../src/digest/topics.ts';

const folder = join(packageRoot(), 'examples');
const rows = parse(readFileSync(join(folder, 'subscribers.csv')), { columns: true }) as Record<
  string,
  string
>[];
const listOf = (row: Record<string, string>, column: string) =>
  (row[column] ?? '').split('|').filter(Boolean);

describe('the example subscribers', () => {
  it('are twelve people whom no mail can reach', () => {
    expect(rows).toHaveLength(12);
    expect(new Set(rows.map(({ email }) => email)).size).toBe(12);
    expect(rows.every(({ email }) => email?.endsWith('.invalid'))).toBe(true);
  });

  it('have the columns that an import takes', () => {
    const columns = ['email', 'name', 'newsletters', 'topics', 'frequency', 'language', 'timezone', 'hour'];
    expect(Object.keys(rows[0] ?? {})).toEqual(columns);
  });

  it('choose among what there is', () => {
    const newsletters = [
      'all',
      ...loadConfig(join(folder, 'newsletter.yaml')).newsletters.map(({ id }) => id),
    ];
    const topics = ['all', ...builtInTopics.map(({ id }) => id)];
    for (const row of rows) {
      expect(newsletters).toEqual(expect.arrayContaining(listOf(row, 'newsletters')));
      expect(topics).toEqual(expect.arrayContaining(listOf(row, 'topics')));
      expect(['', 'daily', 'weekly']).toContain(row.frequency);
      expect(['', 'zh', 'en']).toContain(row.language);
      expect(row.timezone === '' || isTimeZone(row.timezone ?? '')).toBe(true);
      expect(row.hour).toMatch(/^(|\d|1\d|2[0-3])$/);
    }
    expect(rows.some((row) => row.topics === 'all')).toBe(true);
  });

  it('have among them two readers with nothing in common', () => {
    const topicsOf = (name: string) => listOf(rows.find((row) => row.name === name) ?? {}, 'topics');
    expect(topicsOf('林岚')).toEqual(['models', 'products']);
    expect(topicsOf('Sam Porter')).toEqual(['policy', 'funding', 'space']);
  });
});
