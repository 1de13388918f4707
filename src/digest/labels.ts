/** The closed list of label words, and how lines begin with them. */
import { hasLetters } from './reading.ts';

export type Label =
  | 'closing'
  | 'trends'
  | 'analysis'
  | 'source'
  | 'data'
  | 'impact'
  | 'why'
  | 'summary'
  | 'background'
  | 'points'
  | 'tags'
  | 'link';

export interface Labelled {
  readonly label: Label;
  /** The label word as written. */
  readonly word: string;
  readonly text: string;
}

const words: Readonly<Record<string, Label>> = {
  今日核心趋势总结: 'closing',
  趋势总结: 'trends',
  深度解析: 'analysis',
  来源出处: 'source',
  数据支撑: 'data',
  影响范围: 'impact',
  为什么重要: 'why',
  说明: 'summary',
  背景: 'background',
  要点: 'points',
  来源: 'source',
  摘要: 'summary',
  标签: 'tags',
  链接: 'link',
};

/** English and common longer forms, which only the general Markdown reader knows. */
const moreWords: Readonly<Record<string, Label>> = {
  ...words,
  相关链接: 'link',
  原文链接: 'link',
  参考链接: 'link',
  'why it matters': 'why',
  background: 'background',
  'key points': 'points',
  summary: 'summary',
  sources: 'source',
  source: 'source',
  links: 'link',
  link: 'link',
  tags: 'tags',
};

/** Reads `label：text`, where bold marks may stand around the label, the colon inside or outside of them. */
export type LabelReader = (line: string) => Labelled | undefined;

export const readLabel: LabelReader = readerOf(words);
export const readMarkdownLabel: LabelReader = readerOf(moreWords);

/** The label that the line consists of, without a colon: `趋势总结`, `# 深度解析`, `**深度解析**`. */
export function bareLabel(line: string): Label | undefined {
  return words[
    line
      .replace(/^#{1,6}\s*/, '')
      .replace(/^(?:\*\*|__)(.*)(?:\*\*|__)$/, '$1')
      .trim()
  ];
}

/** `label：text` of a point; the label has at most 14 characters and none of 。，, in it. */
export function readPoint(text: string): { readonly label?: string; readonly text: string } {
  const bold = /^(\*\*|__)([^*_:：]{1,40})(?:[:：]\s*\1|\1\s*[:：])\s*(.*)$/su.exec(text);
  const plain = /^([^:：*`[\]]{1,40})[:：]\s*(.*)$/su.exec(text);
  const [label, rest] = bold !== null ? [bold[2], bold[3]] : [plain?.[1], plain?.[2]];
  if (label === undefined || rest === undefined || !isPointLabel(label.trim(), rest)) return { text };
  return { label: label.trim(), text: rest };
}

function isPointLabel(label: string, rest: string): boolean {
  if (!hasLetters(label) || !hasLetters(rest) || [...label].length > 14 || /[。，,]/u.test(label))
    return false;
  // `https://…` and `10:30` hold a colon and no label.
  return !rest.startsWith('//') && !(/\d$/.test(label) && /^\d/.test(rest));
}

function readerOf(table: Readonly<Record<string, Label>>): LabelReader {
  const longestFirst = Object.keys(table).toSorted((a, b) => b.length - a.length);
  const pattern = new RegExp(
    `^(\\*\\*|__)?(${longestFirst.join('|')})(?:\\s*[:：﹕]\\s*\\1|\\1\\s*[:：﹕])\\s*(.*)$`,
    'isu',
  );
  return (line) => {
    const match = pattern.exec(line.trim());
    const word = match?.[2];
    const label = word === undefined ? undefined : table[word.toLowerCase()];
    return label === undefined || word === undefined
      ? undefined
      : { label, word, text: (match?.[3] ?? '').trim() };
  };
}
