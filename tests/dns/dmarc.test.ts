import { describe, expect, it } from 'vitest';
import { appliedDmarc, type Dmarc, readDmarc, treeWalk } from '../../src/dns/dmarc.ts';

describe('a DMARC record', () => {
  it('begins with its version, and is the only one', () => {
    expect(readDmarc(['v=spf1 -all', 'p=none; v=DMARC1', 'v=DMARC10; p=none', 'v=dmarc1; p=none'])).toEqual({
      type: 'missing',
    });
    expect(readDmarc(['v=DMARC1; p=none', 'v=DMARC1; p=reject'])).toEqual({ type: 'several' });
  });

  it.each([
    ['v=DMARC1', null],
    ['v=DMARC1; rua=mailto:reports@mail.net', null],
    ['v=DMARC1; p=none; pct=50', 'none'],
    ['v = DMARC1 ; p = Reject ;', 'reject'],
    ['v=DMARC1; p=quarantine; t=y; np=reject; unknown=1', 'quarantine'],
    ['v=DMARC1; p=nonsense', null],
  ])('%s is understood', (text, policy) => {
    expect(readDmarc([text])).toMatchObject({ type: 'found', record: { policy } });
  });
});

describe('the tree walk', () => {
  it('asks the domain, then one label less each time', () => {
    expect(treeWalk('a.mail.paper.net')).toEqual(['a.mail.paper.net', 'mail.paper.net', 'paper.net', 'net']);
    expect(treeWalk('net')).toEqual(['net']);
  });

  it('asks at most eight names: above a long one it goes on with seven labels', () => {
    const walk = treeWalk('a.b.c.d.e.f.g.h.i.j.mail.net');
    expect(walk).toHaveLength(8);
    expect(walk[1]).toBe('f.g.h.i.j.mail.net');
    expect(treeWalk('b.c.d.e.f.g.mail.net')[1]).toBe('c.d.e.f.g.mail.net');
    expect(treeWalk('b.c.d.e.f.g.mail.net')).toHaveLength(8);
  });
});

describe('the record that applies', () => {
  const at = (records: Readonly<Record<string, string>>, domain = 'a.mail.paper.net') =>
    appliedDmarc(
      treeWalk(domain).map((each): readonly [string, Dmarc] => [
        each,
        readDmarc(records[each] === undefined ? [] : [records[each]]),
      ]),
    );

  it('is the domain’s own', () => {
    expect(at({ 'a.mail.paper.net': 'v=DMARC1; p=none', 'paper.net': 'v=DMARC1; p=reject' })).toMatchObject({
      domain: 'a.mail.paper.net',
      policy: 'none',
    });
    expect(at({ 'a.mail.paper.net': 'v=DMARC1' })).toMatchObject({ policy: 'none' });
  });

  it('else the organization’s, the highest that is found, with its policy for domains below', () => {
    const found = at({
      'mail.paper.net': 'v=DMARC1; p=none',
      'paper.net': 'v=DMARC1; p=reject; sp=quarantine',
    });
    expect(found).toMatchObject({ domain: 'paper.net', policy: 'quarantine' });
    expect(at({ 'paper.net': 'v=DMARC1; p=reject' })).toMatchObject({ policy: 'reject' });
  });

  it('is not looked for above one that says it is no registry’s', () => {
    expect(
      at({ 'mail.paper.net': 'v=DMARC1; p=none; psd=n', 'paper.net': 'v=DMARC1; p=reject' }),
    ).toMatchObject({
      domain: 'mail.paper.net',
    });
  });

  it('is a registry’s only when the organization below it has none', () => {
    expect(at({ 'paper.net': 'v=DMARC1; p=none', net: 'v=DMARC1; p=reject; psd=y' })).toMatchObject({
      domain: 'paper.net',
    });
    expect(at({ net: 'v=DMARC1; p=reject; psd=y' })).toMatchObject({ domain: 'net', policy: 'reject' });
  });

  it('may be none', () => {
    expect(at({})).toBeNull();
  });
});
