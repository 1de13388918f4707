/**
 * The words of titles and texts that tell a topic of the built-in table where a digest gives neither tag nor category,
 * or a category such as “Top stories”. Narrower than aliases: a title speaks of much that it is not about.
 */
interface TopicWords {
  readonly words: readonly string[];
  readonly hints?: readonly string[];
}

/** By topic id. */
export const builtInWords: Readonly<Record<string, TopicWords>> = {
  policy: {
    words: parted(
      '政策 监管 法规 法律 立法 法案 条例 新规 征求意见 禁令 出口管制 制裁 关税 自贸协定 反垄断 版权 知识产权 诉讼 起诉 判决 罚款 国务院 财政部 工信部 发改委 网信办 商务部 ' +
        '三部门 两部门 多部门 议会 参议院 众议院 白宫 欧盟委员会 隐私泄露 policy regulation regulator regulators regulatory ' +
        'legislation lawmakers lawsuit sues sued court ruling antitrust copyright sanctions tariff ' +
        'tariffs senate congress white-house ai-act privacy banned bans fined police',
    ),
  },
  models: {
    words: parted(
      '模型 大模型 论文 开源 智能体 多模态 算法 基准测试 推理能力 上下文窗口 机器学习 深度学习 神经网络 预训练 微调 提示词 科学家 研究团队 model models llm llms ' +
        'paper open-source open-sources open-sourced benchmark benchmarks agents agentic multimodal ' +
        'fine-tuning weights reasoning context-window machine-learning neural-network researchers',
    ),
    hints: parted(
      'ai 人工智能 agi gpt chatgpt claude gemini deepseek qwen llama openai anthropic github python rust typescript javascript golang 编程 开发者',
    ),
  },
  products: {
    words: parted(
      '功能 插件 浏览器 工具 新品 机器人 自动驾驶 智能驾驶 无人机 无人驾驶 手机 耳机 头显 家电 智能家居 操作系统 输入法 客户端 feature features app apps ' +
        'plugin browser extension robot robots robotaxi smartphone smartphones headset wearable wearables ' +
        'gadget console',
    ),
  },
  funding: {
    words: parted(
      '融资 投融资 领投 天使轮 种子轮 A轮 B轮 C轮 D轮 并购 收购 上市 IPO 招股书 财报 营收 净利润 市值 估值 股价 股份 开盘 收盘 涨停 跌停 A股 港股 美股 港交所 证券 ' +
        '债券 基金 央行 降息 加息 比特币 加密货币 募资 分拆 raises raised funding seed-round series-a series-b series-c ' +
        'series-d acquires acquired acquisition merger ipo valuation earnings revenue shares stocks ' +
        'investors bitcoin unicorn buyout',
    ),
  },
  industry: {
    words: parted(
      '芯片 半导体 晶圆 光刻机 数据中心 算力 云服务 云计算 供应链 工厂 量产 产能 裁员 车企 战略合作 chip chips chipmaker semiconductor ' +
        'semiconductors gpu gpus data-center data-centers datacenter datacenters foundry supply-chain ' +
        'factory layoffs partnership cloud-computing',
    ),
  },
  biotech: {
    words: parted(
      '疫苗 药物 新药 临床试验 基因 癌症 肿瘤 患者 医院 医保 医疗 疾病 细胞 蛋白质 vaccine vaccines drug drugs clinical-trial gene ' +
        'genes genetic cancer tumor patients hospital hospitals disease protein fda',
    ),
  },
  space: {
    words: parted(
      '航天 火箭 卫星 太空 空间站 月球 火星 宇航员 星舰 rocket rockets satellite satellites spacecraft orbit lunar ' +
        'astronaut astronauts nasa spacex starship',
    ),
  },
  telecom: {
    words: parted('5G 6G 基站 运营商 光纤 宽带 频谱 物联网 卫星通信 telecom broadband spectrum fiber-optic'),
  },
  energy: {
    words: parted(
      '电池 储能 光伏 风电 核电 核聚变 氢能 绿氢 电网 充电桩 新能源 碳排放 碳中和 原油 油价 battery batteries solar wind-power ' +
        'nuclear-power fusion hydrogen power-grid emissions climate oil-prices',
    ),
  },
};

/** Parted at spaces; a hyphen stands for the space inside of a word. */
export function parted(text: string): string[] {
  return text.split(' ').map((word) => word.replaceAll('-', ' '));
}
