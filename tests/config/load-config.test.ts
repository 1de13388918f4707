import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { initialConfig } from '../../src/config/init-template.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { PaperboyError } from '../../src/core/errors.ts';
import { packageRoot } from '../../src/core/package-root.ts';
import { topicsOf } from '../../src/delivery/newsletter.ts';
import { builtInTopics } from '../../src/digest/topics.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'paperboy-config-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const small = `newsletters:
  - id: ai-daily
    name: AI 日报
    from: { address: daily@example.org }
    language: zh
    timezone: Asia/Shanghai
`;

function load(text: string): Config {
  const file = join(folder, 'newsletter.yaml');
  writeFileSync(file, text);
  return loadConfig(file);
}

/** The error of a file, with the folder cut off. */
function complaint(text: string): string {
  try {
    load(text);
  } catch (error) {
    if (error instanceof PaperboyError && error.code === 'config-invalid') {
      return error.message.replaceAll(`${folder}/`, '');
    }
    throw error;
  }
  throw new Error('the file was accepted');
}

describe('newsletter.yaml', () => {
  it('takes the page for subscribing by https alone', () => {
    const page = 'https://example.org/join?from=web';
    expect(load(`${small}    subscribeUrl: ${page}\n`).newsletters[0]?.subscribeUrl).toBe(page);
    for (const other of ['http://example.org/join', 'javascript:alert(1)', 'https://'])
      expect(complaint(`${small}    subscribeUrl: ${other}\n`)).toMatch(
        /7:\d+: newsletters\[0\]\.subscribeUrl: expected an https:\/\/ address/,
      );
  });

  it('gets every default filled in', () => {
    expect(load(small)).toEqual({
      file: join(folder, 'newsletter.yaml'),
      newsletters: [
        {
          id: 'ai-daily',
          name: 'AI 日报',
          from: { name: 'AI 日报', address: 'daily@example.org' },
          language: 'zh',
          timezone: 'Asia/Shanghai',
          schedule: { hour: 7 },
          freshHours: 18,
          maxIssueAge: 26,
          assembledBy: 'machine',
          sponsored: false,
          archive: false,
          theme: { accent: '#0b5cad', accentDark: '#79b8ff', footer: '' },
        },
      ],
      topics: [],
      legalName: '',
      denyWords: [],
      postalAddress: '',
      sending: { relays: [], lanes: [], dkim: [] },
      retentionDays: 30,
      durability: 'strict',
    });
  });

  it('takes relays and lanes with their limits', () => {
    const { sending } = load(`${small}
sending:
  relays:
    - { url: 'smtp://a.example', perMinute: 840, maxConnections: 20, profile: ses }
    - { url: 'smtp://b.example' }
  lanes:
    - { id: qq, perMinute: 600 }
    - { domains: [uni.example], perMinute: 90.5, connections: 2 }
`);
    expect(sending.relays).toMatchObject([
      { perMinute: 840, maxConnections: 20, profile: 'ses' },
      { connections: 10, profile: 'plain' },
    ]);
    expect(sending.lanes).toEqual([
      { id: 'qq', domains: [], perMinute: 600 },
      { domains: ['uni.example'], perMinute: 90.5, connections: 2 },
    ]);
  });

  it('is frozen to the leaves', () => {
    const config = load(small);
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.newsletters)).toBe(true);
    expect(Object.isFrozen(config.newsletters[0]?.schedule)).toBe(true);
    expect(() => {
      (config.newsletters[0]!.from as { address: string }).address = 'x@example.org';
    }).toThrow(TypeError);
  });

  it('keeps what is given over the defaults', () => {
    const config = load(`${small}    schedule: { hour: 0 }
    replyTo: editor@example.org
sending:
  relays:
    - { url: smtp://post@mx.example.org:587, passwordEnv: MX_PASSWORD, connections: 3 }
retentionDays: 14
durability: relaxed
`);
    expect(config.newsletters[0]?.schedule.hour).toBe(0);
    expect(config.newsletters[0]?.replyTo).toBe('editor@example.org');
    expect(config.sending.relays).toEqual([
      {
        url: 'smtp://post@mx.example.org:587',
        passwordEnv: 'MX_PASSWORD',
        connections: 3,
        messagesPerConnection: 500,
        chunking: true,
        profile: 'plain',
      },
    ]);
    expect([config.retentionDays, config.durability]).toEqual([14, 'relaxed']);
  });

  it('adds the topic `other` to a table without it', () => {
    const { topics } = load(
      `${small}topics: [{ id: rockets, name: { zh: 火箭, en: Rockets }, aliases: [火箭] }]\n`,
    );
    expect(topics.map(({ id }) => id)).toEqual(['rockets', 'other']);
  });

  it('is said to be missing when it is', () => {
    const error = (() => {
      try {
        return loadConfig(join(folder, 'nowhere.yaml'));
      } catch (thrown) {
        return thrown as PaperboyError;
      }
    })() as PaperboyError;
    expect(error.code).toBe('config-missing');
    expect(error.exitStatus).toBe(78);
    expect(error.message).toContain('nowhere.yaml');
    expect(error.hint).toContain('paperboy init');
  });
});

describe('a mistake in newsletter.yaml', () => {
  it('names the misspelt key, its place and the closest known key', () => {
    expect(complaint(small.replace('timezone', 'timezon'))).toBe(
      [
        'newsletter.yaml:2:5: "timezone" is missing in newsletters[0]',
        'newsletter.yaml:6:5: unknown key "timezon" in newsletters[0] (did you mean "timezone"?)',
      ].join('\n'),
    );
    expect(complaint(`${small}retention_days: 20\n`)).toBe(
      'newsletter.yaml:7:1: unknown key "retention_days" in the file (did you mean "retentionDays"?)',
    );
    expect(complaint(`${small}    schedule: { our: 7 }\n`)).toBe(
      'newsletter.yaml:7:17: unknown key "our" in newsletters[0].schedule (did you mean "hour"?)',
    );
    expect(complaint(`${small}sending: { relays: [{ url: 'stub:', conections: 2 }] }\n`)).toBe(
      'newsletter.yaml:7:37: unknown key "conections" in sending.relays[0] (did you mean "connections"?)',
    );
  });

  it('lists the known keys when none is close', () => {
    expect(complaint(`${small}sending: { carrier: pigeon }\n`)).toBe(
      'newsletter.yaml:7:12: unknown key "carrier" in sending (known here: relays, lanes, dkim)',
    );
  });

  it('is told together with all the others, in the order of the file', () => {
    const message = complaint(
      `${small.replace('zh', 'jp').replace('Shanghai', 'Shangai')}    schedule: { hour: 24 }\nretentionDays: 7\n`,
    );
    expect(message.split('\n')).toEqual([
      'newsletter.yaml:5:15: newsletters[0].language: expected "zh" or "en", found "jp"',
      'newsletter.yaml:6:15: newsletters[0].timezone: expected an IANA time zone such as Asia/Shanghai, found "Asia/Shangai"',
      'newsletter.yaml:7:23: newsletters[0].schedule.hour: expected an hour from 0 to 23, found 24',
      'newsletter.yaml:8:16: retentionDays: expected at least 14 days, found 7',
    ]);
  });

  it.each([
    ['a type', small.replace('ai-daily', '2026'), ':2:9: newsletters[0].id: expected a text, found 2026'],
    ['an id', small.replace('ai-daily', 'AI_Daily'), 'expected an id of 2 to 32 lower-case letters'],
    ['the id that means every one', small.replace('ai-daily', 'all'), 'expected an id other than "all"'],
    ['an offset for a time zone', small.replace('Asia/Shanghai', '"+08:00"'), 'expected an IANA time zone'],
    ['an address', small.replace('daily@example.org', 'daily@localhost'), 'expected an e-mail address'],
    [
      'an address with a line break',
      small.replace('daily@example.org', '"a@b.c\\nBcc: x@y.z"'),
      'expected an e-mail address',
    ],
    ['half an hour', `${small}    schedule: { hour: 7.5 }\n`, 'expected a whole number, found 7.5'],
    ['an empty value', `${small}    schedule:\n`, 'expected a table of keys and values, found nothing'],
    [
      'no newsletter',
      'newsletters: []\n',
      ':1:14: newsletters: expected at least one newsletter, found an empty list',
    ],
    ['an empty file', '# nothing\n', 'the file is empty'],
    ['a list for a file', '- a\n', ':1:1: the file: expected a table of keys and values, found a list'],
    ['a tab', 'newsletters:\n\t- id: x\n', 'newsletter.yaml:2:1: not YAML'],
    [
      'the same key twice',
      `${small}durability: strict\ndurability: relaxed\n`,
      ':8:1: not YAML: Map keys must be unique',
    ],
    [
      'an ftp relay',
      `${small}sending: { relays: [{ url: 'ftp://x' }] }\n`,
      'sending.relays[0].url: expected smtp://',
    ],
    ['a folder without a name', `${small}sending: { relays: [{ url: 'file:' }] }\n`, 'file:DIR'],
    [
      'a user without a password',
      `${small}sending: { relays: [{ url: 'smtp://me@mx.example.org' }] }\n`,
      'expected a passwordEnv beside it',
    ],
    [
      'a password without a user',
      `${small}sending: { relays: [{ url: 'smtp://mx.example.org', passwordEnv: P_1 }] }\n`,
      'expected a url that names the user',
    ],
    [
      'a lane without domains',
      `${small}sending: { lanes: [{ id: campus, perMinute: 60 }] }\n`,
      '"domains" is missing in sending.lanes[0]',
    ],
    [
      'a lane that is not limited',
      `${small}sending: { lanes: [{ domains: [uni.example] }] }\n`,
      'expected perMinute, connections or both',
    ],
    [
      'a domain in two lanes',
      `${small}sending: { lanes: [{ domains: [uni.example], perMinute: 1 }, { id: b2, domains: [uni.example], perMinute: 2 }] }\n`,
      'the domain "uni.example" is already taken',
    ],
    [
      'the same relay twice',
      `${small}sending: { relays: [{ url: 'smtp://a.example' }, { url: 'smtp://a.example' }] }\n`,
      'the relay "smtp://a.example" is already taken',
    ],
    [
      'a relay of an unknown kind',
      `${small}sending: { relays: [{ url: 'smtp://a.example', profile: sendmail }] }\n`,
      'sending.relays[0].profile',
    ],
    [
      'a password for a variable',
      `${small}sending: { relays: [{ url: 'smtp://me@mx.example.org', passwordEnv: 'hunter 2' }] }\n`,
      'expected the name of an environment variable',
    ],
  ])('is found: %s', (_what, text, expected) => {
    expect(complaint(text)).toContain(expected);
  });

  it('in a relay is a password, which is not repeated', () => {
    const message = complaint(
      `${small}sending: { relays: [{ url: 'smtps://me:hunter2@mx.example.org' }] }\n`,
    );
    expect(message).toContain('expected no password in it');
    expect(message).toContain('passwordEnv');
    expect(message).not.toContain('hunter2');
  });

  it.each([
    'me:hunter2@mx.example.org',
    'smtp:/me:hunter2@mx',
    'http://me:a@hunter2@mx',
    'smtp://me:hunter2@[',
  ])('in a relay is a password, which is not repeated, however wrong the url is: %s', (url) => {
    const message = complaint(`${small}sending: { relays: [{ url: '${url}' }] }\n`);
    expect(message).toContain('sending.relays[0].url: expected');
    expect(message).not.toContain('hunter2');
  });

  it('is two newsletters, two topics or two aliases of one name', () => {
    const twice = `${small}${small.replace('newsletters:\n', '')}`;
    expect(complaint(twice)).toBe(
      'newsletter.yaml:7:9: newsletters[1].id: the newsletter id "ai-daily" is already taken by newsletters[0].id',
    );
    const topics = `${small}topics:
  - { id: radio, name: { zh: 通信, en: Radio }, aliases: [6G, Radio] }
  - { id: radio, name: { zh: 无线, en: Wireless }, aliases: [６g] }
`;
    expect(complaint(topics).split('\n')).toEqual([
      'newsletter.yaml:9:11: topics[1].id: the topic id "radio" is already taken by topics[0].id',
      'newsletter.yaml:9:60: topics[1].aliases[0]: the alias "６g" is already taken by topics[0].aliases[0]',
    ]);
  });

  it('is anchors that multiply each other', () => {
    const bomb = Array.from(
      { length: 9 },
      (_, i) => `a${i}: &a${i} [${i === 0 ? 'x' : `*a${i - 1},`.repeat(9)}]`,
    );
    expect(complaint(bomb.join('\n'))).toContain('not YAML');
  });
});

describe('the files that come with the product', () => {
  it('start a new installation with two newsletters, the built-in topics and no address', () => {
    const config = load(initialConfig());
    expect(config.newsletters.map(({ id, language }) => [id, language])).toEqual([
      ['ai-industry', 'zh'],
      ['tech-brief', 'zh'],
    ]);
    expect(config.topics).toEqual([]);
    expect(topicsOf(config)).toEqual(builtInTopics);
    expect([config.legalName, config.postalAddress]).toEqual(['', '']);
    expect(config.sending.relays).toEqual([]);
  });

  it('give the demo three newsletters that can reach nobody', () => {
    const config = loadConfig(join(packageRoot(), 'examples', 'newsletter.yaml'));
    expect(config.newsletters.map(({ id, name, language }) => [id, name, language])).toEqual([
      ['ai-daily', 'AI 日报', 'zh'],
      ['tech-brief', '科技速览', 'zh'],
      ['tech-en', 'Tech Brief EN', 'en'],
    ]);
    const addresses = config.newsletters.flatMap(({ from, replyTo, contact }) => [
      from.address,
      replyTo,
      contact,
    ]);
    expect(addresses.every((address) => address?.endsWith('.invalid'))).toBe(true);
    expect(config.postalAddress).not.toBe('');
    expect(config.sending.relays).toEqual([]);
  });
});
