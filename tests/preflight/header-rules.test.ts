import { beforeAll, describe, expect, it } from 'vitest';
import { formProblems, headerProblems } from '../../src/preflight/header-rules.ts';
import type { EditionSample } from '../../src/preflight/sample.ts';
import { signatureProblems } from '../../src/preflight/signature-rules.ts';
import { sampleFor } from './samples.ts';

let sample: EditionSample;
let textSample: EditionSample;
beforeAll(async () => {
  sample = await sampleFor();
  textSample = await sampleFor(undefined, { topics: 'all', format: 'text' });
});

const changed = (change: (raw: string) => string): EditionSample => ({
  ...sample,
  message: { ...sample.message, raw: Buffer.from(change(sample.message.raw.toString('latin1')), 'latin1') },
});

const without = (name: string) => (raw: string) =>
  raw.replace(new RegExp(`^${name}:.*\r\n(?:[ \t].*\r\n)*`, 'm'), '');

describe('the header of a copy', () => {
  it('has every field that a newsletter needs, in either format', () => {
    expect([sample, textSample].flatMap(headerProblems)).toEqual([]);
  });

  it.each([
    'From',
    'To',
    'Subject',
    'Date',
    'Message-ID',
    'MIME-Version',
    'List-Help',
    'Feedback-ID',
    'Precedence',
    'X-Auto-Response-Suppress',
  ])('is an error without %s', (name) => {
    expect(headerProblems(changed(without(name)))).toEqual([
      {
        severity: 'error',
        rule: 'header-missing',
        edition: sample.edition.id,
        message: expect.stringContaining(`a copy has no ${name}; expected is `),
      },
    ]);
  });

  it('is an error with a value that is none', () => {
    const fields = {
      Precedence: 'bulk',
      'Feedback-ID': 'a:b',
      To: 'a@x.example, b@x.example',
      Date: 'today',
    };
    for (const [name, value] of Object.entries(fields)) {
      const broken = changed((raw) =>
        raw.replace(new RegExp(`^${name}:.*\r\n`, 'm'), `${name}: ${value}\r\n`),
      );
      expect(headerProblems(broken).map(({ message }) => message)).toEqual([
        expect.stringContaining(`a copy has ${name}: "${value}"`),
      ]);
    }
  });
});

describe('the form of a copy', () => {
  const faults = (broken: EditionSample) => formProblems(broken).map(({ message }) => message);

  it('is sound, in either format', () => {
    expect([sample, textSample].flatMap(formProblems)).toEqual([]);
  });

  it.each([
    ['holds an octet that is not 7-bit', (raw: string) => `${raw}\u00e9\r\n`],
    ['holds an octet that is not 7-bit', (raw: string) => `${raw}\0\r\n`],
    ['has a line end that is not CRLF', (raw: string) => `${raw}a\nb\r\n`],
    ['has a line end that is not CRLF', (raw: string) => `${raw}a\rb\r\n`],
    ['has a line of more than 998 octets', (raw: string) => `${raw}${'x'.repeat(999)}\r\n`],
    ['has subject twice', (raw: string) => `Subject: x\r\n${raw}`],
    ['does not begin with its text part', (raw: string) => raw.replace('text/plain', 'text/html')],
    [
      'has a URL of more than 500 characters in its header',
      (raw: string) => `X-Long: <https://a.example/${'x'.repeat(490)}>\r\n${raw}`,
    ],
  ])('%s', (what, change) => {
    expect(faults(changed(change))).toEqual([`a copy ${what}`]);
  });

  it('takes its envelope from the domain of its sender', () => {
    const envelope = { ...sample.message.envelope, from: 'bounce@other.example' };
    expect(faults({ ...sample, message: { ...sample.message, envelope } })).toEqual([
      'a copy comes from news.example, its envelope from bounce@other.example',
    ]);
  });
});

describe('the signature of a copy', () => {
  const names =
    'From:To:Subject:Date:Message-ID:MIME-Version:Content-Type:List-Id:List-Unsubscribe:List-Unsubscribe-Post';
  const signed = (h: string) =>
    changed(
      (raw) => `DKIM-Signature: v=1; a=rsa-sha256; d=news.example;\r\n h=${h};\r\n bh=x; b=y\r\n${raw}`,
    );

  it('covers what must not be changed on the way', () => {
    expect(signatureProblems(signed(names).message.raw)).toEqual([]);
    expect(signatureProblems(signed(names.toLowerCase().replaceAll(':', ' :\r\n ')).message.raw)).toEqual([]);
  });

  it('is an error without List-Unsubscribe-Post, as nodemailer would sign', () => {
    expect(signatureProblems(signed(names.replace(':List-Unsubscribe-Post', '')).message.raw)).toEqual([
      {
        severity: 'error',
        rule: 'dkim-coverage',
        message: 'the DKIM signature leaves out List-Unsubscribe-Post',
      },
    ]);
  });

  it('is an error where there is none', () => {
    expect(signatureProblems(sample.message.raw)[0]?.message).toContain('leaves out From, To, Subject');
  });
});
