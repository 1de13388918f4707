/** What a mail uses that a client cannot do, or but in part, and that is not known to be harmless there. */
import { featuresOf } from './client-features.ts';
import { type ClientSupport, clientSupport } from './client-support.ts';
import { harmless } from './harmless-features.ts';
import type { MailTree } from './mail-tree.ts';
import { partlyUsed } from './partial-features.ts';
import { type Problem, problemOf } from './problem.ts';

export function clientProblems(mail: MailTree): Problem[] {
  const support = clientSupport();
  return [...featuresOf(mail, support.features)].flatMap((feature) => problemsOf(feature, support));
}

/** What is known to be harmless where it is missing is harmless where a part of it is. */
function problemsOf(feature: string, support: ClientSupport): Problem[] {
  if (feature in harmless) return [];
  const title = support.titleOf(feature);
  const without = support.without(feature);
  if (without.length > 0) {
    return [problemOf('client-unsupported', `${title} is not supported by ${without.join(', ')}`)];
  }
  const partly = support.partly(feature);
  if (partly.length === 0 || feature in partlyUsed) return [];
  return [problemOf('client-partial', `${title} is supported but in part by ${partly.join(', ')}`)];
}
