/** What of a mail stands in another language than the rest: a screen reader takes another voice for it, a client another font. */
import type { DigestLanguage, Story } from '../digest/digest.ts';
import { foreignLanguage } from '../digest/foreign-language.ts';
import { inlineText } from '../digest/inline.ts';
import { type Typography, typographyFor } from './typography.ts';

/** Undefined for a story in the language of its digest, as far as one can tell. */
export function otherLanguageOf(story: Story, around: DigestLanguage): DigestLanguage | undefined {
  const { title, summary, background = '', highlights } = story;
  const points = highlights.flatMap(({ label = '', text }) => [label, text]);
  return foreignLanguage([title, summary, background, ...points].map(inlineText).join(' '), around);
}

/** As the partial `other-lang` and the style sheet take it. */
export type OtherType = Pick<Typography, 'lang' | 'family'>;

export function otherType(language: DigestLanguage | undefined): OtherType | null {
  if (language === undefined) return null;
  const { lang, family } = typographyFor(language);
  return { lang, family };
}
