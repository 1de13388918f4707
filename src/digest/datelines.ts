/** Lines that say when a story was published: of an old mail nobody asks for the minute, and no field is for it. */
import { columns, hasLetters } from './reading.ts';

/** Whether the line is nothing but a date or a time, perhaps after `发布时间：` or `Published:`. */
export function isDateline(line: string): boolean {
  if (line.length > longest) return false;
  const text = line.replace(/[*_`]/g, '').trim();
  const told = label.exec(text)?.[1] ?? text;
  return columns(told) <= 60 && /\d/.test(told) && isMoment(told);
}

/** `36氪 · 2026-03-02 17:41`, `3 hours ago | Wire`: the name beside the moment; undefined for any other line. */
export function nameBesideMoment(line: string): string | undefined {
  if (line.length > longest) return undefined;
  const text = line.replace(/[*_`]/g, '').trim();
  if (columns(text) > 80) return undefined;
  const parts = text.split(/\s*[·•|｜]\s*|\s+[—–-]\s+|\s{2,}/u).filter((part) => part !== '');
  const names = parts.filter((part) => !isDateline(part));
  const [name] = names;
  const isTold = parts.length === names.length + 1 && names.length === 1 && name !== undefined;
  return isTold && columns(name) <= 28 && !/[。！？!?，,；;：:[\]]/u.test(name) ? name : undefined;
}

/** Longer lines say more than when. */
const longest = 160;

const label =
  /^(?:(?:发布|发表|更新|刊发|收录)?(?:时间|日期)|发布于|更新于|(?:date )?published(?: (?:on|at))?|posted(?: (?:on|at))?|(?:last )?updated(?: (?:on|at))?|date|time|pub ?date)\s*[:：]?\s*(\S.*)$/isu;

/** Words that stand around the digits of a date or a time. */
const around =
  /\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b|\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b|(?<=\d)(?:st|nd|rd|th|t(?=\d)|z)\b|(?<=\d)t(?=\d)|(?<![\p{L}])(?:am|pm|gmt|utc|cst|est|edt|pst|pdt|cet|cest|bst|jst|at|on|yesterday|today)(?![\p{L}])|(?<=\d)\s*(?:am|pm)\b|\b\d+\s*(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|[smhdw])\s+ago\b|星期[一二三四五六日天]|周[一二三四五六日天]|年|月|日|号|时|点|分|秒|上午|下午|凌晨|早上|中午|晚上|今天|昨天|前天|\d+\s*(?:秒|分钟|小时|天)前|北京时间|东八区/giu;

function isMoment(text: string): boolean {
  return !hasLetters(text.replace(around, ' ').replace(/\d+/g, ' ')) && clock.test(text);
}

/** A number alone is no moment: it may be a vote or a rank. */
const clock =
  /\d{4}[-/.年]\s?\d{1,2}|\d{1,2}[:：]\d{2}|\d{1,2}\s?月\s?\d{1,2}|ago\b|前$|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\.? \d{1,2}\b|\b\d{1,2} (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/iu;
