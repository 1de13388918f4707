import { beforeAll, describe, expect, it } from 'vitest';
import type { EditionSample } from '../../src/preflight/sample.ts';
import { copyProblems, senderProblems } from '../../src/preflight/sender-rules.ts';
import { links, sampleFor, senderFacts } from './samples.ts';

describe('the sender', () => {
  it('says who they are and where', () => {
    expect(senderProblems(senderFacts)).toEqual([]);
  });

  it('is an error without a legal name or a postal address', () => {
    expect(
      senderProblems({ legalName: ' ', postalAddress: '' }).map(({ severity, rule }) => [severity, rule]),
    ).toEqual([
      ['error', 'legal-name-missing'],
      ['error', 'postal-address-missing'],
    ]);
  });
});

describe('a copy', () => {
  let sample: EditionSample;
  let textSample: EditionSample;
  beforeAll(async () => {
    sample = await sampleFor();
    textSample = await sampleFor(undefined, { topics: 'all', format: 'text' });
  });

  const rulesOf = (changed: EditionSample, facts = senderFacts) =>
    copyProblems(changed, facts).map(({ rule, message }) => `${rule}: ${message}`);

  it('carries all that it must, in either format', () => {
    expect(copyProblems(sample, senderFacts)).toEqual([]);
    expect(copyProblems(textSample, senderFacts)).toEqual([]);
  });

  it('is an error when a part does not show name and address', () => {
    const other = { legalName: 'O’Neill & "Söhne"', postalAddress: '1 <b> Street' };
    expect(rulesOf(sample, other)).toEqual([
      'legal-name-missing: the legal name is not in the text part and the HTML part',
      'postal-address-missing: the postal address is not in the text part and the HTML part',
    ]);
  });

  it('knows them again when HTML writes their characters otherwise', () => {
    const other = { legalName: 'O\'Neill & "Sons" = `x`', postalAddress: '1 Street\nTown' };
    const html = '<p>O&#x27;Neill &amp; &quot;Sons&quot; &#x3D; &#x60;x&#96;<br>1 Street Town</p>';
    const text = `${other.legalName}\n${other.postalAddress}\n${links.unsubscribeUrl}`;
    const changed = { ...sample, html: `${html}<a href="${links.unsubscribeUrl}">u</a>`, text };
    expect(rulesOf(changed, other)).toEqual([]);
  });

  it('is an error without the unsubscribe link in each part and in the header', () => {
    const without = (text: string) => text.replaceAll('/u/', '/x/');
    expect(rulesOf({ ...sample, html: without(sample.html) })).toEqual([
      'unsubscribe-missing: the unsubscribe link is not in the HTML part',
    ]);
    expect(rulesOf({ ...textSample, text: without(textSample.text) })).toEqual([
      'unsubscribe-missing: the unsubscribe link is not in the text part',
    ]);
    expect(rulesOf(withoutHeader(sample, 'List-Unsubscribe'))).toEqual([
      'unsubscribe-missing: the unsubscribe link is not in the List-Unsubscribe header',
    ]);
    expect(rulesOf(withoutHeader(sample, 'List-Unsubscribe-Post'))).toEqual([
      'unsubscribe-missing: the unsubscribe link is not in the List-Unsubscribe-Post header',
    ]);
  });

  it('is an error without a List-Id', () => {
    expect(rulesOf(withoutHeader(sample, 'List-Id'))).toEqual([
      'list-id-missing: the list is not in the List-Id header',
    ]);
  });
});

function withoutHeader(sample: EditionSample, name: string): EditionSample {
  const raw = sample.message.raw
    .toString('latin1')
    .replace(new RegExp(`^${name}:.*\r\n(?:[ \t].*\r\n)*`, 'm'), '');
  return { ...sample, message: { ...sample.message, raw: Buffer.from(raw, 'latin1') } };
}
