/** Digests in the shapes of many publishers: a reader who compares file and mail finds the stories, titled and sourced. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ParsedDigest, storiesOf } from '../../src/digest/digest.ts';
import { parseDigest } from '../../src/digest/parse.ts';
import { builtInTopics } from '../../src/digest/topics.ts';
import { lostLines, urlsOf } from './line-account.ts';

type Outline = readonly (readonly [category: string, stories: Readonly<Record<string, readonly string[]>>])[];

interface Expected {
  readonly title: string;
  readonly date: string;
  /** Given to the parser for a file of several days. */
  readonly day?: string;
  /** Categories with their stories' titles and sources, a linked one with its address. */
  readonly outline: Outline;
  /** What may stand in no story. */
  readonly asides: readonly string[];
}

const publishers: Readonly<Record<string, Expected>> = {
  'obsidian-vault.md': {
    title: '晚间科技简报',
    date: '2026-03-04',
    outline: [
      [
        '政策',
        {
          青湖市公布自动驾驶测试细则: ['青湖日报 https://news.example/qinghu/1'],
          云杉省统一数据出境表格: ['云杉晚报 https://news.example/yunshan/2'],
        },
      ],
      ['模型', { '小河实验室开源 3B 端侧模型': ['小河实验室 https://lab.example/3b'] }],
    ],
    asides: ['生成时间', 'daily-note'],
  },
  'wechat-export.md': {
    title: '早安科技 | 2026年3月5日 星期四',
    date: '2026-03-05',
    outline: [
      [
        '',
        {
          白鹭汽车发布第二代固态电池: ['海屿财经'],
          三家银行试点数字票据互认: ['金融早报'],
          '北山芯片完成 12 亿元 B 轮融资': ['创投日报 https://vc.example/b/3'],
          国家航天机构公布登月时间表: ['新华社'],
        },
      ],
    ],
    asides: ['点击上方', '点赞', '二维码', '责任编辑', '由AI整理', '明天见'],
  },
  'release-notes.md': {
    title: 'Open Source Weekly — March 6, 2026',
    date: '2026-03-06',
    outline: [
      [
        '🚀 Releases',
        {
          'vectordb 4.2.0': ['git.example https://git.example/vectordb/pull/812'],
          'tinyserve 1.0': ['Changelog https://git.example/tinyserve/1.0'],
          '`promptkit` 0.9: drops Python 3.9': ['#77 https://git.example/promptkit/pull/77'],
        },
      ],
      [
        '🐛 Security',
        {
          'CVE-2026-1042 in libfoo allows remote code execution; upgrade to 3.1.7': [
            'advisory https://sec.example/CVE-2026-1042',
          ],
        },
      ],
    ],
    asides: ['Full Changelog', 'Run ID'],
  },
  'link-table.md': {
    title: 'AI Links 2026-03-07',
    date: '2026-03-07',
    outline: [
      [
        '',
        {
          'Parliament passes model transparency bill': [
            'law.example https://law.example/bill',
            'Law Wire https://wire.example/law',
          ],
          'Robots pick fruit at night': [
            'farm.example https://farm.example/robots',
            'Farm Daily https://daily.example/farm',
            'Agri News https://agri.example/2',
          ],
          'Chip maker delays 2 nm node': ['Semi Journal'],
        },
      ],
    ],
    asides: ['Subscribe'],
  },
  'nested-labels.md': {
    title: 'The Morning Stack',
    date: '2026-03-08',
    outline: [
      [
        '🧠 Research & Models',
        {
          'Lighthouse 2 beats its teacher on long documents': [
            'Lighthouse blog https://lighthouse.example/2',
          ],
          'A cheaper way to watermark text': ['arXiv https://arxiv.example/abs/2603.01'],
        },
      ],
      ['💸 Startups & Funding', { 'Harbor raises $40M for port robots': ['Harbor press office'] }],
      [
        '⚖️ Safety & Policy',
        { 'Regulator opens inquiry into voice clones': ['The Ledger https://ledger.example/voice'] },
      ],
    ],
    asides: ['Good morning', 'Thanks for reading', 'language model, I'],
  },
  'details-cards.md': {
    title: '每日卡片 2026-03-09',
    date: '2026-03-09',
    outline: [
      [
        '',
        {
          海屿港启用无人集卡: ['海屿港务 https://port.example/trucks'],
          老城区改造引入数字孪生: ['老城建设 https://city.example/twin?a=1&b=2'],
          农业大模型进入三省: ['农科院 https://farm.example/llm'],
        },
      ],
    ],
    asides: ['cards-bot'],
  },
  'html-cards.md': {
    title: 'Evening Cards — March 10, 2026',
    date: '2026-03-10',
    outline: [
      [
        '',
        {
          'Probe enters the ring system': ['Space Desk https://space.example/ring'],
          'City battery survives its first winter': ['Grid Report https://grid.example/battery'],
        },
      ],
    ],
    asides: ['Unsubscribe', '©'],
  },
  'rss-headlines.md': {
    title: 'RSS 速览 2026-03-11',
    date: '2026-03-11',
    outline: [
      [
        '36 科技',
        {
          云杉发布折叠屏手机: ['36 科技 https://tech.example/fold'],
          '运营商公布 6G 试验频段': ['通信周刊 https://tech.example/6g'],
          数据中心余热进社区: ['tech.example https://tech.example/heat'],
        },
      ],
      [
        'Hacker List',
        {
          'A database in 500 lines': [
            'hn.example https://hn.example/db',
            'comments https://hn.example/item/1',
          ],
          'Why queues lie': ['Ada Stone https://blog.example/queues'],
          'Ask: what do you read?': ['hn.example https://hn.example/item/3'],
        },
      ],
    ],
    asides: ['阅读更多'],
  },
  'several-days.md': {
    title: '一周要闻汇编',
    date: '2026-03-12',
    day: '2026-03-12',
    outline: [
      [
        '科技',
        {
          潮汐电站并网: ['能源报 https://energy.example/tide'],
          新药进入三期: ['医药报 https://med.example/p3'],
        },
      ],
    ],
    asides: ['刷掌', '欢迎订阅'],
  },
  'emoji-brief.md': {
    title: '☕ Daily Tech Brief — March 12, 2026',
    date: '2026-03-12',
    outline: [
      [
        '🤖 AI & Models',
        {
          'Foundry opens its weights': ['foundry.example https://foundry.example/open'],
          'A benchmark loses its crown': ['bench.example https://bench.example/leak'],
        },
      ],
      ['⚡ Energy', { 'Heat pumps outsell boilers': ['heat.example https://heat.example/q1'] }],
    ],
    asides: ['See you tomorrow', 'Task ID'],
  },
  'overview-categories.md': {
    title: '观澜早报 2026-03-13',
    date: '2026-03-13',
    outline: [
      [
        '政策',
        {
          数据条例草案公开征求意见: ['条例全文 https://law.example/data'],
          电网接入新规四月施行: ['能源局 https://grid.example/rule'],
        },
      ],
      ['资本', { 沧浪科技递交上市申请: ['交易所公告 https://ex.example/ipo'] }],
    ],
    asides: ['投资建议'],
  },
  'plain-bullets.txt': {
    title: '【科技早知道】2026年3月14日',
    date: '2026-03-14',
    outline: [
      [
        '国际',
        {
          '某国通过算法透明法案，平台须公开推荐逻辑': ['路透社'],
          '深海电缆修复完成，两洲之间的时延恢复正常': ['海事周刊'],
        },
      ],
      [
        '国内',
        {
          '首条氢能重卡走廊开通，全长 900 公里': ['能源报'],
          '五家医院共用影像模型，误诊率下降': ['健康报'],
        },
      ],
    ],
    asides: ['转载请注明'],
  },
  'inline-links.md': {
    title: 'The Roundup — 20 March 2026',
    date: '2026-03-20',
    outline: [
      ['VOICE RIGHTS', { '🎙️ Court blocks voice clone sale': ['court.example https://court.example/1'] }],
      ['ROBOTICS', { '🤖 Tiny robot climbs stairs': ['robot.example https://robot.example/2'] }],
      [
        'QUICK HITS',
        {
          '**Vectordb** released 4.2 with [filters](https://git.example/v)': [
            'git.example https://git.example/v',
          ],
          '**Grid Co** signed a [200 MW deal](https://grid.example/200)': [
            'grid.example https://grid.example/200',
          ],
        },
      ],
    ],
    asides: ["In today's edition", "That's it"],
  },
  'linked-titles.md': {
    title: 'Short Reads 2026-03-20',
    date: '2026-03-20',
    outline: [
      [
        'Headlines & Launches',
        {
          "Foundry's new model writes its own tests": [
            'foundry.example https://foundry.example/tests?utm_source=short',
          ],
          'Harbor closes office': ['harbor.example https://harbor.example/close'],
        },
      ],
      ['Deep Dives & Analysis', { 'Why queues lie': ['blog.example https://blog.example/queues'] }],
      [
        'Quick Links',
        {
          'Tiny vector index (GitHub Repo)': ['git.example https://git.example/tiny'],
          'A map of all chips (Website)': ['map.example https://map.example'],
        },
      ],
    ],
    asides: ['Tell your friends', 'Want to advertise', 'Sponsor'],
  },
  'dense-marks.txt': {
    title: '科技早报｜3月20日 星期五',
    date: '2026-03-20',
    outline: [
      ['头条', { 云杉发布三折屏手机: ['海屿财经'], 三部门规范算法推荐: ['新华社'] }],
      ['资本', { 沧浪科技过会: ['证券报'] }],
    ],
    asides: ['END', '在看'],
  },
  'keycaps.md': {
    title: 'AI 日报 | 3 月 20 日',
    date: '2026-03-20',
    outline: [
      [
        '🔥 今日热点',
        {
          '1️⃣ 云杉开源 70B 模型': ['yunshan.example https://yunshan.example/70b'],
          '2️⃣ 青湖市上线无人公交': ['qinghu.example https://qinghu.example/bus'],
        },
      ],
      ['💰 融资动态', { '3️⃣ 北山芯片完成 B 轮': ['beishan.example https://beishan.example/b'] }],
    ],
    asides: [],
  },
  'chatbot-answer.md': {
    title: 'Daily AI Digest – March 15, 2026',
    date: '2026-03-15',
    outline: [
      [
        '',
        {
          'Orchard releases on-device translator': ['Orchard Newsroom https://orchard.example/translate'],
          'Union and studios agree on voice rights': ['Stage Wire https://stage.example/voices'],
          'Rocket startup lands second stage': ['Orbit Post https://orbit.example/land'],
        },
      ],
    ],
    asides: ['Sure!', 'Let me know', 'Task ID', 'Tokens used'],
  },
  'substack-post.md': {
    title: 'The Morning Relay: chips, courts and a very small rocket',
    date: '2026-03-09',
    outline: [
      [
        '',
        {
          'Court lets Harbor AI train on scanned books': ['law.example https://law.example/harbor/ruling'],
          'Northwind tapes out its first 2 nm chip': ['Fab Weekly https://fab.example/northwind'],
          'A student team launches a 90-centimetre rocket': ['Skyward https://sky.example/student-rocket'],
        },
      ],
    ],
    asides: ['What the harbour', 'Dana Reed', 'Good morning', 'Share The', 'Leave a comment', 'Subscribe'],
  },
  'notion-export.md': {
    title: '每日资讯 2026-03-10',
    date: '2026-03-10',
    outline: [
      [
        '📌 头条',
        {
          海屿市批准无人配送车上路: ['海屿日报 https://daily.example/delivery'],
          '云杉实验室把翻译模型压到 200 MB': ['云杉实验室 https://lab.example/translate'],
        },
      ],
      ['🔋 能源', { 北山抽水蓄能电站并网: ['能源周报 https://energy.example/beishan'] }],
    ],
    asides: ['创建时间', '负责人', '状态', 'aside', '四分钟'],
  },
  'feishu-doc.md': {
    title: '海屿科技早报｜3月11日（周三）',
    date: '2026-03-11',
    outline: [
      [
        '大公司',
        {
          '白鹭汽车宣布召回 1.2 万辆轿车': ['auto.example https://auto.example/recall'],
          海屿银行上线语音转账: ['bank.example https://bank.example/voice'],
        },
      ],
      ['新产品', { 青湖发布可折叠阅读器: ['reader.example https://reader.example/fold'] }],
      ['融资', { '小河机器人完成 3 亿元 C 轮融资': ['vc.example https://vc.example/xiaohe'] }],
    ],
    asides: ['07:30', 'END', '编辑', '扫码'],
  },
  'card-grid.html.md': {
    title: 'Daily Cards · 2026-03-12',
    date: '2026-03-12',
    outline: [
      [
        '',
        {
          'City council caps shared bikes at 20,000': ['City Desk https://city.example/bikes'],
          'Grid operator orders 400 MWh of storage': ['Grid News https://grid.example/storage'],
          'Warehouse robots learn to share a charging dock': ['Bots Today https://bots.example/dock'],
        },
      ],
    ],
    asides: ['ago', 'yesterday', 'subscribed'],
  },
  'tab-table.txt': {
    title: '科技简讯 2026-03-13',
    date: '2026-03-13',
    outline: [
      [
        '',
        {
          海屿港自动化码头投入运营: ['港口报 https://port.example/auto'],
          云杉省发布算力补贴细则: ['云杉晚报 https://yunshan.example/subsidy'],
          '北山芯片公布年度营收 41 亿元': ['创投日报 https://vc.example/revenue'],
          小河实验室开源语音模型: ['小河实验室 https://lab.example/voice'],
        },
      ],
    ],
    asides: ['08:10', '标题'],
  },
  'rss-to-markdown.md': {
    title: 'Feed digest for 2026-03-14',
    date: '2026-03-14',
    outline: [
      [
        'Harbor Wire',
        {
          'Ferry line tests hydrogen engine': ['harbor.example https://harbor.example/ferry?utm_source=rss'],
          'Port opens a training centre for crane operators': [
            'harbor.example https://harbor.example/cranes?utm_source=rss',
          ],
        },
      ],
      [
        'Lab Notes',
        {
          'A benchmark for reading old handwriting': [
            'lab.example https://lab.example/handwriting?utm_source=rss',
          ],
          'Open weights for a weather model': ['lab.example https://lab.example/weather?utm_source=rss'],
        },
      ],
    ],
    asides: ['GMT', 'by Ann Lee', 'appeared first', 'Continue reading'],
  },
  'repo-trending.md': {
    title: 'GitHub Trending - 2026-03-15',
    date: '2026-03-15',
    outline: [
      [
        'Python',
        {
          'northlab / tinydoc': ['github.com/northlab/tinydoc https://github.com/northlab/tinydoc'],
          'reed / queuebench': ['github.com/reed/queuebench https://github.com/reed/queuebench'],
        },
      ],
      [
        'Rust',
        {
          'harbor-ai / sailfish': ['github.com/harbor-ai/sailfish https://github.com/harbor-ai/sailfish'],
          'okta-labs / gridsim': ['github.com/okta-labs/gridsim https://github.com/okta-labs/gridsim'],
        },
      ],
    ],
    asides: [],
  },
  'numbered-links.txt': {
    title: 'Harbor Short 2026-03-17',
    date: '2026-03-17',
    outline: [
      [
        'HEADLINES & LAUNCHES',
        {
          'ORCHARD RELEASES ON-DEVICE TRANSLATOR': ['orchard.example https://orchard.example/translate'],
          'UNION AND STUDIOS AGREE ON VOICE RIGHTS': ['stage.example https://stage.example/voices'],
        },
      ],
      [
        'DEEP DIVES & ANALYSIS',
        {
          'WHY SMALL MODELS CAME BACK': ['essay.example https://essay.example/small-models'],
        },
      ],
    ],
    asides: ['Links', '[1]'],
  },
  'reference-links.md': {
    title: 'Morning Notes — 18 March 2026',
    date: '2026-03-18',
    outline: [
      [
        'Policy',
        {
          'Court rules on shared bikes': ['city.example https://city.example/bikes'],
          'Parliament debates voice rights': ['stage.example https://stage.example/voices'],
        },
      ],
      ['Energy', { 'Grid orders 400 MWh of storage': ['grid.example https://grid.example/storage'] }],
    ],
    asides: ['[bikes]', 'Stage Wire'],
  },
  'channel-posts.txt': {
    title: '📰 海屿科技频道 2026年3月21日',
    date: '2026-03-21',
    outline: [
      [
        '',
        {
          白鹭汽车发布第二代固态电池: ['auto.example https://auto.example/battery'],
          海屿银行试点数字票据互认: ['bank.example https://bank.example/bill'],
          '小河实验室开源 3B 端侧模型': ['lab.example https://lab.example/3b'],
        },
      ],
    ],
    asides: ['@haiyu_tech'],
  },
  'chat-export.txt': {
    title: '📰 海屿早知道 2026年3月3日',
    date: '2026-03-03',
    outline: [
      [
        '',
        {
          '🔥 云杉实验室发布 Spruce 3': ['lab.example https://lab.example/spruce-3'],
          '⚡️ 海屿市启用首座 400 兆瓦时储能电站': ['海屿日报 https://haiyu.example/storage'],
          '📱 小满笔记上线离线整理': ['xiaoman.example https://xiaoman.example/offline'],
          '💰 叠木完成 2.4 亿元 B 轮融资': ['示例财经'],
        },
      ],
    ],
    asides: ['[08:15]', '@haiyu_bot', '欢迎转发'],
  },
  'plain-sections.txt': {
    title: '早八点丨云杉实验室发布Spruce 3；海屿市启用储能电站；叠木完成2.4亿元融资',
    date: '2026-03-03',
    outline: [
      [
        'TOP3大新闻',
        {
          '云杉实验室发布Spruce 3，手机端离线运行': ['海屿财经'],
          海屿市启用首座400兆瓦时储能电站: ['海屿日报'],
          '叠木完成2.4亿元B轮融资': ['云杉晚报'],
        },
      ],
      ['大公司/大事件', { 白鹭汽车召回部分车型: ['示例通讯社'], 小满笔记上线离线整理: ['小河科技'] }],
      ['投融资', { '“细目”获数千万元天使轮融资': [] }],
    ],
    asides: ['小北'],
  },
  'links-at-end.txt': {
    title: 'Harbor Brief 2026-03-03',
    date: '2026-03-03',
    outline: [
      [
        'Big Tech & Startups',
        {
          'Lithos Ships First Etcher': ['chip.example https://chip.example/lithos?utm_source=letter'],
          'Riverbank Switches On 400 MWh Battery': [
            'grid.example https://grid.example/battery?utm_source=letter',
          ],
        },
      ],
      [
        'Science & Futuristic Technology',
        {
          'Seal Timetable Predicts Tides': ['sea.example https://sea.example/seal?utm_source=letter'],
        },
      ],
    ],
    asides: ['Links', '[2]'],
  },
  'keycap-bold.md': {
    title: '海屿科技日报',
    date: '2026-03-03',
    outline: [
      [
        '',
        {
          '1️⃣ 云杉实验室发布 Spruce 3': ['lab.example https://lab.example/spruce-3'],
          '2️⃣ 海屿市启用储能电站': ['haiyu.example https://haiyu.example/storage'],
        },
      ],
    ],
    asides: ['详情'],
  },
  'bold-lead-ins.md': {
    title: 'Harbor AM',
    date: '2026-03-22',
    outline: [
      [
        '',
        {
          '1 big thing: The quiet ferry': ['sea.example https://sea.example/quiet'],
          'Crane school opens': [],
          '🎧 One fun thing': [],
        },
      ],
    ],
    asides: ['Good Sunday', 'Go deeper', 'Share this', 'forwarded'],
  },
  'timed-headlines.txt': {
    title: '财经快讯 2026年3月16日',
    date: '2026-03-16',
    outline: [
      [
        '',
        {
          海屿央行维持利率不变: [],
          '白鹭汽车开盘涨 6%': [],
          云杉省开放储能电站民间投资: [],
          '北山芯片获 12 亿元订单': [],
        },
      ],
    ],
    asides: ['09:02', '11:48'],
  },
};

const folder = join(import.meta.dirname, 'publishers');

describe.each(Object.entries(publishers))('%s', (name, expected) => {
  const source = readFileSync(join(folder, name), 'utf8');
  const parse = () =>
    parseDigest(source, {
      topics: builtInTopics,
      name,
      ...(expected.day !== undefined && { date: expected.day }),
    });

  it('has its title, date, categories, stories and sources', () => {
    const { digest } = parse();
    expect(outlineOf(digest)).toEqual(expected.outline);
    expect(digest).toMatchObject({ title: expected.title, date: expected.date });
  });

  it('keeps promotion and chatter out of the mail, and lists them', () => {
    const { digest, unparsed } = parse();
    const listed = unparsed.map(({ text }) => text).join('\n');
    for (const aside of expected.asides) {
      expect(JSON.stringify(digest)).not.toContain(aside);
      expect(listed).toContain(aside);
    }
  });

  it('accounts for every line and invents no address', () => {
    const parsed = parse();
    expect(lostLines(source, parsed)).toEqual([]);
    for (const url of urlsOf(parsed)) expect(source).toContain(url);
  });
});

it('a motto is no closing sentence', () => {
  const source = readFileSync(join(folder, 'plain-bullets.txt'), 'utf8');
  const { digest } = parseDigest(source, { topics: builtInTopics, name: 'x' });
  expect([digest.motto, digest.closing]).toEqual(['路走得慢，也是走。', undefined]);
});

it('nested labels are points under their own words', () => {
  const source = readFileSync(join(folder, 'nested-labels.md'), 'utf8');
  const [first] = storiesOf(parseDigest(source, { topics: builtInTopics, name: 'x' }).digest);
  expect(first?.highlights).toEqual([
    { label: 'What happened', text: 'A 7B student scored 3 points higher than the 70B teacher.' },
    { label: 'Why it matters', text: 'Distillation no longer costs quality.' },
  ]);
});

function outlineOf(digest: ParsedDigest['digest']): Outline {
  return digest.categories.map(({ name, stories }) => [
    name,
    Object.fromEntries(
      stories.map(({ title, sources }) => [
        title,
        sources.map((source) => (source.url === undefined ? source.name : `${source.name} ${source.url}`)),
      ]),
    ),
  ]);
}
