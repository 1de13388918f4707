/** The issue as one preference set sees it: what it holds, what was left out, and what a reader should know of it. */
import type { PreferenceSet } from '../../subscribers/preferences.ts';
import type { Analysis, Category, DigestLanguage, Highlight, TopicId } from '../digest/digest.ts';

export interface Edition {
  /** `editionIdOf(revision, preferenceSetKey(preferenceSet))` */
  readonly id: string;
  readonly issue: string;
  readonly revision: number;
  readonly preferenceSet: PreferenceSet;
  readonly title: string;
  /** `YYYY-MM-DD` */
  readonly date: string;
  readonly lang: DigestLanguage;
  /** Only categories that keep a story, only the stories of the chosen topics, in the digest's order. */
  readonly categories: readonly Category[];
  readonly analyses: readonly Analysis[];
  readonly trends: readonly Highlight[];
  readonly closing?: string;
  readonly motto?: string;
  /** Topics that occur among the stories of this edition, in the order of the topic table. */
  readonly topics: readonly TopicId[];
  readonly storyCount: number;
  /** Stories of the day in topics that were not chosen. */
  readonly omittedCount: number;
  /** ceil(Han characters / 400 + words / 220) of what this edition holds; at least 1. */
  readonly readingMinutes: number;
}

/** Why a preference set has no edition. The word is also the reason in the ledger. */
export interface SkippedEdition {
  readonly skipped: 'no-stories';
  readonly preferenceSet: PreferenceSet;
}

export type PlannedEdition = Edition | SkippedEdition;

export function isSkipped(edition: PlannedEdition): edition is SkippedEdition {
  return 'skipped' in edition;
}
