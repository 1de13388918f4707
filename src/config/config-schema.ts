/** The form of newsletter.yaml. Every message says what was expected; `config-problems.ts` adds where and what was found. */
import { z } from 'zod';
import { newsletterIdPattern, topicIdPattern } from '../core/ids.ts';
import { lightColours } from '../core/mail-colours.ts';
import { isPlausibleAddress } from './address.ts';
import { relayUrlProblem, relayUser } from './relay-url.ts';
import { accentProblem } from './theme.ts';
import { isTimeZone } from './time-zone.ts';

/** An id that means "every one of them" in CSV files and on the command line, so nothing may bear it. */
const reservedId = 'all';

/** The lanes that there are without any configuration: those of src/pacing. */
export const builtInLaneIds: readonly string[] = [
  'google',
  'microsoft',
  'yahoo',
  'apple',
  'qq',
  'netease',
  'other',
];

const text = z.string().trim().min(1, 'a text that is not empty');
const address = z.string().trim().refine(isPlausibleAddress, 'an e-mail address such as daily@example.org');
const hours = z.int().min(1, 'at least 1 hour').max(168, 'at most 168 hours, a week');

const id = (pattern: RegExp) =>
  z
    .string()
    .regex(pattern, 'an id of 2 to 32 lower-case letters, digits and hyphens, a letter first')
    .refine((value) => value !== reservedId, `an id other than "${reservedId}", which means every one`);

/** Without quotes YAML takes a colour for a comment, and finds nothing. */
const accent = (mode: 'light' | 'dark') =>
  z.preprocess(
    (value) => value ?? '',
    z
      .string()
      .regex(/^#[0-9a-f]{6}$/i, { error: 'a colour such as "#0b5cad", in quotes', abort: true })
      .superRefine((colour, context) => {
        const problem = accentProblem(colour, mode);
        if (problem !== null) context.addIssue({ code: 'custom', message: problem });
      }),
  );

/** Of a page that mails and web copies link to. */
const pageUrl = z
  .string()
  .max(500, 'at most 500 characters')
  .regex(/^https:\/\/[!-~]+$/, { error: 'an https:// address', abort: true });

const theme = z.strictObject({
  accent: accent('light').default(lightColours.accent),
  accentDark: accent('dark').exactOptional(),
  logo: z
    .strictObject({
      url: z
        .string()
        .max(500, 'at most 500 characters')
        .regex(/^https:\/\/[!-~]+$/, 'an https:// address of a PNG, JPEG or GIF'),
      width: z.int().min(16, 'at least 16 pixels').max(240, 'at most 240 pixels'),
      height: z.int().min(16, 'at least 16 pixels').max(64, 'at most 64 pixels'),
    })
    .exactOptional(),
  footer: z.string().trim().max(1000, 'at most 1000 characters').default(''),
});

const newsletter = z.strictObject({
  id: id(newsletterIdPattern),
  name: text,
  from: z.strictObject({ name: text.exactOptional(), address }),
  replyTo: address.exactOptional(),
  language: z.enum(['zh', 'en']),
  timezone: z.string().refine(isTimeZone, 'an IANA time zone such as Asia/Shanghai'),
  schedule: z
    .strictObject({
      hour: z.int().min(0, 'an hour from 0 to 23').max(23, 'an hour from 0 to 23').default(7),
    })
    .prefault({}),
  freshHours: hours.default(18),
  maxIssueAge: hours.default(26),
  assembledBy: z.enum(['machine', 'edited']).default('machine'),
  sponsored: z.boolean().default(false),
  archive: z.boolean().default(false),
  contact: address.exactOptional(),
  subscribeUrl: pageUrl.exactOptional(),
  theme: theme.prefault({}),
});

const topic = z.strictObject({
  id: id(topicIdPattern),
  name: z.strictObject({ zh: text, en: text }),
  aliases: z.array(text).default([]),
  alone: z.array(text).exactOptional(),
  words: z.array(text).exactOptional(),
  hints: z.array(text).exactOptional(),
});

const perMinute = z
  .number()
  .min(1, 'at least 1 message a minute')
  .max(10_000_000, 'at most 10000000 messages a minute');

const relay = z
  .strictObject({
    url: z.string().superRefine((url, context) => {
      const problem = relayUrlProblem(url);
      if (problem !== null) context.addIssue({ code: 'custom', message: relayMessages[problem] });
    }),
    passwordEnv: z
      .string()
      .regex(/^[A-Z_][A-Z0-9_]*$/, 'the name of an environment variable, such as RELAY_PASSWORD')
      .exactOptional(),
    connections: z.int().min(1, 'at least 1').max(200, 'at most 200').default(10),
    maxConnections: z.int().min(1, 'at least 1').max(10_000, 'at most 10000').exactOptional(),
    messagesPerConnection: z.int().min(1, 'at least 1').max(100_000, 'at most 100000').default(500),
    chunking: z.boolean().default(true),
    perMinute: perMinute.exactOptional(),
    profile: z.enum(['plain', 'postfix', 'ses', 'final']).default('plain'),
  })
  .superRefine(({ url, passwordEnv }, context) => {
    if (relayUrlProblem(url) !== null || !/^smtps?:/i.test(url)) return;
    const hasUser = relayUser(url) !== '';
    if (hasUser && passwordEnv === undefined) {
      context.addIssue({
        code: 'custom',
        message: 'a passwordEnv beside it, naming the variable that holds the password of its user',
        path: ['url'],
      });
    }
    if (!hasUser && passwordEnv !== undefined) {
      context.addIssue({
        code: 'custom',
        message: 'a url that names the user whose password this is, smtp://user@host:587',
        path: ['passwordEnv'],
      });
    }
  });

const relayMessages = {
  form: 'smtp://user@host:587, smtps://user@host:465, file:DIR or stub:',
  host: 'a host name after smtp://',
  password: 'no password in it: put it into an environment variable and name that variable in passwordEnv',
} as const;

const domain = z
  .string()
  .regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/, 'a domain name in lower case, such as news.example.org');

const lane = z
  .strictObject({
    id: id(newsletterIdPattern).exactOptional(),
    domains: z.array(domain).default([]),
    perMinute: perMinute.exactOptional(),
    connections: z.int().min(1, 'at least 1').max(1_000, 'at most 1000').exactOptional(),
  })
  .refine(({ id, domains }) => domains.length > 0 || (id !== undefined && builtInLaneIds.includes(id)), {
    error: `at least one domain, unless its id is one of ${builtInLaneIds.join(' ')}`,
    path: ['domains'],
  })
  .refine((value) => value.perMinute !== undefined || value.connections !== undefined, {
    error: 'perMinute, connections or both',
  });

const dkim = z.strictObject({
  domain,
  selector: z.string().regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/, 'a selector such as p1'),
  privateKeyFile: z.string().min(1, 'the path of a PEM file, from the folder of this file'),
});

export const configSchema = z.strictObject({
  newsletters: z.array(newsletter).min(1, 'at least one newsletter'),
  topics: z.array(topic).default([]),
  legalName: z.string().trim().default(''),
  postalAddress: z.string().trim().default(''),
  denyWords: z.array(z.string().trim().min(1, 'a word')).default([]),
  sending: z
    .strictObject({
      relays: z.array(relay).default([]),
      lanes: z.array(lane).default([]),
      dkim: z.array(dkim).default([]),
    })
    .prefault({}),
  retentionDays: z.int().min(14, 'at least 14 days').max(3650, 'at most 3650 days').default(30),
  durability: z.enum(['strict', 'relaxed']).default('strict'),
});

/** newsletter.yaml with its defaults filled in. */
export type ConfigFile = z.infer<typeof configSchema>;
