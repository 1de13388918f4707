/** The mail's own words, one catalogue a language. The language is the newsletter's. */
import type { Masthead } from './masthead.ts';

export interface Wording {
  /** Value of the `lang` attribute, BCP 47. */
  readonly lang: string;
  /** A date as the masthead shows it, without the year. @param date `YYYY-MM-DD` */
  readonly day: (date: string) => string;
  readonly weekday: (date: string) => string;
  /** Day, month and year. */
  readonly fullDate: (date: string) => string;
  readonly storyCount: (count: number) => string;
  /** Beside a heading and in the contents. */
  readonly shortCount: (count: number) => string;
  readonly readingMinutes: (minutes: number) => string;
  readonly allTopics: string;
  readonly topicSeparator: string;
  readonly yourTopics: (topics: string) => string;
  readonly inBrief: string;
  readonly contents: string;
  readonly background: string;
  /** Source row when at least one source has a link. */
  readonly readSource: string;
  /** Source row when none has. */
  readonly source: string;
  readonly deepDive: string;
  readonly trends: string;
  readonly omitted: (count: number) => string;
  readonly chooseTopics: string;
  /** Link to the edition's copy on the web. */
  readonly webCopy: string;
  readonly howWasIt: string;
  readonly like: string;
  readonly dislike: string;
  readonly assembledBy: Readonly<Record<Masthead['assembledBy'], string>>;
  readonly whyYouGetThis: (newsletter: string, topics: string) => string;
  readonly preferences: string;
  readonly unsubscribe: string;
  readonly contact: string;
  readonly sponsored: string;
  readonly colon: string;
  readonly titleSeparator: string;
  readonly subjectTail: (newsletter: string, day: string) => string;
  readonly subjectSponsored: string;
}

export function wordingFor(language: Masthead['language']): Wording {
  return catalogues[language];
}

const zhWeekdays = ['星期日', '星期一', '星期二', '星期三', '星期四', '星期五', '星期六'];
const enWeekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const enMonths = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const catalogues: Readonly<Record<Masthead['language'], Wording>> = {
  zh: {
    lang: 'zh-CN',
    day: (date) => `${month(date)}月${dayOfMonth(date)}日`,
    weekday: (date) => zhWeekdays[weekdayOf(date)] ?? '',
    fullDate: (date) => `${date.slice(0, 4)}年${month(date)}月${dayOfMonth(date)}日`,
    storyCount: (count) => `${count} 条要闻`,
    shortCount: (count) => `${count} 条`,
    readingMinutes: (minutes) => `约 ${minutes} 分钟读完`,
    allTopics: '全部主题',
    topicSeparator: '、',
    yourTopics: (topics) => `你的主题：${topics}`,
    inBrief: '今日要点',
    contents: '本期目录',
    background: '背景',
    readSource: '阅读原文',
    source: '来源',
    deepDive: '深度解析',
    trends: '趋势总结',
    omitted: (count) => `你未选择的主题里，今天还有 ${count} 条要闻。`,
    chooseTopics: '调整我的主题',
    webCopy: '网页版',
    howWasIt: '这期怎么样？',
    like: '👍 有用',
    dislike: '👎 没用',
    assembledBy: {
      machine: '本期内容由机器自动汇编生成，可能有疏漏，请以原文为准。',
      edited: '本期内容由编辑审阅后发布。',
    },
    whyYouGetThis: (newsletter, topics) => `你收到这封邮件，是因为订阅了「${newsletter}」（${topics}）。`,
    preferences: '偏好设置',
    unsubscribe: '退订',
    contact: '联系我们',
    sponsored: '广告',
    colon: '：',
    titleSeparator: '；',
    subjectTail: (newsletter, day) => `｜${newsletter} ${day}`,
    subjectSponsored: '广告｜',
  },
  en: {
    lang: 'en',
    day: (date) => `${enMonths[month(date) - 1]} ${dayOfMonth(date)}`,
    weekday: (date) => enWeekdays[weekdayOf(date)] ?? '',
    fullDate: (date) => `${enMonths[month(date) - 1]} ${dayOfMonth(date)}, ${date.slice(0, 4)}`,
    storyCount: (count) => (count === 1 ? '1 story' : `${count} stories`),
    shortCount: (count) => `${count}`,
    readingMinutes: (minutes) => `${minutes} min read`,
    allTopics: 'all topics',
    topicSeparator: ', ',
    yourTopics: (topics) => `Your topics: ${topics}`,
    inBrief: 'Today in brief',
    contents: 'In this issue',
    background: 'Background',
    readSource: 'Read at',
    source: 'Source',
    deepDive: 'Deep dive',
    trends: 'Trends',
    omitted: (count) =>
      count === 1
        ? 'There is 1 more story today in topics you have not chosen.'
        : `There are ${count} more stories today in topics you have not chosen.`,
    chooseTopics: 'Choose my topics',
    webCopy: 'View in browser',
    howWasIt: 'How was this issue?',
    like: '👍 Useful',
    dislike: '👎 Not useful',
    assembledBy: {
      machine:
        'This issue was put together by a machine and may hold mistakes; the sources have the last word.',
      edited: 'This issue was reviewed by an editor.',
    },
    whyYouGetThis: (newsletter, topics) =>
      `You get this mail because you subscribed to ${newsletter} (${topics}).`,
    preferences: 'Preferences',
    unsubscribe: 'Unsubscribe',
    contact: 'Contact',
    sponsored: 'Advertisement',
    colon: ': ',
    titleSeparator: '; ',
    subjectTail: (newsletter, day) => ` | ${newsletter} ${day}`,
    subjectSponsored: 'Ad: ',
  },
};

function month(date: string): number {
  return Number(date.slice(5, 7));
}

function dayOfMonth(date: string): number {
  return Number(date.slice(8, 10));
}

/** A date has no time zone here: it is the day the issue names. */
function weekdayOf(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay();
}
