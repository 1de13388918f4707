import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { terminalColumns, wrapped } from '../../src/cli/wrap.ts';
import { columnsOf } from '../../src/render/columns.ts';

describe('lines for a terminal', () => {
  it('are broken between words, behind the indent', () => {
    expect(wrapped('one two three four five six seven', 34, 4)).toBe(
      'one two three four five six\n    seven',
    );
  });

  it('are broken between Han characters, never before a comma, and fit', () => {
    const text = '国家数据局公布了新的标准体系，首批试点在青湖市、云杉市展开；细则四月施行。'.repeat(3);
    const lines = wrapped(text, 40, 6).split('\n');
    expect(lines.join('').replaceAll(' ', '')).toBe(text);
    for (const [index, line] of lines.entries()) {
      expect(columnsOf(line)).toBeLessThanOrEqual(index === 0 ? 34 : 40);
      expect(line.trimStart()).not.toMatch(/^[，。、；]/);
    }
  });

  it('are left alone where nothing is known of the width, or too little room is left', () => {
    const text = 'word '.repeat(40).trim();
    expect(wrapped(text, undefined, 4)).toBe(text);
    expect(wrapped(text, 30, 20)).toBe(text);
    expect(terminalColumns(new PassThrough())).toBeUndefined();
    expect(terminalColumns(Object.assign(new PassThrough(), { isTTY: true, columns: 90 }))).toBe(90);
  });
});
