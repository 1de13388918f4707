import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/core/package-root.ts';
import { type Desk, openDesk, smallDigest } from './in-process.ts';

let desk: Desk;
beforeAll(() => {
  desk = openDesk();
  desk.write('today.md', smallDigest('2026-03-05', '[见](javascript:alert)'));
});
afterAll(() => desk.remove());

interface Failure {
  readonly error: { readonly code: string; readonly message: string; readonly hint?: string };
}

describe('paperboy parse', () => {
  it('prints the digest as one JSON document with the keys of the contract', async () => {
    const { status, data, stderr } = await desk.json(['parse', 'today.md']);
    expect(status).toBe(0);
    expect(stderr).toBe('');
    expect(data).toEqual({
      digest: {
        title: '晨报',
        date: '2026-03-05',
        lang: 'zh',
        format: 'labelled',
        categories: [
          {
            name: '政策与监管',
            stories: [
              {
                title: '青湖市公布测试细则',
                summary: '细则自四月起施行，首批开放城市道路。',
                highlights: [],
                sources: [{ name: '青湖日报', url: 'https://news.example/a' }],
                topics: ['policy'],
                line: 5,
              },
            ],
          },
          { name: '模型与技术', stories: [expect.objectContaining({ topics: ['models'], line: 13 })] },
        ],
        analyses: [],
        trends: [],
      },
      warnings: [{ line: 15, message: expect.stringContaining('javascript:alert') }],
      unparsed: [{ line: 15, text: expect.any(String) }],
    });
  });

  it('shows people a tree on stdout, and what it stumbled over on stderr', async () => {
    const { status, stdout, stderr } = await desk.run(['parse', 'today.md']);
    expect(status).toBe(0);
    expect(stdout).toBe(`晨报
2026-03-05 · Chinese · labelled format · 2 stories

政策与监管 1
└─ 青湖市公布测试细则
     policy · 青湖日报 (news.example)

模型与技术 1
└─ 云杉实验室开源小型模型
     models · 代码周报 (news.example)
`);
    expect(stderr).toMatch(/^warning {2}today\.md:15 {2}dropped the link/m);
    expect(stderr).toMatch(/^unparsed {2}today\.md:15/m);
  });

  it('explains what each line became, for people and as JSON', async () => {
    const { status, stdout } = await desk.run(['parse', 'today.md', '--explain']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^ 1 {2}title, date$/m);
    expect(stdout).toMatch(/^ 5 {2}story title {2,}青湖市公布测试细则$/m);
    expect(stdout).toMatch(/^15 {2}summary .*unparsed {2,}a link that is not kept$/m);
    const { data } = await desk.json<{ digest: object; explain: object[] }>([
      'parse',
      'today.md',
      '--explain',
    ]);
    expect(data.explain).toContainEqual({ line: 5, became: 'story title', of: '青湖市公布测试细则' });
    expect(data.explain).toContainEqual({ line: 1, became: 'title' });
    expect(data).toHaveProperty('digest');
    expect((await desk.run(['parse', '--help'])).stdout).toContain('--explain');
  });

  it('needs no configuration: without one it uses the built-in topics', async () => {
    const bare = openDesk();
    rmSync(join(bare.folder, 'newsletter.yaml'));
    bare.write('today.md', smallDigest('2026-03-05'));
    const { status, data } = await bare.json<{
      digest: { categories: { stories: { topics: string[] }[] }[] };
    }>(['parse', 'today.md']);
    expect(status).toBe(0);
    expect(data.digest.categories[0]?.stories[0]?.topics).toEqual(['policy']);
    bare.remove();
  });

  it('uses the topics of the configuration when there is one', async () => {
    const own = openDesk();
    own.write('today.md', smallDigest('2026-03-05'));
    own.write(
      'own.yaml',
      'newsletters: [{id: nn, name: N, from: {address: n@n.example}, language: zh, timezone: UTC}]\n' +
        'topics: [{id: rules, name: {zh: 规则, en: Rules}, aliases: [政策]}]\n',
    );
    const { stdout } = await own.run(['parse', 'today.md', '--config', 'own.yaml']);
    expect(stdout).toContain('     rules · 青湖日报');
    expect(stdout).toContain('     other · 代码周报');
    own.remove();
  });

  it('fails when the configuration that was asked for is not there, even under its usual name', async () => {
    const bare = openDesk();
    rmSync(join(bare.folder, 'newsletter.yaml'));
    bare.write('today.md', smallDigest('2026-03-05'));
    for (const name of ['other.yaml', 'newsletter.yaml']) {
      const { status, data } = await bare.json<Failure>(['parse', 'today.md', '--config', name]);
      expect(status).toBe(78);
      expect(data.error.code).toBe('config-missing');
    }
    bare.remove();
  });

  it('takes a date, a format and a newsletter, and says which there are', async () => {
    const { data } = await desk.json<{ digest: { date: string }; warnings: unknown[] }>([
      'parse',
      'today.md',
      '--date',
      '2026-04-01',
    ]);
    expect(data.digest.date).toBe('2026-04-01');
    expect(data.warnings).toContainEqual({ line: 1, message: expect.stringContaining('2026-04-01') });
    const format = await desk.json<Failure>(['parse', 'today.md', '--format', 'xml']);
    expect([format.status, format.data.error.code]).toEqual([2, 'format-unknown']);
    const newsletter = await desk.json<Failure>(['parse', 'today.md', '--newsletter', 'nobody']);
    expect([newsletter.status, newsletter.data.error.code]).toEqual([2, 'newsletter-unknown']);
    const date = await desk.json<Failure>(['parse', 'today.md', '--date', '2026-02-30']);
    expect([date.status, date.data.error.code]).toEqual([65, 'date-invalid']);
  });

  it('fails with 65 and the name of the file for what is no digest', async () => {
    mkdirSync(join(desk.folder, 'folder'));
    desk.write('empty.md', '');
    desk.write('prose.md', 'Nothing but one line of prose.');
    desk.write('binary.md', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 0xff, 0xfe, 0]));
    desk.write('noise.md', `${'x'.repeat(1_000)}\n`.repeat(1_000));
    const codes = await Promise.all(
      ['missing.md', 'folder', 'empty.md', 'prose.md', 'binary.md', 'noise.md'].map(async (file) => {
        const { status, data } = await desk.json<Failure>(['parse', file]);
        expect(status, file).toBe(65);
        expect(data.error.message, file).toContain(file);
        return data.error.code;
      }),
    );
    expect(codes.slice(0, 2)).toEqual(['file-missing', 'file-unreadable']);
    expect(codes[4]).toBe('digest-unreadable');
  });

  it('reads the examples', async () => {
    const example = join(packageRoot(), 'examples', 'digests', 'ai-daily-2026-03-02.md');
    const { status, stdout } = await desk.run(['parse', example]);
    expect(status).toBe(0);
    expect(stdout).toContain('2026-03-02');
  });
});
