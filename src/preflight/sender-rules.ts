/** What every copy must carry: who sends it, where they are to be found, which list it is, and how to leave it. */
import { headerOf, linksOf, visibleText } from './mail-text.ts';
import { type Problem, problemOf } from './problem.ts';
import type { EditionSample } from './sample.ts';

/** As configured; empty: missing. */
export interface SenderFacts {
  readonly legalName: string;
  readonly postalAddress: string;
}

/** Anti-spam laws ask for both in every commercial mail. */
export function senderProblems({ legalName, postalAddress }: SenderFacts): Problem[] {
  return [
    ...(legalName.trim() === ''
      ? [problemOf('legal-name-missing', 'legalName is empty: a mail must say who sends it')]
      : []),
    ...(postalAddress.trim() === ''
      ? [
          problemOf(
            'postal-address-missing',
            'postalAddress is empty: a mail must say where its sender is to be found',
          ),
        ]
      : []),
  ];
}

/** The same of a copy as it goes out, and RFC 2919 (List-Id), RFC 2369 and RFC 8058 (unsubscribing). */
export function copyProblems(sample: EditionSample, facts: SenderFacts): Problem[] {
  const { edition, html, text, message, unsubscribeUrl } = sample;
  const parts = [
    { name: 'text part', text: folded(text) },
    ...(html === '' ? [] : [{ name: 'HTML part', text: visibleText(html) }]),
  ];
  const lacks = (value: string) =>
    parts.filter((part) => !part.text.includes(folded(value))).map(({ name }) => name);
  const problems: Problem[] = [];
  const demand = (rule: Problem['rule'], what: string, missing: readonly string[]) => {
    if (missing.length > 0)
      problems.push(problemOf(rule, `${what} is not in the ${missing.join(' and the ')}`, edition.id));
  };
  demand('legal-name-missing', 'the legal name', lacks(facts.legalName));
  demand('postal-address-missing', 'the postal address', lacks(facts.postalAddress));
  demand('unsubscribe-missing', 'the unsubscribe link', [
    ...(text.includes(unsubscribeUrl) ? [] : ['text part']),
    ...(html === '' || linksOf(html).includes(unsubscribeUrl) ? [] : ['HTML part']),
    ...(headerOf(message.raw, 'List-Unsubscribe')?.includes(`<${unsubscribeUrl}>`)
      ? []
      : ['List-Unsubscribe header']),
    ...(headerOf(message.raw, 'List-Unsubscribe-Post') === 'List-Unsubscribe=One-Click'
      ? []
      : ['List-Unsubscribe-Post header']),
  ]);
  demand(
    'list-id-missing',
    'the list',
    /<[^<>\s]+\.[^<>\s]+>$/.test(headerOf(message.raw, 'List-Id') ?? '') ? [] : ['List-Id header'],
  );
  return problems;
}

function folded(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
