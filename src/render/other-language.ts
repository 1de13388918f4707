/** What of a mail stands in another language than the rest: a screen reader takes another voice for it, a client another font. */
import type { Digest, DigestLanguage, Story } from '../digest/digest.ts';
import { storiesOf } from '../digest/digest.ts';
import { foreignLanguage } from '../digest/foreign-language.ts';
import { inlineText } from '../digest/inline.ts';
import { type OtherLanguages, storyKey } from './issue-template.ts';
import { type Typography, typographyFor } from './typography.ts';

export function otherLanguagesOf(digest: Digest): OtherLanguages {
  return new Map(
    storiesOf(digest).flatMap((story) => {
      const language = foreignLanguage(textOf(story), digest.lang);
      return language === undefined ? [] : [[storyKey(story), language]];
    }),
  );
}

function textOf({ title, summary, background = '', highlights }: Story): string {
  const points = highlights.flatMap(({ label = '', text }) => [label, text]);
  return [title, summary, background, ...points].map(inlineText).join(' ');
}

/** As the partial `other-lang` and the style sheet take it. */
export type OtherType = Pick<Typography, 'lang' | 'family'>;

export function otherType(language: DigestLanguage | undefined): OtherType | null {
  if (language === undefined) return null;
  const { lang, family } = typographyFor(language);
  return { lang, family };
}
