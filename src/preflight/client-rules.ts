/** What a mail uses that a client cannot do, and that is not known to be harmless there. */
import { featuresOf } from './client-features.ts';
import { clientSupport } from './client-support.ts';
import { harmless } from './harmless-features.ts';
import type { MailTree } from './mail-tree.ts';
import { type Problem, problemOf } from './problem.ts';

export function clientProblems(mail: MailTree): Problem[] {
  const support = clientSupport();
  return [...featuresOf(mail, support.features)].flatMap((feature) => {
    const clients = support.without(feature);
    if (clients.length === 0 || feature in harmless) return [];
    return [
      problemOf(
        'client-unsupported',
        `${support.titleOf(feature)} is not supported by ${clients.join(', ')}`,
      ),
    ];
  });
}
