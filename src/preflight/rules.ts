/** Every rule of preflight and how grave it is to break it. `docs/preflight.md` says of each what it asks for, and why. */

/** `error`: not to be sent like this. `warning`: to be looked at. */
export type Severity = 'error' | 'warning';

/** Ids are for scripts: a rule is never renamed. */
export const rules = {
  // the digest
  'no-stories': 'error',
  'only-repeats': 'error',
  'placeholder-left': 'error',
  chatter: 'error',
  'denied-word': 'error',
  'same-as-yesterday': 'error',
  'chatter-left-out': 'warning',
  repeat: 'warning',
  'duplicate-stories': 'warning',
  'source-missing': 'warning',
  'unknown-category': 'warning',
  'unparsed-text': 'warning',
  'parse-warning': 'warning',
  'date-past': 'warning',
  'date-future': 'warning',
  'stories-unusual': 'warning',
  'size-unusual': 'warning',
  // its links
  'link-scheme': 'error',
  'link-private': 'warning',
  'link-shortener': 'error',
  'link-lookalike': 'error',
  'link-new-site': 'warning',
  // an edition
  'edition-too-large': 'error',
  'edition-large': 'warning',
  'message-large': 'warning',
  'few-stories': 'warning',
  'subject-empty': 'error',
  'subject-long': 'warning',
  'spam-trigger': 'warning',
  // a copy of it
  'mark-left': 'error',
  'legal-name-missing': 'error',
  'postal-address-missing': 'error',
  'unsubscribe-missing': 'error',
  'list-id-missing': 'error',
  'header-missing': 'error',
  'message-malformed': 'error',
  'dkim-coverage': 'error',
  'dkim-untried': 'warning',
  // its HTML
  'heading-order': 'warning',
  'lang-missing': 'warning',
  'title-missing': 'warning',
  'alt-missing': 'warning',
  'contrast-low': 'warning',
  'client-unsupported': 'warning',
  'client-partial': 'warning',
  // what could not be made at all: the code of its error
  'render-failed': 'error',
  'template-invalid': 'error',
  'message-invalid': 'error',
  'address-invalid': 'error',
  'dkim-invalid': 'error',
} as const satisfies Readonly<Record<string, Severity>>;

export type Rule = keyof typeof rules;
