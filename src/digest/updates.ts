/** Updates: stories that are marked, in their title or tag, as news about one that was published before. */
import { folded } from './reading.ts';

const words = '更新|最新进展|后续|续报|続報|updated?|follow-up';
const leading = new RegExp(
  `^(?:[【\\[(（「](?:${words})[】\\])）」][:：]?|(?:${words})\\s*[:：|｜])\\s*`,
  'iu',
);
const trailing = new RegExp(`\\s*[【\\[(（](?:${words})[】\\])）]$`, 'iu');
const wholeTag = new RegExp(`^(?:${words})$`, 'iu');

/**
 * @param title without inline marks
 * @param tag several are separated by commas
 */
export function isMarkedUpdate(title: string, tag = ''): boolean {
  return withoutUpdateMark(title) !== title || tag.split(/[,，、]/).some((one) => wholeTag.test(one.trim()));
}

/** `【更新】标题` → `标题`; a title that is nothing but its mark stays. */
export function withoutUpdateMark(title: string): string {
  const bare = title.trim().replace(leading, '').replace(trailing, '');
  return folded(bare) === '' ? title : bare;
}
