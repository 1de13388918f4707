/**
 * What stands around the news and is none: promotion of the publisher, and the talk of the tool that wrote the digest.
 * Whole lines only, told by how they begin: a story about such words keeps them.
 */
import { findDate } from './dates.ts';
import { inlineText } from './inline.ts';
import { columns } from './reading.ts';
import type { SourceLine } from './source-lines.ts';
import type { Tally } from './tally.ts';

/** `chatter`: a tool talks about itself or its work. `promotion`: the publisher asks for something. */
export type Aside = 'chatter' | 'promotion';

/** What the line is besides news, or `undefined`. Headings and long lines are taken for what they say. */
export function asideOf(line: string): Aside | undefined {
  if (line.length > 600 || /^\s*#/.test(line)) return undefined;
  const text = bareText(line);
  if (text === '' || columns(text) > 240) return undefined;
  if (chatter.some((pattern) => pattern.test(text))) return 'chatter';
  if (columns(text) > 120) return undefined;
  // The handle of a channel, which signs every post with it.
  if (/^\s*@[\w.]{3,40}\s*$/.test(line)) return 'promotion';
  if (!/https?:/i.test(line) && deadEnd.test(text)) return 'promotion';
  return promotion.some((pattern) => pattern.test(text)) ? 'promotion' : undefined;
}

/** The talk of a tool in the text: a paragraph that is nothing else, or words that nobody else would use. */
export function chatterIn(text: string): string | undefined {
  const paragraph = text.split('\n\n').find((part) => asideOf(part) === 'chatter');
  return paragraph ?? unmistakable.exec(text)?.[0];
}

const unmistakable =
  /\bas an ai (?:language )?(?:model|assistant),? i\b[^.。]{0,60}|作为(?:一?[个名位])?(?:AI|人工智能)(?:语言)?(?:模型|助手)[，,]?我[^。]{0,30}|\b(?:task|run|job|session)[ _-]?id\s*[:=]\s*[\da-f][\da-f-]{5,}/iu;

/** The lines, asides emptied and left out. A line with a date at the start of the file may be the digest's date. */
export function withoutAsides(lines: readonly SourceLine[], tally: Tally): SourceLine[] {
  return lines.map((entry) => {
    const aside = entry.text === '' ? undefined : asideOf(entry.text);
    if (aside === undefined || (entry.line <= 12 && findDate(entry.text) !== undefined)) return entry;
    tally.leaveOut(entry.line, aside);
    return { line: entry.line, text: '' };
  });
}

/** Without bullets, quote marks, emphasis, brackets around the whole, and pictographs before the first word. */
function bareText(line: string): string {
  return inlineText(line.replace(/^[\s>*+•·#-]+/u, ''))
    .replace(/^[^\p{L}\p{N}©]+/u, '')
    .trim();
}

const maker =
  '(?:AI|人工智能|大模型|机器人?|程序|脚本|自动化|智能体|Claude|ChatGPT|GPT|Gemini|DeepSeek|Kimi|豆包|通义)';
const made = '(?:生成|整理|撰写|编写|创作|汇总|采集|制作|翻译|总结|输出|编辑|完成)';

const chatter: readonly RegExp[] = [
  new RegExp(
    `^(?:以上|本文|本日报|本早报|本简报|本期|本报|本邮件|本内容|此内容|该内容|本页|全文|部分内容|内容均?)[^。，,；]{0,16}(?:由|经|借助|使用|通过)\\s*(?:[\\p{L}\\s]{0,12})${maker}[^。]{0,16}${made}`,
    'iu',
  ),
  new RegExp(
    `^(?:提示|声明|免责声明|特别提示|温馨提示|注|备注|编辑说明|关于本文)\\s*[:：].{0,40}(?:${maker}.{0,20}${made}|仅供参考|不构成)`,
    'iu',
  ),
  /^(?:由|本.{0,6}由)\s*\S{0,20}\s*(?:自动|智能)(?:生成|整理|汇总|采集|推送)[^。]{0,30}。?$/u,
  /^(?:以上|本)(?:内容|信息|资讯)?.{0,12}(?:仅供参考|不构成(?:任何)?(?:投资)?建议)/u,
  /^(?:as an ai(?: (?:language )?(?:model|assistant|system))?,? i\b|i(?:'|’)?m (?:just )?an ai\b|作为(?:一?[个名位])?(?:AI|人工智能)(?:语言)?(?:模型|助手|助理)[，,]?\s*(?:我|本助手))/iu,
  /^(?:sure|certainly|of course|absolutely|great)[!,.，！]\s*(?:here|i|below|let)\b/iu,
  /^here(?:'|’)?(?:s| is| are) (?:your|the|today(?:'|’)s|a) [^.:]{0,60}(?:digest|newsletter|brief(?:ing)?|summary|roundup|news|report)\b[^.]{0,60}[:.!]?$/iu,
  /^(?:好的|当然|没问题|明白了?|收到)[，,！!。]\s*(?:以下|这是|下面|我|为您|为你|已)/u,
  /^(?:以下|下面)(?:是|为)(?:我)?(?:为(?:您|你)|根据(?:您|你)).{0,40}[:：。]?$/u,
  /^(?:i hope (?:this|that)|let me know (?:if|whether)|would you like me to|if you(?:'|’)?d like|feel free to (?:ask|reach|reply)|please let me know)\b/iu,
  /^(?:希望|但愿)(?:以上|这些|这份|本).{0,20}(?:有帮助|有所帮助|有用|喜欢)/u,
  /^(?:如果?(?:您|你)?|若)(?:还)?(?:需要?|想要?|有).{0,30}(?:请(?:随时)?(?:告诉|告知|联系)我|随时(?:告诉|告知)我|我可以(?:继续|进一步|帮))/u,
  /^(?:需要我|要不要我|是否需要我).{0,40}[?？]$/u,
  /^(?:(?:this|the) (?:digest|newsletter|brief(?:ing)?|summary|report|email|content|issue|post)|content|summaries) (?:was|is|were|are|has been|have been) (?:\w+ ){0,3}(?:generated|created|compiled|curated|written|assembled|produced|summari[sz]ed)\b/iu,
  /^(?:auto(?:matically)?[- ])?(?:generated|compiled|curated|created|summari[sz]ed) (?:by|with|using|on|at|automatically)\b.{0,120}$/iu,
  /^(?:task|job|run|request|session|trace|conversation|execution|workflow|message|任务|作业|会话|请求|执行|运行)[\s_-]*(?:id|uuid|编号|号|标识)\s*[:：=#]\s*\S+/iu,
  /^(?:task|job|run|session|workflow|任务)(?: \S{1,24})? (?:completed?|finished|succeeded|done|已完成|执行完毕)\b.{0,60}$/iu,
  /^任务(?:已|执行)?(?:完成|成功|结束).{0,40}$/u,
  /^(?:total |prompt |completion |input |output )?tokens?(?: (?:used|usage|count))?\s*[:：]\s*[\d,.]+/iu,
  /^(?:模型|model|耗时|elapsed|duration|cost|费用)\s*[:：]\s*[\w.:/-]+(?:\s*(?:s|ms|秒|分钟|min|usd|元))?(?:\s*[|｜·,，].*)?$/iu,
  /^(?:生成|更新|采集|抓取|推送|编译)时间\s*[:：]/u,
  /^(?:last )?(?:updated|generated)(?: (?:on|at))?\s*[:：]\s*\S.{0,60}$/iu,
];

/** Without a link such words lead nowhere; with one they may be a story's. */
const deadEnd =
  /^(?:往期(?:推荐|回顾|精选)|推荐阅读|相关推荐|点击下方|戳这里|阅读原文|阅读完整\p{L}{0,8}|查看更多|查看全文|了解更多|read more|click here)[^。，]{0,16}$/iu;

const promotion: readonly RegExp[] = [
  /^(?:欢迎|点个|记得|别忘了?|快来|点击|长按|(?:微信|飞书|钉钉|QQ)?扫码|扫描|扫一扫|觉得.{0,10}|喜欢.{0,10}|如果.{0,16}|请|求|一键).{0,12}(?:关注(?!.*(?:政策|动向|进展))|订阅|扫码|二维码|转发|点赞|点个赞|在看|分享给|三连|加入.{0,10}群|加群|入群|投稿|赞赏|打赏|星标|公众号|小程序|阅读原文)/u,
  /^(?:关注|订阅|添加|加入)(?:我们|公众号|本刊|本报|本号|微信|社群|交流群|读者群|【|「|“|@)/u,
  /^(?:感谢|谢谢)(?:您|你|大家)?的?(?:阅读|收看|订阅|关注|支持)/u,
  /^(?:今[天日]|本期|以上)(?:就?是)?(?:的|就是)?.{0,20}(?:就到这[里儿]|就到此|全部内容|明天见|下期(?:再)?见)/u,
  /^(?:我们)?(?:明天|明日|下期|下周|周一)(?:再)?见[!！。~]*$/u,
  /^(?:商务|广告|媒体)?(?:合作|投稿|联系|爆料|转载)(?:方式|邮箱|微信|请联系|授权)?\s*[:：]\s*\S+/u,
  /^(?:未经(?:授权|许可)|转载请|版权(?:所有|声明)|版权归|本文版权|©|copyright\s*(?:©|\(c\)|\d{4})|all rights reserved)/iu,
  /^(?:责任编辑|责编|编辑|整理|排版|审核|校对|编译|值班编辑|出品|策划)\s*[:：|｜/]\s*\S.{0,24}$/u,
  /^(?:推广|广告|赞助|赞助商)\s*[:：|｜】」\]]/u,
  /^(?:频道|群组?|交流群|投稿|反馈|机器人)\s*[:：]\s*@\w/u,
  /^(?:subscribe|follow us|share this|forward this|join (?:our|us on|the (?:discord|slack|community))|refer a friend|(?:want to )?advertise (?:with|in)|become a (?:member|sponsor|patron)|support (?:us|our work)|view (?:this (?:email|issue) )?(?:in|online)|unsubscribe|update your preferences|manage (?:your )?(?:preferences|subscription)|(?:was|were) (?:this|you) .{0,20}forwarded|(?:enjoy(?:ed|ing)?|lik(?:e|ed)|love) (?:this|what you|today|\w{1,20}\?)|thanks? (?:you )?for (?:reading|subscribing|being)|that(?:'|’)?s (?:it|all) for (?:today|now|this)|see you (?:tomorrow|next|on)|follow (?:me|us) on|tell a friend|get this (?:newsletter|in your inbox)|click here to|buy me a coffee|listen (?:to|on) (?:this|today|spotify|apple))\b.{0,100}$/iu,
  /^(?:sponsored|advertisement|promoted|presented)(?: (?:by|content|post))?\b\s*(?:[:：|—–-].{0,100}|.{0,40})$/iu,
  /^(?:love|like|enjoy(?:ing)?) \w{1,20}\?\s/iu,
  /^full changelog\b/iu,
  /^(?:leave a comment|restack|upgrade to paid|give a gift subscription|start a free trial|(?:read|open) in (?:the )?app|comments?|likes?|share)$/iu,
  /^Share (?:The|This|this) \p{L}[^.。\d]{1,40}$/u,
  /^you(?: are|’re|'re)? receiv(?:e|ed|ing) this\b/iu,
  /^(?:the )?(?:end|完|全文完|以上)\W*$/iu,
  /^powered by\b.{0,40}$/iu,
];
