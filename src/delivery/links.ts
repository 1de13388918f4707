/** The links of a copy: to pages that exist, signed, so that nobody can act for somebody else. */

import { signToken, signVoteToken, type TokenKeys } from '../../subscribers/tokens.ts';
import type { Issue } from '../ledger/issue.ts';
import type { SlotValues } from '../render/rendered-edition.ts';
import { signWebCopy, type WebCopyPlace } from './web-copy-token.ts';

export interface Links {
  /** The recipient's own: three signatures. */
  of(sid: number, issue: Pick<Issue, 'id' | 'newsletter'>): SlotValues;
  /** The same for all copies of an edition, so made once for it. */
  webCopy(place: WebCopyPlace): string;
}

/** @param publicUrl origin of the pages, without a trailing slash */
export function createLinks(publicUrl: string, tokenKeys: TokenKeys): Links {
  const token = (purpose: 'unsubscribe' | 'preferences', sid: number, newsletter: string) =>
    signToken(tokenKeys, { purpose, sid, newsletter });
  return {
    of: (sid, { id, newsletter }) => ({
      ...voteLinks(publicUrl, signVoteToken(tokenKeys, { sid, issue: id })),
      unsubscribeUrl: `${publicUrl}/u/${token('unsubscribe', sid, newsletter)}`,
      preferencesUrl: `${publicUrl}/p/${token('preferences', sid, newsletter)}`,
    }),
    webCopy: (place) => `${publicUrl}/w/${signWebCopy(tokenKeys, place)}`,
  };
}

/** Stands where a token would. The pages explain there what the real link is for. */
export const sampleToken = 'sample';

/** Where a newsletter's past issues are listed for everybody. */
export function archiveUrl(publicUrl: string, newsletter: string): string {
  return `${publicUrl}/archive/${newsletter}`;
}

/** Links of what belongs to nobody: a preview, a test. */
export function sampleLinks(publicUrl: string): SlotValues {
  return {
    unsubscribeUrl: `${publicUrl}/u/${sampleToken}`,
    preferencesUrl: `${publicUrl}/p/${sampleToken}`,
    ...voteLinks(publicUrl, sampleToken),
    webCopyUrl: `${publicUrl}/w/${sampleToken}`,
  };
}

function voteLinks(publicUrl: string, token: string) {
  return { likeUrl: `${publicUrl}/v/${token}/like`, dislikeUrl: `${publicUrl}/v/${token}/dislike` };
}
