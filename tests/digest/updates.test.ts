import { describe, expect, it } from 'vitest';
import { storiesOf } from '../../src/digest/digest.ts';
import { parseDigest } from '../../src/digest/parse.ts';
import { builtInTopics } from '../../src/digest/topics.ts';
import { isMarkedUpdate, withoutUpdateMark } from '../../src/digest/updates.ts';

describe('an update', () => {
  it.each([
    ['更新：海燕三号推迟发射', '海燕三号推迟发射'],
    ['【更新】海燕三号推迟发射', '海燕三号推迟发射'],
    ['【最新进展】：海燕三号推迟发射', '海燕三号推迟发射'],
    ['海燕三号推迟发射（更新）', '海燕三号推迟发射'],
    ['Update: launch postponed', 'launch postponed'],
    ['UPDATED | launch postponed', 'launch postponed'],
    ['[Update] Launch postponed', 'Launch postponed'],
    ['Launch postponed (updated)', 'Launch postponed'],
  ])('is marked in %s', (title, bare) => {
    expect(isMarkedUpdate(title)).toBe(true);
    expect(withoutUpdateMark(title)).toBe(bare);
  });

  it.each([
    '更新系统前请备份',
    'Update to Spruce 2 released',
    'Updates: what is new',
    '【重磅】更新发布',
    '【更新】',
  ])('is not marked in %s', (title) => {
    expect(isMarkedUpdate(title)).toBe(false);
    expect(withoutUpdateMark(title)).toBe(title);
  });

  it('may be marked by a tag among others', () => {
    expect(isMarkedUpdate('海燕三号', '航天, 更新')).toBe(true);
    expect(isMarkedUpdate('海燕三号', '系统更新')).toBe(false);
  });

  it('is read from every format, its mark kept in the title', () => {
    const parse = (source: string, name: string) =>
      storiesOf(parseDigest(source, { topics: builtInTopics, name }).digest).map(({ title, update }) => [
        title,
        update,
      ]);
    expect(
      parse('# 日报 2026-03-02\n\n## 航天\n\n### 更新：海燕三号\n\n推迟。\n\n### 其他\n\n正文。\n', 'a.md'),
    ).toEqual([
      ['更新：海燕三号', true],
      ['其他', undefined],
    ]);
    expect(
      parse('[{"title":"Launch postponed","update":true},{"title":"Other","update":false}]', 'a.json'),
    ).toEqual([
      ['Launch postponed', true],
      ['Other', undefined],
    ]);
  });

  it('keeps its mark through `parse --json` and back', () => {
    const { digest } = parseDigest('[{"title":"Launch postponed","update":true}]', {
      topics: builtInTopics,
      name: 'a.json',
    });
    const again = parseDigest(JSON.stringify({ digest }), { topics: builtInTopics, name: 'b.json' });
    expect(storiesOf(again.digest)[0]?.update).toBe(true);
  });
});
