import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/core/package-root.ts';
import { builtInTopics } from '../../src/digest/topics.ts';
import { compileMjml } from '../../src/render/compile-mjml.ts';
import { readMailTemplates } from '../../src/render/mail-template.ts';
import { prepareIssue } from '../../src/render/prepare-issue.ts';
import { renderEdition } from '../../src/render/render-edition.ts';
import { editionFor, exampleDigest, masthead } from '../helpers/digests.ts';

const folder = mkdtempSync(join(tmpdir(), 'paperboy-templates-'));
afterAll(() => rmSync(folder, { recursive: true }));

const mail = join(packageRoot(), 'templates', 'mail');

/** Prepares the example with a changed template. */
async function prepareWith(change: (source: string) => string, name = 'issue.mjml') {
  const templates = join(folder, Math.random().toString(36).slice(2));
  cpSync(mail, templates, { recursive: true });
  const file = join(templates, name);
  writeFileSync(file, change(readFileSync(file, 'utf8')));
  return prepareIssue(exampleDigest(), masthead, {
    date: '2026-03-05',
    topics: builtInTopics,
    templates: await readMailTemplates(templates),
  });
}

describe('the mail templates', () => {
  it('give MJML nothing to complain of', async () => {
    await expect(compileMjml('<mjml><mj-body><mj-section/></mj-body></mjml>')).resolves.toContain('<html');
    await expect(prepareWith((source) => source)).resolves.toHaveProperty('html');
  });

  it('may not hold what MJML does not know: the error names it', async () => {
    const broken = prepareWith((source) => source.replace('<mj-column>', '<mj-column colour="red">'));
    await expect(broken).rejects.toMatchObject({
      code: 'render-failed',
      message: expect.stringContaining('colour'),
    });
  });

  it('may not ask for what the view lacks, nor reach for prototypes', async () => {
    const missing = prepareWith((source) => source.replace('{{title}}', '{{titel}}'));
    await expect(missing).rejects.toMatchObject({
      code: 'template-invalid',
      message: expect.stringContaining('titel'),
    });
    const prototype = await prepareWith((source) => source.replace('{{title}}', '[{{constructor}}]'));
    expect(JSON.stringify(prototype.html)).toContain('<title>[]</title>');
  });

  it('may not ask for a value that no edition has', async () => {
    const template = await prepareWith((source) => source.replace(' why)', ' weather)'), 'footer.mjml');
    expect(() => renderEdition(template, editionFor(template.digest, 'all'))).toThrow(/asks for “weather”/);
  });

  it('use escaping braces only', () => {
    for (const name of readdirSync(mail).filter((file) => /\.(?:mjml|hbs)$/.test(file))) {
      expect(readFileSync(join(mail, name), 'utf8')).not.toMatch(/\{\{\{|\{\{&/);
    }
  });

  it('stand in the order in which a reader meets them', () => {
    const parts = [...readFileSync(join(mail, 'issue.mjml'), 'utf8').matchAll(/\{\{> ([\w-]+)\}\}/g)].map(
      ([, name]) => name,
    );
    expect(parts).toEqual([
      'styles',
      'preheader',
      'masthead',
      'meta-line',
      'lede',
      'contents',
      'category',
      'rest-on-web',
      'deep-dive',
      'trends',
      'closing',
      'motto',
      'more-topics',
      'feedback',
      'footer',
    ]);
  });

  it('may not have a block for a slot that there is not', async () => {
    const broken = await prepareWith(
      (source) => source.replaceAll('given.likeUrl', 'given.loveUrl'),
      'feedback.mjml',
    );
    expect(() => renderEdition(broken, editionFor(broken.digest, 'all'))).toThrow(/“given.loveUrl”/);
  });

  it('are missed by name', async () => {
    await expect(readMailTemplates(join(folder, 'nowhere'))).rejects.toMatchObject({
      code: 'file-unreadable',
    });
  });
});
