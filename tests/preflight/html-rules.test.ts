import { describe, expect, it } from 'vitest';
import { createHtmlLook } from '../../src/preflight/html-rules.ts';
import { sampleFor } from './samples.ts';

describe('the look at the HTML of editions', () => {
  it('tells once what all share, and again what is an edition’s own', async () => {
    const { edition } = await sampleFor();
    const look = createHtmlLook();
    const rules = (id: string, html: string) =>
      look({ edition: { ...edition, id }, html }).map((problem) => [problem.rule, problem.edition]);
    const page = (body: string) => `<html lang="zh"><title>t</title><h1>t</h1>${body}</html>`;
    const pale = '<p style="color:#999">pale</p>';
    expect(rules('a', page(pale))).toEqual([
      ['contrast-low', undefined],
      ['contrast-low', undefined],
    ]);
    expect(rules('b', page(pale))).toEqual([]);
    expect(rules('c', page(`${pale}<p style="display:grid">x</p>`))).toEqual([
      ['client-unsupported', undefined],
    ]);
    expect(rules('d', page('<h3>x</h3>'))).toEqual([['heading-order', 'd']]);
    expect(rules('e', page('<h3>x</h3>'))).toEqual([['heading-order', 'e']]);
    expect(rules('f', '')).toEqual([]);
  });
});
