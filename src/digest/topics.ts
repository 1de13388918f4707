/** The topic table: what a subscriber can choose, and the words by which a story's tag, category or title finds it. */
import type { TopicId } from './digest.ts';
import { builtInWords, parted } from './topic-words.ts';

export interface Topic {
  readonly id: TopicId;
  readonly name: { readonly zh: string; readonly en: string };
  readonly aliases: readonly string[];
  /** Words too broad to find inside of others: they have to be the whole tag or category. */
  readonly alone?: readonly string[];
  /** Words of a title or a text that tell the topic where neither tag nor category does; absent: the aliases. */
  readonly words?: readonly string[];
  /** Words of a title or a category that tell the topic where nothing else tells any. */
  readonly hints?: readonly string[];
}

/** The topic of stories that no alias matches. Always part of a table. */
export const otherTopicId = 'other';

/** The table used where no configuration gives one. */
export const builtInTopics: readonly Topic[] = withWords([
  {
    id: 'policy',
    name: { zh: '政策与监管', en: 'Policy' },
    aliases: parted(
      '政策 监管 法规 法律 立法 合规 治理 安全 伦理 隐私 版权 知识产权 反垄断 标准 出口管制 ' +
        'policy policies regulation regulations regulatory law legal governance safety security privacy ethics ' +
        'compliance copyright antitrust government',
    ),
  },
  {
    id: 'models',
    name: { zh: '模型与技术', en: 'Models & research' },
    aliases: parted(
      '模型 技术 研究 论文 科研 学术 算法 开源 智能体 多模态 人工智能 机器学习 深度学习 ' +
        'models model research paper papers science open-source agent agents agentic llm llms multimodal benchmarks ' +
        'deep-learning machine-learning artificial-intelligence',
    ),
    alone: parted('ai 科技 前沿 tech technology'),
  },
  {
    id: 'products',
    name: { zh: '产品与应用', en: 'Products' },
    aliases: parted(
      '产品 应用 工具 硬件 软件 机器人 自动驾驶 智能驾驶 消费电子 手机 ' +
        'products product apps app applications tools tool hardware software gadgets devices robotics robots robot launches',
    ),
  },
  {
    id: 'funding',
    name: { zh: '投融资', en: 'Funding & deals' },
    aliases: parted(
      '投融资 投资 融资 并购 收购 资本 金融 财经 证券 股票 债券 股市 上市 IPO 央行 银行 货币 创业 创投 财报 ' +
        'funding deals deal acquisition acquisitions finance financial investment investments investing investors ' +
        'startup startups venture fundraising stocks stock bonds bond crypto earnings economy fintech',
    ),
  },
  {
    id: 'industry',
    name: { zh: '行业与生态', en: 'Industry' },
    aliases: parted(
      '行业 生态 落地 产业 企业 公司 芯片 半导体 算力 云计算 数据中心 基础设施 制造 供应链 ' +
        'industry business businesses enterprise companies company ecosystem partnership partnerships chips chip ' +
        'semiconductor semiconductors cloud infrastructure manufacturing',
    ),
    alone: parted('商业 商业化 市场 market markets'),
  },
  {
    id: 'biotech',
    name: { zh: '生物医药', en: 'Biotech' },
    aliases: parted(
      '生物 医药 医疗 医学 健康 生命科学 biotech health healthcare medicine medical biology life-sciences',
    ),
  },
  {
    id: 'space',
    name: { zh: '空天探索', en: 'Space' },
    aliases: parted('空天 航天 太空 卫星 火箭 天文 space satellite satellites rocket rockets astronomy'),
  },
  {
    id: 'telecom',
    name: { zh: '通信', en: 'Telecom' },
    aliases: parted('6G 5G 通信 通讯 电信 物联网 telecom telecoms telecommunications IoT wireless'),
  },
  {
    id: 'energy',
    name: { zh: '能源', en: 'Energy' },
    aliases: parted(
      '能源 绿氢 电池 储能 光伏 电力 核能 核电 核聚变 气候 环保 energy climate battery batteries solar nuclear',
    ),
    alone: parted('环境 生态环境 environment green'),
  },
  { id: otherTopicId, name: { zh: '其他', en: 'Other' }, aliases: [] },
]);

function withWords(table: readonly Topic[]): readonly Topic[] {
  return table.map((topic) => ({ ...topic, ...builtInWords[topic.id] }));
}
