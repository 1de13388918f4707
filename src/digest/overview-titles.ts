/** Headings that announce an overview of the day. */

/** Whether a heading announces an overview of the day and not a story: it consists of words for that. */
export function isOverview(title: string): boolean {
  return overview.test(title);
}

const overview =
  /^[^\p{L}]*(?:(?:今日|今天|昨日|本周|本期|每日|核心|内容|新闻|要闻|资讯|重点|行业|市场|趋势|ai)*(?:概览|导览|摘要|速览|总览|一览|总结|综述|点评|观察|深度解析)+|(?:(?:today|this week)[’']?s |daily |weekly |executive |the )*(?:overview|summary|highlights|analysis|coverage|at a glance|key takeaways|tl;?dr))[^\p{L}]*(?:tl;?dr)?[^\p{L}]*$/iu;
