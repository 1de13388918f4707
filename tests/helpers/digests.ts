/** Digests built by hand, for rooms that take a parsed digest. All names in them are invented. */
import { join } from 'node:path';
import fc from 'fast-check';
import { darkColours, lightColours } from '../../src/core/mail-colours.ts';
import { packageRoot } from '../../src/core/package-root.ts';
import type { Category, Digest, Story } from '../../src/digest/digest.ts';
import { builtInTopics } from '../../src/digest/topics.ts';
import type { Edition } from '../../src/edition/edition.ts';
import { isSkipped } from '../../src/edition/edition.ts';
import { planEdition } from '../../src/edition/plan-edition.ts';
import type { Masthead } from '../../src/render/masthead.ts';
import { readWording } from '../../src/render/wording.ts';
import type { PreferenceSet } from '../../subscribers/preferences.ts';

export const topicIds = builtInTopics.map(({ id }) => id);

export const masthead: Masthead = {
  newsletter: 'morning',
  name: '晨间简报',
  language: 'zh',
  legalName: '样例出版社',
  postalAddress: '样例市示范路 1 号',
  contact: 'hello@example.invalid',
  assembledBy: 'machine',
  sponsored: false,
  theme: { accent: lightColours.accent, accentDark: darkColours.accent, footer: '' },
};

const templates = join(packageRoot(), 'templates', 'mail');

/** The mail's own words of both languages. */
export const wording = { zh: await readWording(templates, 'zh'), en: await readWording(templates, 'en') };

let line = 0;

export function storyOf(title: string, fields: Partial<Story> = {}): Story {
  line += 1;
  return { title, summary: '', highlights: [], sources: [], topics: ['other'], line, ...fields };
}

export function digestOf(categories: readonly Category[], fields: Partial<Digest> = {}): Digest {
  return {
    title: '晨间简报',
    date: '2026-03-05',
    lang: 'zh',
    format: 'markdown',
    categories,
    analyses: [],
    trends: [],
    ...fields,
  };
}

/** Three categories, six stories of five topics, one story of two topics, and everything a digest can hold. */
export function exampleDigest(fields: Partial<Digest> = {}): Digest {
  return digestOf(
    [
      {
        name: '政策与监管',
        stories: [
          storyOf('青湖市公布自动驾驶道路测试细则', {
            topics: ['policy'],
            summary: '细则自四月起施行，首批开放 **120 公里**城市道路。',
            background: '此前三年，测试只限封闭园区。',
            highlights: [
              { label: '准入', text: '企业须先完成五千公里仿真测试。' },
              { text: '事故须在一小时内上报。' },
            ],
            sources: [{ name: '青湖日报', url: 'https://news.example/policy?id=1&lang=zh' }],
          }),
          storyOf('数据中心能耗新标准征求意见', {
            topics: ['policy', 'energy'],
            summary: '新标准把能耗上限再降一成。',
            sources: [{ name: '标准委员会' }],
          }),
        ],
      },
      {
        name: '模型与技术',
        stories: [
          storyOf('云杉实验室开源小型语言模型 Spruce 2', {
            tag: '模型',
            topics: ['models'],
            summary: '三十亿参数，可在手机上运行。权重见 [仓库](https://code.example/spruce)。',
            background: '上一代只支持英语。',
            sources: [
              { name: '云杉实验室', url: 'https://lab.example/spruce-2' },
              { name: '代码周报', url: 'https://weekly.example/42' },
            ],
          }),
          storyOf('《芯片散热白皮书》指出液冷成本两年减半', {
            topics: ['models'],
            summary: '白皮书统计了四十座机房。',
          }),
        ],
      },
      {
        name: '航天',
        stories: [
          storyOf('海燕三号火箭完成第十次回收', { topics: ['space'], summary: '整流罩同时回收成功。' }),
          storyOf('月面通信中继星进入工作轨道', { topics: ['space', 'telecom'], summary: '时延低于三秒。' }),
        ],
      },
    ],
    {
      analyses: [{ title: '小模型为何回潮', fields: [{ label: '原因', text: '终端算力够用了。' }] }],
      trends: [{ label: '终端化', text: '推理从云端走向手机。' }, { text: '回收火箭成为常态。' }],
      ...fields,
    },
  );
}

export function editionFor(
  digest: Digest,
  topics: PreferenceSet['topics'],
  format: PreferenceSet['format'] = 'html',
): Edition {
  const date = digest.date ?? '2026-03-05';
  const edition = planEdition(
    digest,
    { topics, format },
    { issue: `morning-${date}`, revision: 1, date, topicOrder: topicIds },
  );
  if (isSkipped(edition)) throw new Error(`no story for ${String(topics)}`);
  return edition;
}

const arbitraryTopics = fc.uniqueArray(fc.constantFrom(...topicIds), { minLength: 1, maxLength: 3 });

/** Up to 7 categories of up to 4 stories; titles are unique, so that they can be found again in what is rendered. */
export const arbitraryDigest: fc.Arbitrary<Digest> = fc
  .array(fc.array(arbitraryTopics, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 7 })
  .map((categories) =>
    digestOf(
      categories.map((stories, c) => ({
        name: `类别${c}`,
        stories: stories.map((topics, s) =>
          storyOf(`标题〔${c}-${s}〕`, { topics, summary: `正文〔${c}-${s}〕` }),
        ),
      })),
    ),
  );

export const arbitraryChoice: fc.Arbitrary<PreferenceSet['topics']> = fc.oneof(
  fc.constant('all' as const),
  fc.uniqueArray(fc.constantFrom(...topicIds), { maxLength: topicIds.length }),
);
