/** The topic table: what a subscriber can choose, and the aliases by which a story's tag or category finds it. */
import type { TopicId } from './digest.ts';

export interface Topic {
  readonly id: TopicId;
  readonly name: { readonly zh: string; readonly en: string };
  readonly aliases: readonly string[];
}

/** The topic of stories that no alias matches. Always part of a table. */
export const otherTopicId = 'other';

/** The table used where no configuration gives one. */
export const builtInTopics: readonly Topic[] = [
  {
    id: 'policy',
    name: { zh: '政策与监管', en: 'Policy' },
    aliases: ['政策', '监管', 'policy', 'regulation'],
  },
  {
    id: 'models',
    name: { zh: '模型与技术', en: 'Models & research' },
    aliases: ['模型', '技术', 'models', 'model', 'research'],
  },
  {
    id: 'products',
    name: { zh: '产品与应用', en: 'Products' },
    aliases: ['产品', '应用', 'products', 'product', 'apps'],
  },
  {
    id: 'funding',
    name: { zh: '投融资', en: 'Funding & deals' },
    aliases: ['投融资', '并购', '资本', 'funding', 'deals', 'acquisition'],
  },
  {
    id: 'industry',
    name: { zh: '行业与生态', en: 'Industry' },
    aliases: ['行业', '生态', '落地', 'industry', 'business'],
  },
  { id: 'biotech', name: { zh: '生物医药', en: 'Biotech' }, aliases: ['生物医药', 'biotech', 'health'] },
  { id: 'space', name: { zh: '空天探索', en: 'Space' }, aliases: ['空天', '航天', 'space'] },
  { id: 'telecom', name: { zh: '通信', en: 'Telecom' }, aliases: ['6G', '通信', 'telecom'] },
  { id: 'energy', name: { zh: '能源', en: 'Energy' }, aliases: ['能源', '绿氢', 'energy', 'climate'] },
  { id: otherTopicId, name: { zh: '其他', en: 'Other' }, aliases: [] },
];
