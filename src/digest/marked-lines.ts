/** Lines under a story that are marked as something else than its text: links, tags, a named source, a moment. */

import { isDateline, nameBesideMoment } from './datelines.ts';
import { addSources, joinTags, type StoryDraft } from './draft.ts';
import { readPoint } from './labels.ts';
import type { SourceLine } from './source-lines.ts';
import { addLinks } from './source-names.ts';
import { linksOnly, sourcesIn } from './sources.ts';
import type { Tally } from './tally.ts';

/** Reads such a line into its story. @returns false for a line of text, which is left as it is */
export function addMarkedLine(story: StoryDraft, entry: SourceLine, tally: Tally): boolean {
  return markedLines.some((add) => add(story, entry, tally));
}

type Add = (story: StoryDraft, entry: SourceLine, tally: Tally) => boolean;

/** Nothing but links, perhaps with marks between them. */
const addLinksAlone: Add = (story, { line, text }, tally) => {
  const links = linksOnly(text);
  if (links === undefined) return false;
  tally.use(line);
  addLinks(story, links.sources, line, tally);
  if (!links.isWhole) tally.leaveOut(line, 'a picture beside links');
  return true;
};

/** `论文：[title](url)`, `Repo: https://…`. */
const addLabelledLinks: Add = (story, { line, text }, tally) => {
  const point = /\]\(|https?:/i.test(text) ? readPoint(text) : undefined;
  const isLinked = point?.label !== undefined && (/\]\(/.test(point.text) || linkLabel.test(point.label));
  const links = isLinked ? linksOnly(point?.text ?? '') : undefined;
  if (!links?.isWhole) return false;
  tally.use(line);
  addLinks(story, links.sources, line, tally);
  tally.leaveOut(line, 'the word before a link', point?.label);
  return true;
};

/** Before a bare address only these words say that it is the story's. */
const linkLabel =
  /链接|地址|原文|官网|论文|项目|主页|\b(?:links?|urls?|paper|code|repo(?:sitory)?|sources?|website|homepage|demo|pr|github)\b/iu;

/** `Source (name)`, `来源 | name`. */
const addNamedSource: Add = (story, { line, text }, tally) => {
  const named =
    /^(sources?)\s*[(（](.+)[)）]$/iu.exec(text) ??
    /^(来源|出处|sources?|via)\s*[|｜/·]\s*([^|｜]{1,60})$/iu.exec(text);
  if (named?.[2] === undefined) return false;
  tally.use(line);
  addLinks(story, sourcesIn({ line, text: named[2] }, tally), line, tally);
  tally.leaveOut(line, 'the word before a source', named[1]);
  return true;
};

/** `` `tag` `tag` — *source* ``. */
const addTags: Add = (story, { line, text }, tally) => {
  const tags = /^((?:`[^`]{1,40}`[\s,，、·|/]*){1,12})(?:[—–-]\s*[*_]([^*_]{1,60})[*_])?$/u.exec(text);
  if (tags?.[1] === undefined) return false;
  for (const [, tag] of tags[1].matchAll(/`([^`]+)`/g)) story.tag = joinTags(story.tag, tag ?? '');
  if (tags[2] !== undefined) addSources(story, tags[2], line, tally);
  return true;
};

/** `#芯片 #融资`. */
const addHashtags: Add = (story, { line, text }, tally) => {
  if (!/^(?:#[\p{L}\p{N}_-]{1,30}#?\s*){1,10}$/u.test(text)) return false;
  tally.use(line);
  for (const [, tag] of text.matchAll(/#([\p{L}\p{N}_-]+)/gu)) story.tag = joinTags(story.tag, tag ?? '');
  return true;
};

/** When it was published, perhaps with the name of who published it. */
const addMoment: Add = (story, { line, text }, tally) => {
  if (isDateline(text)) {
    tally.leaveOut(line, 'when it was published');
    return true;
  }
  const name = nameBesideMoment(text);
  if (name === undefined) return false;
  if (/^(?:by|作者|文|编辑|记者)(?:[\s:：/]|$)/iu.test(name)) {
    tally.leaveOut(line, 'when and by whom it was published');
    return true;
  }
  tally.use(line);
  addLinks(story, [{ name }], line, tally);
  tally.leaveOut(line, 'when it was published', text.replace(name, ' ').trim());
  return true;
};

const markedLines: readonly Add[] = [
  addLinksAlone,
  addLabelledLinks,
  addNamedSource,
  addTags,
  addHashtags,
  addMoment,
];
