/** A newsletter's archive as an Atom feed (RFC 4287). */
import type { NewsletterConfig } from '../config/config.ts';
import type { ArchivedIssue } from '../delivery/archive.ts';
import { archivePath, feedPath, issuePath } from './archive-views.ts';
import type { Views, Words } from './views.ts';

export interface Feed {
  readonly newsletter: NewsletterConfig;
  /** Newest first. */
  readonly issues: readonly ArchivedIssue[];
  readonly publicUrl: string;
}

export function atomFeed(views: Views, { newsletter, issues, publicUrl }: Feed): string {
  const { id, name, language } = newsletter;
  const words = views.words[language];
  const entries = issues.map((issue) => ({
    id: tagOf(newsletter, issue.date, issue.id),
    title: xmlText(titleOf(newsletter, issue, words)),
    published: timestamp(issue.publishedAt),
    updated: timestamp(issue.updatedAt),
    url: `${publicUrl}${issuePath(id, issue)}`,
    summary: xmlText(issue.leads.join(words.titleSeparator)),
  }));
  return views.page('feed', {
    lang: language === 'zh' ? 'zh-CN' : 'en',
    id: tagOf(newsletter, feedsSince, id),
    newsletter: xmlText(name),
    // §4.1.1 demands a time of a feed without entries, too: before all of them.
    updated: timestamp(Math.max(0, ...issues.map(({ updatedAt }) => updatedAt))),
    feedUrl: `${publicUrl}${feedPath(id)}`,
    archiveUrl: `${publicUrl}${archivePath(id)}`,
    entries,
  });
}

/** As the subject of the mail, without newsletter and day: a reader of feeds shows those beside it. */
function titleOf({ sponsored }: NewsletterConfig, { subject, leads }: ArchivedIssue, words: Words): string {
  const title = subject === '' ? leads.slice(0, 2).join(words.titleSeparator) : subject;
  return sponsored ? (words.sponsored ?? '').replace('{title}', () => title) : title;
}

/** A day on which senders held their domains already, for ids that belong to no issue. */
const feedsSince = '2026-01-01';

/**
 * A tag URI (RFC 4151) in the name of the sender's domain: it stays when the pages move elsewhere, and when the issue is
 * revised or corrected (RFC 4287 §4.2.6).
 */
function tagOf({ from }: NewsletterConfig, date: string, name: string): string {
  return `tag:${from.address.split('@')[1]?.toLowerCase()},${date}:${name}`;
}

/** RFC 3339, in whole seconds. @param time milliseconds since the epoch */
function timestamp(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

/** XML has no place for most control characters, nor for half a surrogate pair (XML 1.0 §2.2). */
function xmlText(text: string): string {
  return text.replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '');
}
