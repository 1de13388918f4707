/** The recipient's own links: to pages that exist, signed, so that nobody can act for somebody else. */

import { signToken, type TokenKeys } from '../../subscribers/tokens.ts';
import type { SlotValues } from '../render/rendered-edition.ts';

export interface Links {
  of(sid: number, newsletter: string): SlotValues;
}

/** @param publicUrl origin of the pages, without a trailing slash */
export function createLinks(publicUrl: string, tokenKeys: TokenKeys): Links {
  const token = (purpose: 'unsubscribe' | 'preferences', sid: number, newsletter: string) =>
    signToken(tokenKeys, { purpose, sid, newsletter });
  return {
    of: (sid, newsletter) => ({
      unsubscribeUrl: `${publicUrl}/u/${token('unsubscribe', sid, newsletter)}`,
      preferencesUrl: `${publicUrl}/p/${token('preferences', sid, newsletter)}`,
    }),
  };
}

/** Links of a copy that belongs to nobody: a preview, a test. They lead to the pages' explanation of what they are for. */
export function sampleLinks(publicUrl: string): SlotValues {
  return { unsubscribeUrl: `${publicUrl}/u/sample`, preferencesUrl: `${publicUrl}/p/sample` };
}
