/** What a newsletter's configuration means to rendering and to messages. */
import type { Config, NewsletterConfig } from '../config/config.ts';
import { PaperboyError } from '../core/errors.ts';
import type { Topic } from '../digest/topics.ts';
import { builtInTopics } from '../digest/topics.ts';
import type { SenderIdentity } from '../message/sender-identity.ts';
import type { Masthead } from '../render/masthead.ts';

/** @throws PaperboyError `newsletter-required` when there are several and none is named, `newsletter-unknown` */
export function newsletterOf(config: Config, id: string | undefined): NewsletterConfig {
  const ids = config.newsletters.map((newsletter) => newsletter.id).join(', ');
  const [only] = config.newsletters;
  if (id === undefined) {
    if (only !== undefined && config.newsletters.length === 1) return only;
    throw new PaperboyError('newsletter-required', `${config.file} has several newsletters: ${ids}`, {
      hint: 'name one of them with --newsletter',
    });
  }
  const found = config.newsletters.find((newsletter) => newsletter.id === id);
  if (found) return found;
  throw new PaperboyError(
    'newsletter-unknown',
    `there is no newsletter ${JSON.stringify(id)} in ${config.file}`,
    {
      hint: `it has: ${ids}`,
    },
  );
}

/** The configured topic table, or the built-in one. */
export function topicsOf(config: Config): readonly Topic[] {
  return config.topics.length > 0 ? config.topics : builtInTopics;
}

export function mastheadOf(config: Config, newsletter: NewsletterConfig): Masthead {
  return {
    newsletter: newsletter.id,
    name: newsletter.name,
    language: newsletter.language,
    legalName: config.legalName,
    postalAddress: config.postalAddress,
    contact: newsletter.contact ?? newsletter.replyTo ?? newsletter.from.address,
    ...(newsletter.subscribeUrl === undefined ? {} : { subscribeUrl: newsletter.subscribeUrl }),
    assembledBy: newsletter.assembledBy,
    sponsored: newsletter.sponsored,
    theme: newsletter.theme,
  };
}

export function senderOf(newsletter: NewsletterConfig, issue: string, messageIdKey: Buffer): SenderIdentity {
  return {
    newsletter: newsletter.id,
    newsletterName: newsletter.name,
    from: newsletter.from,
    ...(newsletter.replyTo === undefined ? {} : { replyTo: newsletter.replyTo }),
    language: newsletter.language,
    issue,
    messageIdKey,
  };
}

/** Every mail must say who sends it and where they are to be found. @throws PaperboyError `sender-incomplete` */
export function demandCompleteSender(config: Config): void {
  const missing = (['legalName', 'postalAddress'] as const).filter((field) => config[field].trim() === '');
  if (missing.length === 0) return;
  throw new PaperboyError('sender-incomplete', `${config.file}: ${missing.join(' and ')} must be given`, {
    hint: 'every mail shows them; without them nothing is sent',
  });
}
