/** The archive as HTML, in the language of its newsletter, which is that of its issues. */
import type { NewsletterConfig } from '../config/config.ts';
import type { ArchivedIssue } from '../delivery/archive.ts';
import { showDay } from './show.ts';
import { frame } from './subscriber-views.ts';
import type { Views } from './views.ts';

export interface ArchivePage {
  readonly newsletter: NewsletterConfig;
  /** Newest first. */
  readonly issues: readonly ArchivedIssue[];
  /** From 1. */
  readonly page: number;
  readonly hasOlder: boolean;
  readonly retentionDays: number;
}

export function archivePath(newsletter: string): string {
  return `/archive/${newsletter}`;
}

export function feedPath(newsletter: string): string {
  return `${archivePath(newsletter)}/feed.atom`;
}

export function issuePath(newsletter: string, { slug }: ArchivedIssue): string {
  return `${archivePath(newsletter)}/${slug}`;
}

export function archiveHtml(
  views: Views,
  { newsletter, issues, page, hasOlder, retentionDays }: ArchivePage,
): string {
  const { id, name, language } = newsletter;
  const words = views.words[language];
  const path = archivePath(id);
  return views.page('archive', {
    ...frame(`${words.archiveTitle} · ${name}`, language, words),
    newsletter: name,
    days: retentionDays,
    feedPath: feedPath(id),
    issues: issues.map((issue) => shownIssue(views, newsletter, issue)),
    isPaged: page > 1 || hasOlder,
    newer: page > 1 ? (page === 2 ? path : `${path}?page=${page - 1}`) : null,
    older: hasOlder ? `${path}?page=${page + 1}` : null,
  });
}

function shownIssue(views: Views, { id, language }: NewsletterConfig, issue: ArchivedIssue): object {
  const words = views.words[language];
  const [title, ...others] = issue.leads;
  return {
    path: issuePath(id, issue),
    date: issue.date,
    day: showDay(issue.date, language),
    count: issue.storyCount,
    stories: issue.storyCount === 1 ? words.oneStory : words.storyCount,
    isCorrected: issue.current.id !== issue.id,
    title,
    others,
  };
}

/** Stands above an issue: where the others are. */
export function archiveNoteHtml(views: Views, { id, name, language }: NewsletterConfig): string {
  const words = views.words[language];
  return views.page('copy-note', { text: name, link: words.archiveLink, url: archivePath(id) });
}
