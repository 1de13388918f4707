/** Digests as nobody would write them: lines in every shape that digests have, in any order. */
import fc from 'fast-check';

const word = fc.constantFrom(
  ...'云杉 青湖市 Harbor 开源模型 固态电池 raises $40M 发布 2.0 the regulator 三家银行 GPT-5 端侧 10:30 a_b *ST'.split(
    ' ',
  ),
);
const phrase = fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => words.join(' '));
const sentence = fc
  .tuple(phrase, phrase, fc.constantFrom('。', '.', '！', '?', ''))
  .map(([a, b, end]) => `${a}，${b}${end}`);
const address = fc
  .nat(30)
  .map((page) =>
    `https://n${page % 5}.example/p/${page}?a=1&b=(${page})`.replace(page % 3 ? /[()]/g : /^$/, ''),
  );
const anchor = fc.constantFrom(
  '阅读原文',
  'Read more',
  '青湖日报',
  'TechWire',
  '↗',
  '**粗**',
  '![i](https://i.example/x.png)',
);
/** The same pages, passed on. */
const passedOn = address.map((url) => `${url}&utm_source=rss`);
const link = fc
  .tuple(anchor, fc.oneof({ weight: 4, arbitrary: address }, passedOn))
  .map(([name, url]) => `[${name}](${url})`);
const badLink = fc.constantFrom(
  '[x](javascript:alert(1))',
  '[y](/relative)',
  '[z](https://u:p@h.example/)',
  '<a href="javascript:x">y</a>',
);
const label = fc.constantFrom(
  '说明',
  '背景',
  '要点',
  '来源出处',
  '来源',
  'Source',
  'Why it matters',
  '**链接**',
  '作者',
  '发布时间',
  'TL;DR',
  '标签',
  '趋势总结',
  '深度解析',
  '今日核心趋势总结',
);
const number = fc.constantFrom('1. ', '2) ', '3、', '一、', '（二）', '10.', '');
const bullet = fc.constantFrom('- ', '* ', '• ', '  - ', '    - ', '1. ', '- [ ] ', '> ', '> > ');
const heading = fc.constantFrom('# ', '## ', '### ', '#### ', '##');
const aside = fc.constantFrom(
  '以上内容由AI生成，仅供参考',
  '欢迎关注公众号',
  'As an AI language model, I cannot',
  'Task ID: 7f3a-11',
  '明天见！',
  'Thanks for reading!',
  '© 2026',
  '责任编辑：小北',
  '【微语】慢慢走',
  '转载请注明出处',
);
const frame = fc.constantFrom(
  '---',
  '***',
  '',
  '',
  '',
  '```',
  '```json',
  '| 标题 | 来源 |',
  '|---|---|',
  '<details>',
  '</details>',
  '<!--',
  '-->',
  '<script>',
  '</script>',
  '====',
  'title: x',
  'tags: [a, "b"]',
  'date: 2026-03-02T08:00:00Z',
  '# 2026-03-01',
  '## 2026-03-02 星期一',
  '\u202e',
  '> [!note] 提示',
  '目录',
  '## 目录',
  '## 概览',
  '## 关于我们',
  '## 附录：指标',
  '│ ┌─┐ │',
);
/** What a template puts under every story. */
const ending = fc.constantFrom(
  '更多内容请打开海屿客户端继续阅读。',
  '电网、储能与氢能的每日动态。',
  'The post It opened appeared first on Wire.',
);
const moment = fc.constantFrom(
  '发布时间: 2026-03-02 17:41:34 +0800',
  '3 hours ago',
  'TechWire · 2026-03-02',
  '*Sat, 14 Mar 2026 06:15:00 GMT* — by Ann Lee',
  '| Articles | 10 |',
);
const line = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(heading, number, phrase).map((parts) => parts.join('')) },
  { weight: 2, arbitrary: fc.tuple(heading, link).map((parts) => parts.join('')) },
  { weight: 3, arbitrary: fc.tuple(number, phrase).map(([n, text]) => `**${n}${text}**`) },
  { weight: 4, arbitrary: sentence },
  { weight: 3, arbitrary: fc.tuple(bullet, sentence, link).map((parts) => parts.join(' ')) },
  { weight: 3, arbitrary: fc.tuple(bullet, phrase, sentence).map(([b, t, s]) => `${b}**${t}**：${s}`) },
  { weight: 3, arbitrary: fc.tuple(bullet, label, sentence).map(([b, l, s]) => `${b}${l}：${s}`) },
  { weight: 3, arbitrary: fc.tuple(label, fc.oneof(sentence, link, address)).map(([l, s]) => `${l}: ${s}`) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(number, link, fc.constantFrom(' - TechWire', '（青湖日报）', ' | 12 points', ''))
      .map((parts) => parts.join('')),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(sentence, fc.constantFrom('(财联社)', '（来源：新华社）', '来源：某报', ' (via Wire)'))
      .map((parts) => parts.join('')),
  },
  { weight: 2, arbitrary: fc.tuple(phrase, link, sentence).map((cells) => `| ${cells.join(' | ')} |`) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom('AI技术', '政策', '6G通信'), phrase).map(([t, p]) => `${t}-${p}`),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(address, phrase).map(([url, text]) => `<h3><a href="${url}">${text}</a></h3>`),
  },
  { weight: 1, arbitrary: phrase.map((text) => `<summary><b>${text}</b></summary>`) },
  { weight: 1, arbitrary: fc.tuple(phrase, phrase, address).map((cells) => cells.join('\t')) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('09:31 ', '[10:02] ', '- 11:15 | '), phrase)
      .map((parts) => parts.join('')),
  },
  { weight: 1, arbitrary: fc.tuple(sentence, ending).map((parts) => parts.join(' ')) },
  { weight: 1, arbitrary: moment },
  { weight: 1, arbitrary: fc.tuple(bullet, phrase, sentence).map(([b, t, s]) => `${b}[${t}][ref] ${s} [1]`) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom('[ref]: ', '[1] ', '[1]: '), address).map((parts) => parts.join('')),
  },
  { weight: 1, arbitrary: fc.constantFrom('#芯片 #融资', '@haiyu_tech', '🔹 云杉') },
  { weight: 1, arbitrary: phrase.map((text) => `<span class="badge">${text}</span>`) },
  { weight: 2, arbitrary: aside },
  { weight: 5, arbitrary: frame },
  { weight: 1, arbitrary: badLink },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 30 }) },
);
export const lineSoup: fc.Arbitrary<string> = fc
  .array(line, { maxLength: 40 })
  .map((lines) => lines.join('\n'));
