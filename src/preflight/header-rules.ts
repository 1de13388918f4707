/** A copy as it goes out: the fields that every mail of a newsletter carries, and the form that every mail has. */
import { domainOf } from '../message/header-text.ts';
import { fieldsOf, headerOf } from './mail-text.ts';
import { type Problem, problemOf } from './problem.ts';
import type { EditionSample } from './sample.ts';

interface Demand {
  readonly name: string;
  readonly form: RegExp;
  /** For people. */
  readonly expected: string;
}

/** RFC 5322 §3.6, RFC 2045, RFC 2369; Feedback-ID as Google asks for it. Those that let a reader leave have rules of their own. */
const demands: readonly Demand[] = [
  { name: 'From', form: /[^<>@\s]+@[^<>@\s]+>?$/, expected: 'an address' },
  { name: 'To', form: /^[^,]*@[^,]*$/, expected: 'one address' },
  { name: 'Subject', form: /\S/, expected: 'a text' },
  { name: 'Date', form: /^\w{3}, \d{1,2} \w{3} \d{4} [\d:]{8} [+-]\d{4}$/, expected: 'a date' },
  { name: 'Message-ID', form: /^<[^<>@\s]+@[^<>@\s]+>$/, expected: '<id@domain>' },
  { name: 'MIME-Version', form: /^1\.0$/, expected: '1.0' },
  {
    name: 'Content-Type',
    form: /^(?:multipart\/alternative|text\/plain);/,
    expected: 'multipart/alternative or text/plain',
  },
  { name: 'List-Help', form: /^<(?:https?|mailto):[^<>\s]+>/, expected: 'a link in angle brackets' },
  {
    name: 'Feedback-ID',
    form: /^(?:[^:\s]+:){3}[^:\s]{5,15}$/,
    expected: 'four parts, the last of 5 to 15 characters',
  },
  { name: 'Precedence', form: /^list$/, expected: '“list”' },
  { name: 'X-Auto-Response-Suppress', form: /^All$/, expected: '“All”' },
];

type Copy = Pick<EditionSample, 'edition' | 'message'>;

export function headerProblems({ edition, message }: Copy): Problem[] {
  return demands.flatMap(({ name, form, expected }) => {
    const value = headerOf(message.raw, name);
    if (value !== undefined && form.test(value)) return [];
    const found = value === undefined ? `no ${name}` : `${name}: ${JSON.stringify(value)}`;
    return [problemOf('header-missing', `a copy has ${found}; expected is ${expected}`, edition.id)];
  });
}

/** RFC 5322 §2.1.1 and §3.6, RFC 5321 §2.3.8, RFC 2046 §5.1.4; and DMARC's alignment of the envelope (RFC 7489 §3.1.2). */
export function formProblems({ edition, message }: Copy): Problem[] {
  const raw = message.raw.toString('latin1');
  const names = fieldsOf(message.raw).map(({ name }) => name.toLowerCase());
  const twice = singular.filter((name) => names.indexOf(name) !== names.lastIndexOf(name));
  const from = domainIn(headerOf(message.raw, 'From') ?? '');
  const parts = [...raw.matchAll(/^Content-Type: (text\/\w+)/gim)].map(([, type]) => type);
  const faults: readonly (readonly [boolean, string])[] = [
    [message.raw.some((octet) => octet === 0 || octet > 0x7f), 'holds an octet that is not 7-bit'],
    [/\r(?!\n)|(?<!\r)\n/.test(raw), 'has a line end that is not CRLF'],
    [longestLine(message.raw) > 998, 'has a line of more than 998 octets'],
    [/<https?:[^>]{501}/.test(raw), 'has a URL of more than 500 characters in its header'],
    [twice.length > 0, `has ${twice.join(', ')} twice`],
    [parts.length > 0 && parts[0] !== 'text/plain', 'does not begin with its text part'],
    [
      domainIn(message.envelope.from) !== from,
      `comes from ${from}, its envelope from ${message.envelope.from}`,
    ],
  ];
  return faults.flatMap(([isFault, what]) =>
    isFault ? [problemOf('message-malformed', `a copy ${what}`, edition.id)] : [],
  );
}

/** Fields of which a message has one at most, in lower case. */
const singular = [
  'from',
  'reply-to',
  'to',
  'subject',
  'date',
  'message-id',
  'mime-version',
  'list-unsubscribe',
];

/** Octets without the line end. A regular expression would look at each line as often as it is long. */
function longestLine(raw: Buffer): number {
  let longest = 0;
  let start = 0;
  while (start < raw.length) {
    const end = raw.indexOf('\r\n', start, 'latin1');
    longest = Math.max(longest, (end === -1 ? raw.length : end) - start);
    start = end === -1 ? raw.length : end + 2;
  }
  return longest;
}

/** Empty when the text holds no address that mail can come from. */
function domainIn(text: string): string {
  const address = /[^<>\s]+@[^<>\s]+(?=>?$)/.exec(text)?.[0];
  return address === undefined ? '' : domainOf(address);
}
