import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Digest, Story } from '../../src/digest/digest.ts';
import { storiesOf } from '../../src/digest/digest.ts';
import { builtInTopics } from '../../src/digest/topics.ts';
import { isSkipped } from '../../src/edition/edition.ts';
import { planEdition } from '../../src/edition/plan-edition.ts';
import { compileMjml } from '../../src/render/compile-mjml.ts';
import type { IssueTemplate } from '../../src/render/issue-template.ts';
import type { Masthead } from '../../src/render/masthead.ts';
import { prepareIssue } from '../../src/render/prepare-issue.ts';
import { renderEdition } from '../../src/render/render-edition.ts';
import type { Piece, RenderedEdition, SlotName } from '../../src/render/rendered-edition.ts';
import { escapeHtml, fill, slotNames } from '../../src/render/rendered-edition.ts';
import { htmlBytes } from '../../src/render/size.ts';
import {
  arbitraryChoice,
  arbitraryDigest,
  digestOf,
  editionFor,
  exampleDigest,
  masthead,
  storyOf,
  topicIds,
} from '../helpers/digests.ts';

const values = {
  unsubscribeUrl: 'https://news.example/u/token-1?a=b&c=d',
  preferencesUrl: 'https://news.example/p/token-2',
};

function prepare(digest: Digest, fields: Partial<Masthead> = {}): Promise<IssueTemplate> {
  return prepareIssue(
    digest,
    { ...masthead, ...fields },
    { date: digest.date ?? '2026-03-05', topics: builtInTopics },
  );
}

const htmlOf = (rendered: RenderedEdition) => fill(rendered.html, values, escapeHtml);
const textOf = (rendered: RenderedEdition) => fill(rendered.text, values);

function slotsOf(pieces: readonly Piece[]): SlotName[] {
  return pieces.flatMap((piece) => {
    if (typeof piece === 'string') return [];
    return 'slot' in piece ? [piece.slot] : slotsOf(piece.pieces);
  });
}

/** What of a stretch of HTML is read. */
const wordsOf = (html: string) => html.replaceAll(/<[^>]+>/g, '');

/** What stands in another language than the mail and in its type, with that language. */
function otherTexts(html: string): (readonly [string, string])[] {
  return [...html.matchAll(/<(\w+) lang="([^"]+)" class="in-.*?>(.*?)<\/\1>/gs)].map(
    ([, , lang = '', inner = '']) => [lang, wordsOf(inner)] as const,
  );
}

/** The text of the elements of one kind, as a reader sees it. */
function textsOf(html: string, tag: string): string[] {
  return [...html.matchAll(new RegExp(`<${tag}[\\s>].*?</${tag}>`, 'gs'))].map(([element]) =>
    element
      .replaceAll(/<[^>]+>/g, '')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&#x27;', "'")
      .replaceAll('&#x60;', '`')
      .replaceAll('&#x3D;', '=')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&')
      .trim(),
  );
}

describe('rendering an issue', () => {
  it('compiles MJML once, whatever the number of editions', async () => {
    let compilations = 0;
    const digest = exampleDigest();
    const template = await prepareIssue(digest, masthead, {
      date: '2026-03-05',
      topics: builtInTopics,
      compile: (mjml) => {
        compilations += 1;
        return compileMjml(mjml);
      },
    });
    for (const topic of ['policy', 'models', 'space', 'telecom'])
      renderEdition(template, editionFor(digest, [topic]));
    expect(compilations).toBe(1);
  });

  it('shows in both parts the stories of the edition, in order, and none of another', async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitraryDigest,
        fc.array(arbitraryChoice, { minLength: 1, maxLength: 8 }),
        async (digest, choices) => {
          const template = await prepare(digest);
          for (const topics of choices) {
            const options = { issue: 'm-2026-03-05', revision: 1, date: '2026-03-05', topicOrder: topicIds };
            const edition = planEdition(digest, { topics, format: 'html' }, options);
            if (isSkipped(edition)) continue;
            const rendered = renderEdition(template, edition);
            const wanted = storiesOf(edition).map(({ title }) => title);
            expect(textsOf(htmlOf(rendered), 'h3')).toEqual(wanted);
            expect([...textOf(rendered).matchAll(/^\d+\. (.+)$/gm)].map(([, title]) => title)).toEqual(
              wanted,
            );
            const whole = [rendered.subject, rendered.preheader, htmlOf(rendered), textOf(rendered)].join(
              '\n',
            );
            for (const { title } of storiesOf(digest)) {
              const place = /〔.+〕/.exec(title)?.[0] ?? '';
              expect(whole.includes(place)).toBe(wanted.includes(title));
            }
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  it('leaves no mark and no unfilled place, only the slots of a recipient', async () => {
    const marks: string[] = [];
    const digest = exampleDigest();
    const template = await prepareIssue(digest, masthead, {
      date: '2026-03-05',
      topics: builtInTopics,
      compile: (mjml) => {
        marks.push(...(/[0-9a-f]{32}/.exec(mjml) ?? []));
        return compileMjml(mjml);
      },
    });
    for (const topics of ['all', ['policy'], ['space', 'models']] as const) {
      const rendered = renderEdition(template, editionFor(digest, topics));
      const html = htmlOf(rendered);
      expect(marks).toHaveLength(1);
      expect(html).not.toContain(marks[0]);
      expect(html).not.toMatch(/<!--(?!\[if |<!\[endif\]|>)/);
      expect(html).not.toMatch(/\{\{|undefined|\[object/);
      expect(new Set(slotsOf(rendered.html))).toEqual(new Set(slotNames));
    }
  });

  it('writes a recipient’s link escaped in HTML and plain on a line of its own in text', async () => {
    const digest = exampleDigest();
    const rendered = renderEdition(await prepare(digest), editionFor(digest, 'all'));
    expect(htmlOf(rendered)).toContain('href="https://news.example/u/token-1?a=b&amp;c=d"');
    expect(textOf(rendered).split('\n')).toContain(values.unsubscribeUrl);
    expect(textOf(rendered).split('\n')).toContain(values.preferencesUrl);
  });

  it('leaves out a link that a copy has no value for, and the words around it', async () => {
    const digest = exampleDigest();
    const rendered = renderEdition(await prepare(digest), editionFor(digest, ['space']));
    const published = {
      ...values,
      webCopyUrl: 'https://news.example/w/1?a=b&c=d',
      likeUrl: 'https://news.example/v/yes',
      dislikeUrl: 'https://news.example/v/no',
    };
    const html = fill(rendered.html, published, escapeHtml);
    const text = fill(rendered.text, published);
    expect(html).toContain('href="https://news.example/w/1?a=b&amp;c=d"');
    for (const url of [published.webCopyUrl, published.likeUrl, published.dislikeUrl])
      expect(text.split('\n')).toContain(url);
    for (const part of [html, text]) expect(part).toMatch(/网页版[\s\S]*这期怎么样|这期怎么样[\s\S]*网页版/);
    for (const part of [htmlOf(rendered), textOf(rendered)])
      expect(part).not.toMatch(/网页版|这期怎么样|有用/);

    const nobody = { preferencesUrl: '', unsubscribeUrl: '' };
    for (const part of [fill(rendered.html, nobody, escapeHtml), fill(rendered.text, nobody)]) {
      expect(part).not.toMatch(/退订|偏好设置|调整我的主题|href=""/);
      expect(part).toMatch(/本期还有 4 条要闻。/);
    }
  });

  it('has no HTML part for the text format', async () => {
    const digest = exampleDigest();
    const rendered = renderEdition(await prepare(digest), editionFor(digest, 'all', 'text'));
    expect(rendered.format).toBe('text');
    expect(rendered.html).toEqual([]);
    expect(htmlBytes(rendered)).toBe(0);
    expect(textOf(rendered)).toContain('海燕三号火箭完成第十次回收');
  });

  it('refuses an edition of another digest', async () => {
    const template = await prepare(exampleDigest());
    const foreign = editionFor(digestOf([{ name: '别处', stories: [storyOf('别的标题')] }]), 'all');
    expect(() => renderEdition(template, foreign)).toThrow(
      expect.objectContaining({ code: 'render-failed' }),
    );
  });

  it('takes the operator’s subject for every edition', async () => {
    const digest = exampleDigest();
    const options = { date: '2026-03-05', topics: builtInTopics, subject: '特刊' };
    const template = await prepareIssue(digest, masthead, options);
    expect(renderEdition(template, editionFor(digest, ['space'])).subject).toBe('特刊');
  });
});

describe('a rendered edition', () => {
  const digest = exampleDigest();
  let template: IssueTemplate;
  let all: string;
  let space: string;

  beforeAll(async () => {
    template = await prepare(digest);
    all = htmlOf(renderEdition(template, editionFor(digest, 'all')));
    space = htmlOf(renderEdition(template, editionFor(digest, ['space'])));
  });

  it('says its language and direction on html and on the wrapper, and has a title', () => {
    expect(all).toMatch(/<html lang="zh-CN" dir="ltr"/);
    expect(all).toMatch(/role="article" lang="zh-CN" dir="ltr"/);
    expect(all).toContain('<title>晨间简报 · 2026年3月5日</title>');
  });

  it('has one h1, and h2 and h3 in order', () => {
    const levels = [...all.matchAll(/<h([1-6])[\s>]/g)].map(([, level]) => Number(level));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    expect(levels[0]).toBe(1);
    for (const [index, level] of levels.entries())
      expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
  });

  it('tells count, minutes and topics of what it holds', () => {
    expect(wordsOf(all)).toMatch(/3月5日 星期四 · 6 条要闻 · 约 1 分钟读完 · 你的主题：全部主题/);
    expect(wordsOf(space)).toMatch(/2 条要闻 · 约 1 分钟读完 · 你的主题：空天探索/);
  });

  it('lists every category with its count, but not where there is little to list', () => {
    expect(all).toContain('本期目录');
    expect(space).not.toContain('本期目录');
    expect(wordsOf(all)).toMatch(
      /政策与监管 &nbsp;2 条模型与技术 &nbsp;《芯片散热白皮书》.{1,20}2 条航天 &nbsp;海燕三号/,
    );
    expect(textsOf(all, 'h2').slice(0, 3)).toEqual(['政策与监管 2 条', '模型与技术 2 条', '航天 2 条']);
  });

  it('says how many stories were left out, with the link to choose', () => {
    expect(all).not.toContain('你未选择的主题里');
    expect(space).toMatch(/本期还有 4 条要闻。 <a class="n" href="https:\/\/news\.example\/p\/token-2"/);
  });

  it('opens with the closing sentence, or with the first titles when there is none', async () => {
    const closing = exampleDigest({ closing: '小模型和回收火箭是今天的主角。' });
    const html = htmlOf(renderEdition(await prepare(closing), editionFor(closing, ['space'])));
    expect(html).toMatch(/本期要点.{0,80}小模型和回收火箭是今天的主角。/);
    expect(textsOf(/<ol.*?<\/ol>/s.exec(all)?.[0] ?? '', 'li')).toEqual([
      '青湖市公布自动驾驶道路测试细则',
      '数据中心能耗新标准征求意见',
      '云杉实验室开源小型语言模型 Spruce 2',
    ]);
    expect(space).not.toContain('本期要点');
  });

  it('lets a motto stand at the end, where it opens nothing and announces nothing', async () => {
    const digest = exampleDigest({ motto: '路走得慢，也是走。' });
    const rendered = renderEdition(await prepare(digest), editionFor(digest, 'all'));
    expect(wordsOf(htmlOf(rendered))).toMatch(/本期要点\s*青湖市.*趋势总结.*路走得慢，也是走。/s);
    expect(textOf(rendered)).toMatch(/== 趋势总结 ==.*\n\n路走得慢，也是走。\n\n/s);
    expect(rendered.preheader).not.toContain('路走得慢');
  });

  it('keeps a closing that is too long to open it for the end', async () => {
    const closing = exampleDigest({ closing: '小模型和回收火箭是今天的主角，'.repeat(12) });
    const rendered = renderEdition(await prepare(closing), editionFor(closing, 'all'));
    const html = htmlOf(rendered);
    expect(wordsOf(html)).toMatch(/本期要点\s*青湖市.*趋势总结.*本期小结：小模型和回收火箭/s);
    expect(textOf(rendered)).toMatch(/本期要点：\n- 青湖市.*== 趋势总结 ==.*\n\n本期小结：小模型/s);
  });

  it('wears the theme of its newsletter', async () => {
    const theme = {
      accent: '#8a1538',
      accentDark: '#ff9fb5',
      logo: { url: 'https://news.example/logo.png?a=1&b=2', width: 40, height: 32 },
      footer: '内容仅供参考。\n京ICP备00000000号 <b>',
    };
    const rendered = renderEdition(await prepare(digest, { theme }), editionFor(digest, 'all'));
    const html = htmlOf(rendered);
    expect(html).not.toMatch(/#0b5cad|#79b8ff/);
    expect(html.match(/border-top:2px solid #8a1538/g)).toHaveLength(5);
    expect(html).toMatch(/prefers-color-scheme:dark\) \{[^}]*\}.*color:#ff9fb5 !important/s);
    expect(html).toContain(
      'src="https://news.example/logo.png?a&#x3D;1&amp;b&#x3D;2" width="40" height="32" alt=""',
    );
    expect(html).toContain('>内容仅供参考。</p><p style="margin:0 0 8px">京ICP备00000000号 &lt;b&gt;</p>');
    expect(textOf(rendered)).toContain('\n内容仅供参考。\n京ICP备00000000号 <b>\n\n样例出版社\n');
  });

  it('marks a digest of another language than its newsletter, and sets it in its own type', async () => {
    const japanese = exampleDigest({ lang: 'ja' });
    const html = htmlOf(renderEdition(await prepare(japanese), editionFor(japanese, 'all')));
    expect(html).toMatch(/<html lang="zh-CN"/);
    expect(html.match(/<div lang="ja"><h2/g)).toHaveLength(3);
    expect(html).toContain('font-family:-apple-system, BlinkMacSystemFont, Hiragino Sans, Yu Gothic, Meiryo');
    expect(all).not.toMatch(/<(?:div|p|td|ol|ul) lang=/);
  });

  it('underlines every link, and gives those that stand alone room for a finger', () => {
    expect(all).not.toMatch(/text-decoration:\s*none(?![^<]*<\/style>)/);
    expect(all).toContain('.s a, .s span { display:inline-block; padding:4px 0; }');
    for (const row of ['阅读原文', '调整我的主题', '退订']) {
      expect(all).toMatch(new RegExp(`<p class="[^"]*[sg]"[^>]*>(?:(?!</p>).)*${row}`));
    }
  });

  it('links a title to its source, and only tells a source that has no link', () => {
    expect(all).toMatch(/<h3[^>]*><a class="title" href="https:\/\/lab\.example\/spruce-2"/);
    expect(all).toMatch(
      /阅读原文：<span[^>]*><a href="https:\/\/lab.example\/spruce-2"[^>]*>云杉实验室<\/a> ·<\/span> <a href/,
    );
    expect(all).toContain('来源：标准委员会');
  });

  it('takes the beginning of a text for the heading where a title is as long as one', async () => {
    const long = `**长**标题${'很长，'.repeat(200)}`;
    const wordy = digestOf([
      { name: '一', stories: [storyOf(long), storyOf('x'.repeat(10_000)), storyOf('短')] },
    ]);
    const html = htmlOf(renderEdition(await prepare(wordy), editionFor(wordy, 'all')));
    const titles = textsOf(html, 'h3');
    expect(titles[0]).toMatch(/^长标题很长，很长.{100,200}…$/);
    expect(titles[1]).toMatch(/^x{200,300}…$/);
    expect(titles[2]).toBe('短');
    expect(html).toContain(`<p><b>长</b>标题${'很长，'.repeat(200)}</p>`);
    expect(html).toContain(`<p>${'x'.repeat(10_000)}</p>`);
  });

  it('keeps bold, code and links of a text', () => {
    expect(all).toContain('首批开放 <b>120 公里</b>城市道路');
    expect(all).toMatch(/权重见 <a href="https:\/\/code\.example\/spruce"/);
  });

  it('tells how it was made, why it came, who sent it and how to leave', () => {
    for (const text of [
      '机器自动汇编',
      '因为订阅了「晨间简报」',
      '样例出版社',
      '样例市示范路 1 号',
      '退订',
    ]) {
      expect(all).toContain(text);
    }
  });

  it('loads nothing from elsewhere and uses no italics', () => {
    expect(all).not.toMatch(/@import|<link|<img|<script|src="(?!data)|font-style:\s*italic|<em>|<i>/);
  });

  it('sets no type smaller than 13 px but the hidden line and table cells', () => {
    const sizes = [...all.matchAll(/font-size:(\d+)px/g)].map(([, size]) => Number(size));
    expect(sizes.filter((size) => size > 1 && size < 13)).toEqual([]);
  });

  it('carries styles for dark mode, for Outlook.com and for Outlook', () => {
    expect(all).toMatch(/<meta name="color-scheme" content="light dark">/);
    expect(all).toContain('@media (prefers-color-scheme:dark)');
    expect(all).toMatch(/<style type="text\/css">\s*\[data-ogsb\]/);
    expect(all).toMatch(/<!--\[if mso\]><style[^>]*>[^<]*font-family:"Microsoft YaHei"/);
    const styles = [...all.matchAll(/<style.*?<\/style>/gs)].join('');
    expect(Buffer.byteLength(styles)).toBeLessThan(16_000);
  });

  it('speaks the newsletter’s language', async () => {
    const english = htmlOf(
      renderEdition(
        await prepare(digest, { language: 'en', name: 'Morning' }),
        editionFor(digest, ['space']),
      ),
    );
    expect(english).toMatch(/<html lang="en" dir="ltr"/);
    expect(wordsOf(english)).toContain('Thursday, Mar 5 · 2 stories · 1 min read · Your topics: Space');
    expect(english).toContain('This issue has 4 more stories in topics you have not chosen.');
  });

  it('marks a sponsored newsletter', async () => {
    const rendered = renderEdition(await prepare(digest, { sponsored: true }), editionFor(digest, 'all'));
    expect(wordsOf(htmlOf(rendered))).toContain('广告 · 3月5日 星期四 · 6 条要闻');
    expect(textOf(rendered)).toMatch(/^广告 · 晨间简报\n/);
  });

  it('is a whole mail with a single story', () => {
    const html = htmlOf(renderEdition(template, editionFor(digest, ['telecom'])));
    expect(textsOf(html, 'h3').slice(0, 1)).toEqual(['月面通信中继星进入工作轨道']);
    expect(html).toContain('退订');
  });
});

describe('hostile text', () => {
  const nasty =
    '</mj-text><script>alert(1)</script>{{constructor}}{{{lookup this "x"}}}<mj-image src="x"/>]]><!-- -->&amp; "\'`';

  it('comes out as text wherever a digest can put it', async () => {
    const story: Story = storyOf(`标题${nasty}`, {
      tag: nasty,
      summary: nasty,
      background: nasty,
      highlights: [{ label: nasty, text: nasty }],
      sources: [
        { name: nasty, url: 'javascript:alert(1)' },
        { name: 'b', url: 'https://a.example/"><script>' },
      ],
    });
    const digest = digestOf([{ name: nasty, stories: [story] }], {
      closing: nasty,
      analyses: [{ title: nasty, fields: [{ label: nasty, text: nasty }] }],
      trends: [{ label: nasty, text: nasty }],
    });
    const rendered = renderEdition(
      await prepare(digest, { name: nasty, legalName: nasty, postalAddress: nasty, contact: nasty }),
      editionFor(digest, 'all'),
    );
    const html = htmlOf(rendered);
    expect(html).not.toMatch(/<script|<mj-|<\/mj-|javascript:|href="[^"]*</i);
    expect(textsOf(html, 'h1')[0]).toBe(nasty);
    expect(textsOf(html, 'h2')[0]).toContain(nasty);
    expect(html).toContain('{{constructor}}');
    expect(textOf(rendered)).toContain('{{constructor}}');
    expect(textOf(rendered)).not.toContain('<javascript:');
  });

  it('is escaped where its markup survives: in code, behind a backslash, as a lesser-than', async () => {
    const text = '`<script>a</script>` \\<script>b\\</script> 若 a < b & c > d 则 `</mj-text>`';
    const digest = digestOf([{ name: '一', stories: [storyOf(text, { summary: text, background: text })] }]);
    const html = htmlOf(renderEdition(await prepare(digest), editionFor(digest, 'all')));
    expect(html).not.toMatch(/<script|<\/mj-text/);
    expect(textsOf(html, 'h3')[0]).toBe(
      '<script>a</script> <script>b</script> 若 a < b & c > d 则 </mj-text>',
    );
  });

  it('can forge neither a slot nor a block', async () => {
    const forged =
      '(0123456789abcdef0123456789abcdef unsubscribeUrl) <!--0123456789abcdef0123456789abcdef close story.0.0-->';
    const digest = digestOf([
      { name: forged, stories: [storyOf('标题', { summary: forged }), storyOf('第二')] },
    ]);
    const rendered = renderEdition(await prepare(digest), editionFor(digest, 'all'));
    const plain = exampleDigest();
    const untouched = renderEdition(await prepare(plain), editionFor(plain, 'all'));
    expect(slotsOf(rendered.html)).toEqual(slotsOf(untouched.html));
    expect(htmlOf(rendered)).toContain('(0123456789abcdef0123456789abcdef unsubscribeUrl)');
  });

  it('sets headlines that are nothing but headlines as a list, and bold those that stand among texts', async () => {
    const headlines = digestOf([
      { name: '要闻', stories: [storyOf('港口启用'), storyOf('三家银行降息')] },
      {
        name: '模型',
        stories: [storyOf('云杉开源模型'), storyOf('端侧推理提速', { summary: '快了一倍。' })],
      },
    ]);
    const html = htmlOf(renderEdition(await prepare(headlines), editionFor(headlines, 'all')));
    for (const title of ['港口启用', '三家银行降息'])
      expect(html).toMatch(new RegExp(`<h3[^>]*font-weight:400[^>]*>${title}</h3>`));
    for (const title of ['云杉开源模型', '端侧推理提速'])
      expect(html).toMatch(new RegExp(`<h3[^>]*style="font-size:18px"[^>]*>${title}</h3>`));
  });

  it('keeps each row of the contents to a line: a long name leaves room for a shorter title, or none', async () => {
    const title = '工程师用并行编译把大型模型的编译时间缩短了八成';
    const rows = digestOf(
      [
        '短',
        '大型语言模型与世界模型与物理智能研究',
        '某研究院与原子能管理局合作开发物理人工智能的最新进展',
      ].map((name) => ({
        name,
        stories: [1, 2, 3, 4].map((n) => storyOf(`${n}${title}${name}`)),
      })),
    );
    const html = htmlOf(renderEdition(await prepare(rows), editionFor(rows, 'all')));
    const leads = [...html.matchAll(/class="m lead"[^>]*>([^<]*)</g)].map(([, lead = '']) => lead);
    expect(leads[0]).toMatch(/^4工程师用并行编译把大型模型的编译…/);
    expect(leads[1]).toMatch(/^1工程师用并行编译/);
    expect(leads[1]?.length).toBeLessThan(leads[0]?.length ?? 0);
    expect(leads[2]).toBe('');
  });
});

describe('a story in another language than the mail', () => {
  const english = storyOf('Rivermouth opens its new line for freight', {
    topics: ['models'],
    summary: 'It’s the first one that runs without a driver.',
    background: 'Trials began three years ago.',
    highlights: [{ label: 'Speed', text: '80 km/h with full load.' }],
    sources: [{ name: '河口日报', url: 'https://news.example/line' }],
  });
  const chinese = storyOf('青湖市公布自动驾驶道路测试细则', { topics: ['policy'] });
  const filler = ['policy', 'energy', 'space', 'biotech'].map((topic) => ({
    name: topic,
    stories: [storyOf(`青湖市发布${topic}新规定`, { topics: [topic] })],
  }));

  it('names its language and takes its type, and the mail’s own words inside it theirs', async () => {
    const digest = digestOf([{ name: '交通', stories: [chinese, english] }]);
    const html = htmlOf(renderEdition(await prepare(digest), editionFor(digest, 'all')));
    const [story] = otherTexts(html);
    expect(story).toEqual(['en', expect.stringContaining(english.title)]);
    expect(story?.[1]).toContain('80 km/h');
    expect(story?.[1]).not.toContain('河口日报');
    expect(html).toContain('<b lang="zh-CN">背景</b>');
    expect(html).toMatch(/<div lang="en" class="in-en">/);
    expect(html.match(/\.in-en\s*\{\s*font-family:[^}]*Segoe UI/g)).toHaveLength(1);
  });

  it('does so in the lede and in the contents of the edition that names it there', async () => {
    const digest = digestOf([...filler, { name: '交通', stories: [english, chinese] }]);
    const whole = htmlOf(renderEdition(await prepare(digest), editionFor(digest, 'all')));
    expect(otherTexts(whole)[0]).toEqual(['en', expect.stringContaining('Rivermouth opens')]);
    const told = ['城北新桥通车', '城南旧路修复'].map((title) => storyOf(title));
    const first = digestOf([{ name: '交通', stories: [english, ...told, chinese] }, ...filler]);
    const opened = htmlOf(renderEdition(await prepare(first), editionFor(first, 'all')));
    expect(otherTexts(opened)[0]).toEqual(['en', english.title]);
    expect(opened).toMatch(/<span class="m lead"[^>]*>青湖市公布/);
  });

  it('is not marked in a mail of one language', async () => {
    const digest = digestOf([{ name: '交通', stories: [chinese] }, ...filler]);
    expect(otherTexts(htmlOf(renderEdition(await prepare(digest), editionFor(digest, 'all'))))).toEqual([]);
  });

  it('nor is the postal address, unless it is of another language', async () => {
    const digest = digestOf([{ name: 'Traffic', stories: [english] }], { lang: 'en' });
    const template = await prepare(digest, { language: 'en', postalAddress: '样例市示范路 1 号' });
    const html = htmlOf(renderEdition(template, editionFor(digest, 'all')));
    expect(otherTexts(html)).toEqual([['zh-CN', '样例市示范路 1 号']]);
  });
});
