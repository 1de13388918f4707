import { describe, expect, it } from 'vitest';
import { readSpf } from '../../src/dns/spf.ts';

describe('an SPF record', () => {
  it('is the one TXT record whose first word is v=spf1', () => {
    expect(readSpf([])).toEqual({ type: 'missing' });
    expect(readSpf(['google-site-verification=x', 'v=spf10 all', 'spf1'])).toEqual({ type: 'missing' });
    expect(readSpf(['v=spf1 -all', 'V=SPF1'])).toEqual({ type: 'several', count: 2 });
    expect(readSpf(['V=spf1'])).toMatchObject({ type: 'found', record: { all: null, lookups: 0 } });
  });

  it.each([
    ['v=spf1 a mx -all', '-', 2, []],
    ['v=spf1 include:_spf.mail.net ip4:192.0.2.0/24 ip6:2001:db8::/32 ~all', '~', 1, ['_spf.mail.net']],
    ['v=spf1 redirect=_spf.mail.net', null, 1, ['_spf.mail.net']],
    ['v=spf1 -all redirect=_spf.mail.net', '-', 0, []],
    ['v=spf1 all include:never.reached', '+', 0, []],
    ['v=spf1 ?exists:%{i}._spf.mail.net include:%{d}.mail.net exp=why.mail.net x-own=1 ?all', '?', 2, []],
    ['v=spf1 a:mail.net/24//64 mx/28 ptr ptr:mail.net +all', '+', 4, []],
  ])('%s is understood', (text, all, lookups, reads) => {
    expect(readSpf([text])).toEqual({ type: 'found', record: { all, lookups, reads } });
  });

  it.each([
    ['v=spf1 ip4:192.0.2.300 -all', 'ip4:192.0.2.300'],
    ['v=spf1 ip4:192.0.2.0/33 -all', 'ip4:192.0.2.0/33'],
    ['v=spf1 ip6:192.0.2.1 -all', 'ip6:192.0.2.1'],
    ['v=spf1 include: -all', 'include:'],
    ['v=spf1 incldue:mail.net -all', 'incldue:mail.net'],
    ['v=spf1 -all, a', '-all,'],
  ])('%s is not: it names the term', (text, term) => {
    expect(readSpf([text])).toEqual({ type: 'invalid', term });
  });
});
