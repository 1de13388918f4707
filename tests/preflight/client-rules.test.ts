import { describe, expect, it } from 'vitest';
import { featuresOf } from '../../src/preflight/client-features.ts';
import { clientProblems } from '../../src/preflight/client-rules.ts';
import { clientSupport, testedClients, untestedClients } from '../../src/preflight/client-support.ts';
import { harmless } from '../../src/preflight/harmless-features.ts';
import { readMail } from '../../src/preflight/mail-tree.ts';
import { partlyUsed } from '../../src/preflight/partial-features.ts';
import { exampleDigest, masthead } from '../helpers/digests.ts';
import { sampleFor } from './samples.ts';

const support = clientSupport();
const used = (html: string) => [...featuresOf(readMail(html), support.features)].toSorted();
const found = (html: string) => clientProblems(readMail(html)).map(({ message }) => message);

describe('what clients can show', () => {
  it('is all that the mail of ours uses, or is known to be harmless', async () => {
    const { html } = await sampleFor();
    expect(found(html)).toEqual([]);
    expect(used(html).length).toBeGreaterThan(30);
    for (const ending of ['png', 'jpg', 'gif']) {
      const logo = { url: `https://news.example/logo.${ending}`, width: 40, height: 40 };
      const all = { topics: 'all', format: 'html' } as const;
      const theme = { ...masthead.theme, logo };
      expect(found((await sampleFor(exampleDigest(), all, { theme })).html)).toEqual([]);
    }
  });

  it('is not what would be lost: the rule names feature and clients', () => {
    expect(found('<div style="display:flex">x</div>')).toEqual([
      expect.stringMatching(/^display:flex is not supported by .*classic Outlook/),
    ]);
    expect(found('<svg></svg>')[0]).toMatch(
      /^Embedded <svg> image is not supported by Gmail, .*classic Outlook/,
    );
    expect(found('<p style="position:absolute;left:0">x</p>').join()).toContain('position');
    expect(found('<style>@font-face { font-family:x; src:url(x) }</style>')[0]).toContain('@font-face');
    expect(found('<form><input type="text"></form>').join()).toContain('classic Outlook');
  });

  it('knows a feature by property, shorthand, value, unit, function, selector and at-rule', () => {
    expect(
      used('<p style="padding-left:1rem;border-top-color:rgba(0,0,0,.5);margin:calc(1px + 2vw)">x</p>'),
    ).toEqual(
      expect.arrayContaining([
        'css-padding',
        'css-unit-rem',
        'css-border',
        'css-rgba',
        'css-unit-calc',
        'css-unit-vw',
      ]),
    );
    expect(
      used(
        '<style>@media (hover:hover) { a.b:hover > b + i::before, #c [d] { color:red !important } }</style>',
      ),
    ).toEqual(
      expect.arrayContaining([
        'css-at-media',
        'css-at-media-hover',
        'css-important',
        'css-pseudo-class-hover',
        'css-pseudo-element-before',
        'css-selector-adjacent-sibling',
        'css-selector-attribute',
        'css-selector-child',
        'css-selector-class',
        'css-selector-descendant',
        'css-selector-id',
        'css-selector-type',
      ]),
    );
    expect(used('<a href="#x">x</a><a href="mailto:x@y.example">y</a><img src="a.webp"><h2>z</h2>')).toEqual(
      expect.arrayContaining(['html-anchor-links', 'html-mailto-links', 'image-webp', 'html-h1-h6']),
    );
    const mso =
      '<!--[if mso]><i style="display:flex">x</i><![endif]--><p style="mso-line-height-rule:exactly">x</p>';
    expect(used(mso)).toEqual(['html-p']);
  });

  it('goes by the newest version that was tested', () => {
    // Outlook for Mac 16.80 came after 2016, which lacked it.
    expect(support.without('image-webp')).not.toContain('Outlook on Mac and phones');
    // Samsung Email and Apple Mail have dark mode since some version.
    const without = support.without('css-at-media-prefers-color-scheme');
    expect(without).not.toContain('Outlook on Mac and phones');
    expect(without).not.toContain('Samsung Email');
    expect(without).not.toContain('Apple Mail');
    expect(without).toContain('classic Outlook');
  });

  it('is named also where a client has but a part of it, unless the mail needs no more', () => {
    expect(found('<p style="letter-spacing:1px;margin:0">x</p>')).toEqual([
      'letter-spacing is supported but in part by classic Outlook',
    ]);
    expect(support.partly('css-padding')).toEqual(['classic Outlook']);
    expect(support.partly('html-role')).toEqual(['Yahoo']);
    expect(support.partly('css-at-media-prefers-color-scheme')).not.toContain('Gmail');
  });

  it('lists as used in part only what some client has in part and none that is listed lacks', () => {
    for (const feature of Object.keys(partlyUsed)) {
      expect(support.features, feature).toContain(feature);
      expect(support.partly(feature), feature).not.toEqual([]);
      expect(feature in harmless, feature).toBe(false);
      expect(support.without(feature), feature).toEqual([]);
    }
  });

  it('lists as harmless only what some client really lacks', () => {
    for (const feature of Object.keys(harmless)) {
      expect(support.features, feature).toContain(feature);
      expect(support.without(feature), feature).not.toEqual([]);
    }
  });

  it('says nothing of clients that nobody has tested', () => {
    expect(untestedClients).toEqual(['QQ Mail', 'NetEase Mail (163, 126)', 'Foxmail']);
    expect(testedClients.filter((name) => untestedClients.includes(name))).toEqual([]);
    expect(found('<div style="display:flex">x</div>').join()).not.toMatch(/QQ|163|Foxmail/);
  });
});
