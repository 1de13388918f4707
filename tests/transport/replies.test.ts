import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { queueIdOf } from '../../src/transport/queue-id.ts';
import type { Refusal, ReplyClass } from '../../src/transport/refusal.ts';
import { classify, oneLine } from '../../src/transport/replies.ts';
import type { Stage } from '../../src/transport/stage.ts';

type Row = readonly [from: string, stage: Stage, reply: string];

/** Replies as relays give them, by what they mean. A `!` before the sender: 5xx, and to be tried again all the same. */
const replies: Readonly<Record<ReplyClass, readonly Row[]>> = {
  'no-mailbox': [
    [
      'Gmail',
      'rcpt',
      "550-5.1.1 The email account that you tried to reach does not exist. Please try\r\n550-5.1.1 double-checking the recipient's email address for typos or\r\n550-5.1.1 unnecessary spaces. For more information, go to\r\n550 5.1.1  https://support.google.com/mail/?p=NoSuchUser d9443c01a7336-1f44c9a2b3asi12345675ad.123 - gsmtp",
    ],
    [
      'Microsoft',
      'dot',
      '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup',
    ],
    ['Microsoft', 'rcpt', '550 5.1.1 RESOLVER.ADR.RecipNotFound; not found'],
    ['Apple', 'rcpt', '550 5.1.1 <someone@icloud.com>: user does not exist'],
    ['Apple', 'rcpt', '550 5.1.1 <someone@icloud.com>: inactive email address'],
    [
      'Postfix',
      'rcpt',
      '550 5.1.1 <neko@example.co.jp>: Recipient address rejected: User unknown in virtual mailbox table',
    ],
    [
      'Postfix',
      'rcpt',
      '550 5.1.1 <blocked.spam@example.com>: Recipient address rejected: User unknown in local recipient table',
    ],
    ['Sendmail', 'rcpt', '550 5.1.1 <kijitora@example.jp>... User Unknown'],
    ['Amazon SES', 'dot', '550 5.1.1 user unknown'],
    ['Domino', 'rcpt', '550 5.1.1 Mailbox does not exist'],
    ['a moved one', 'rcpt', '550 5.1.6 recipient no longer on server: kijitora@example.jp'],
    ['bad syntax', 'rcpt', '553 5.1.3 <a..b@example.com>: Recipient address syntax error'],
    ['null MX', 'rcpt', '556 5.1.10 Recipient address has null MX'],
    ['RFC 7504', 'rcpt', '556 example.org does not accept mail'],
    ['qmail', 'rcpt', '550 sorry, no mailbox here by that name. (#5.1.1)'],
  ],
  disabled: [
    [
      'Gmail',
      'rcpt',
      '550-5.2.1 The email account that you tried to reach is inactive. For more\r\n550-5.2.1 information, go to\r\n550 5.2.1  https://support.google.com/mail/?p=DisabledUser a1-20020a - gsmtp',
    ],
    ['Postfix', 'rcpt', '550 5.1.2 <x@nowhere.example>: Recipient address rejected: Domain not found'],
    ['Exim', 'rcpt', '550 Unrouteable address'],
    ['NetEase', 'rcpt', '550 User suspended: someone@163.com'],
    [
      'Yahoo',
      'rcpt',
      '554 delivery error: dd This account has been disabled or discontinued [#102]. - mta4222.mail.bf1.yahoo.com',
    ],
    ['i.ua', 'rcpt', '550 Mailbox is frozen. See http://mail.i.ua/err/3/'],
    ['a disabled one', 'rcpt', '525 5.7.13 Disabled recipient address'],
    ['a relay', 'dot', '550 5.4.4 Invalid domain'],
  ],
  'mailbox-full': [
    [
      'Gmail',
      'rcpt',
      "452-4.2.2 The recipient's inbox is out of storage space. Please direct the\r\n452-4.2.2 recipient to\r\n452 4.2.2  https://support.google.com/mail/?p=OverQuotaTemp x - gsmtp",
    ],
    [
      'Gmail',
      'rcpt',
      '552-5.2.2 The email account that you tried to reach is over quota and inactive.\r\n552 5.2.2 https://support.google.com/mail/?p=OverQuotaPerm - gsmtp',
    ],
    ['Apple', 'rcpt', '552 5.2.2 <someone@icloud.com>: user is over quota'],
    ['Dovecot', 'dot', '552 5.2.2 <neko@nyaaan.example.org> Quota exceeded (mailbox for user is full)'],
    [
      'Microsoft',
      'dot',
      '554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded',
    ],
    ['a plain one', 'rcpt', '452 Mailbox is full'],
    ['another', 'dot', '522 5.2.0 Delivery failed: Over quota'],
  ],
  rate: [
    [
      'Gmail',
      'mail',
      '421-4.7.28 Gmail has detected an unusual rate of unsolicited mail originating\r\n421-4.7.28 from your IP address. To protect our users from spam, mail sent from\r\n421 4.7.28 your IP address has been temporarily rate limited. - gsmtp',
    ],
    [
      'Gmail',
      'rcpt',
      '450-4.2.1 The user you are trying to contact is receiving mail at a rate that\r\n450 4.2.1 prevents additional messages from being delivered. - gsmtp',
    ],
    [
      '! Gmail',
      'rcpt',
      '550-5.2.1 The user you are trying to contact is receiving mail too quickly.\r\n550 5.2.1 Please resend your message at a later time. - gsmtp',
    ],
    [
      '! Gmail',
      'dot',
      '550-5.4.5 Daily user sending limit exceeded. For more information on Gmail\r\n550 5.4.5 sending limits go to https://support.google.com/a/answer/166852 - gsmtp',
    ],
    [
      'Yahoo',
      'mail',
      '421 4.7.0 [TSS04] Messages from 192.0.2.192 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1; see https://postmaster.yahooinc.com/error-codes',
    ],
    [
      'Microsoft',
      'mail',
      '451 4.7.650 The mail server [192.0.2.25] has been temporarily rate limited due to IP reputation. For e-mail delivery information, see https://postmaster.live.com (S3113)',
    ],
    ['Microsoft', 'rcpt', '451 4.7.500 Server busy. Please try again later from [192.0.2.1]. (S77719)'],
    [
      '! QQ',
      'dot',
      '550 Ip frequency limited. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000725',
    ],
    [
      '! QQ',
      'mail',
      '550 Domain frequency limited. http://service.mail.qq.com/cgi-bin/help?subtype=1&&no=1001253',
    ],
    ['! QQ', 'connect', '550 Connection frequency limited'],
    [
      '! NetEase',
      'mail',
      '550 MI:DMC 163 smtp14,EsCowAB,,1700000000 http://mail.163.com/help/help_spam_16.htm',
    ],
    ['NetEase', 'mail', '421 HL:ICC 163 mx23,RsCowAD http://mail.163.com/help/help_spam_16.htm'],
    ['NetEase', 'rcpt', '450 RP:TRC smtp4,DtGowAA http://mail.163.com/help/help_spam_16.htm'],
    ['! NetEase', 'dot', '554 MI:SFQ 126 mx10,vMCowEB http://mail.163.com/help/help_spam_16.htm'],
    ['Amazon SES', 'mail', '454 Throttling failure: Maximum sending rate exceeded.'],
    ['! Amazon SES', 'dot', '554 Throttling failure: Daily message quota exceeded.'],
    ['Postfix', 'rcpt', '452 4.3.2 Connection rate limit exceeded.'],
    ['Postfix', 'mail', '450 4.7.1 Error: too much mail from 192.0.2.7'],
    ['Exim', 'mail', '452 too many connections from your IP, slow down'],
  ],
  greylisted: [
    [
      'Postgrey',
      'rcpt',
      '450 4.2.0 <x@y.example>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/y.example.html',
    ],
    ['a greylist', 'rcpt', '451 4.7.1 Greylisting in action, please come back later'],
    ['a greylist', 'rcpt', '450 4.7.1 Please try again in 300 seconds'],
    ['Exim', 'rcpt', '451 greylisted host, try again in five minutes'],
  ],
  authentication: [
    [
      '! Gmail',
      'dot',
      '550-5.7.26 This mail has been blocked because the sender is unauthenticated.\r\n550-5.7.26 Gmail requires all senders to authenticate with either SPF or DKIM.\r\n550 5.7.26 - gsmtp',
    ],
    [
      'Gmail',
      'dot',
      '421-4.7.26 This mail has been rate limited because it is unauthenticated. Gmail\r\n421 4.7.26 requires all senders to authenticate with either SPF or DKIM. - gsmtp',
    ],
    [
      '! Gmail',
      'dot',
      '550-5.7.27 Your email has been blocked because the sender is unauthenticated with SPF\r\n550 5.7.27 - gsmtp',
    ],
    ['! Gmail', 'dot', '550 5.7.30 This mail has been blocked because DKIM does not pass. - gsmtp'],
    [
      '! Gmail',
      'dot',
      "550-5.7.1 Unauthenticated email from example.com is not accepted due to domain's\r\n550 5.7.1 DMARC policy. - gsmtp",
    ],
    [
      '! Gmail',
      'dot',
      '550-5.7.25 [192.0.2.1] The IP address sending this message does not have a PTR record\r\n550 5.7.25 setup - gsmtp',
    ],
    [
      '! Microsoft',
      'dot',
      '550 5.7.515 Access denied, sending domain EXAMPLE.COM does not meet the required authentication level.',
    ],
    [
      '! Microsoft',
      'dot',
      '550 5.7.509 Access denied, sending domain [EXAMPLE.JP] does not pass DMARC verification and has a DMARC policy of reject.',
    ],
    ['! Microsoft', 'rcpt', '550 5.7.64 TenantAttribution; Relay Access Denied'],
    [
      '! Apple',
      'dot',
      "554 5.7.1 Your message was rejected due to example.org's DMARC policy. See https://support.apple.com/en-us/HT204137 for info",
    ],
    ['! Postfix', 'rcpt', '554 5.7.1 <kijitora@example.org>: Relay access denied'],
    ['! Exim', 'rcpt', '550 relay not permitted'],
    ['! Exim', 'rcpt', '550 5.7.1 Relaying denied'],
    [
      '! Amazon SES',
      'dot',
      '554 Message rejected: Email address is not verified. The following identities failed the check in region EU-WEST-1: x@y.example',
    ],
    [
      '! Sendmail',
      'mail',
      '553 5.1.8 <root@vagrant.example>... Domain of sender address root@vagrant.example does not exist',
    ],
    ['! a relay', 'mail', '530 5.7.0 Authentication required'],
    ['! a relay', 'mail', '530 5.7.0 Must issue a STARTTLS command first'],
    ['! a relay', 'auth', '535 5.7.8 Username and Password not accepted.'],
    ['! QQ', 'auth', '535 Error: authentication failed, system busy'],
    [
      '! GMX',
      'greeting',
      '554-gmx.net (mxgmx015) Nemesis ESMTP Service not available\r\n554-No SMTP service\r\n554 Bad DNS PTR resource record.',
    ],
  ],
  reputation: [
    [
      '! Gmail',
      'dot',
      '550-5.7.1 [192.0.2.1      12] Our system has detected that this message is likely\r\n550-5.7.1 unsolicited mail. To reduce the amount of spam sent to Gmail, this message has been\r\n550 5.7.1 blocked. - gsmtp',
    ],
    [
      '! Microsoft',
      'mail',
      "550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3150).",
    ],
    [
      '! Microsoft',
      'rcpt',
      '550 5.7.606 Access denied, banned sending IP [198.51.100.222]. To request removal from this list please visit https://sender.office.com/',
    ],
    ['! Microsoft', 'mail', "550 SC-001 (BAY004-MC1F1) Unfortunately, messages from 192.0.2.1 weren't sent."],
    [
      '! Yahoo',
      'dot',
      '554 5.7.9 Message not accepted for policy reasons. See https://postmaster.yahooinc.com/error-codes',
    ],
    [
      '! Apple',
      'dot',
      '550 5.7.1 [CS01] Message rejected due to local policy. Please visit https://support.apple.com/en-us/HT204137',
    ],
    [
      '! Postfix',
      'rcpt',
      '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/192.0.2.1',
    ],
    ['! a 5.1.1 that lies', 'rcpt', '550 5.1.1 <x@y.example>: blocked by our reputation service'],
    [
      '! Proofpoint',
      'greeting',
      '554 Blocked - see https://support.proofpoint.com/dnsbl-lookup.cgi?ip=192.0.2.225',
    ],
    ['! Amavis', 'dot', '554 5.7.0 Reject, id=20025-09 - SPAM'],
    [
      '! QQ',
      'dot',
      '550 Mail content denied. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000726',
    ],
    ['! NetEase', 'dot', '554 DT:SPM 163 mx42,QMCowAB http://mail.163.com/help/help_spam_16.htm'],
    ['NetEase', 'mail', '451 DT:SPM 126 mx7,R8qnCgD please try again'],
    ['NetEase', 'mail', '421 HL:REP 163 mx6,PMCowAA http://mail.163.com/help/help_spam_16.htm'],
    ['! a relay', 'rcpt', '550 5.7.1 IP address blacklisted by recipient'],
  ],
  message: [
    ['Postfix', 'mail', '552 5.3.4 Message size exceeds fixed limit'],
    ['Microsoft', 'dot', '552 5.2.3 Message size exceeds fixed maximum message size (10485760)'],
    ['an Exchange', 'dot', '552 5.6.0 Headers too large (3 max)'],
    ['Postfix', 'dot', '550 5.6.9 improper use of 8-bit data in message header'],
    ['a relay', 'rcpt', '501 5.5.4 Invalid arguments'],
    ['Exim', 'dot', "554 Transaction failed: Duplicate header 'DKIM-Signature'."],
    ['a plain one', 'dot', '552 Message size exceeds maximum permitted'],
    ['a relay', 'dot', '451 4.5.0 SMTP protocol violation, see RFC 2821'],
  ],
  host: [
    ['Postfix', 'mail', '421 4.3.0 Service not available, closing transmission channel'],
    ['Exim', 'dot', '421 mail.example.org lost input connection'],
    ['Postfix', 'rcpt', '451 4.3.0 <x@y.example>: Temporary lookup failure'],
    ['Postfix', 'mail', '452 4.3.1 Insufficient system storage'],
    ['a relay', 'starttls', '454 4.7.0 TLS not available due to local problem'],
    ['a relay', 'auth', '454 4.7.0 Temporary authentication failure'],
    ['! a relay', 'greeting', '554 No SMTP service here'],
    ['! a relay', 'ehlo', '550 5.0.0 go away'],
    ['! a relay', 'mail', '503 5.5.1 bad sequence of commands'],
  ],
  unclassified: [
    ['Exim', 'rcpt', '451 Temporary local problem - please try later'],
    [
      'Postfix',
      'rcpt',
      '450 4.1.1 <x@y.example>: Recipient address rejected: unverified address: connection timed out',
    ],
    [
      'Microsoft',
      'rcpt',
      '550 5.4.1 [kijitora@example.org]: Recipient address rejected: Access denied [NEKOCHAN.prod.protection.outlook.com]',
    ],
    [
      'Facebook',
      'rcpt',
      '550 5.1.1 RCP-P2 http://postmaster.facebook.com/response_codes?ip=192.0.2.135#rcp Refused due to recipient preferences',
    ],
    ['a terse one', 'rcpt', '550 Rejected'],
    ['a terse one', 'dot', '554 Transaction failed'],
    ['QQ', 'rcpt', '550 Mailbox unavailable or access denied'],
  ],
};

const rows = Object.entries(replies).flatMap(([expected, list]) =>
  list.map(([from, stage, reply]) => ({ expected, from, stage, reply })),
);

describe('a reply', () => {
  it('is tested with at least sixty texts', () => {
    expect(rows.length).toBeGreaterThanOrEqual(60);
  });

  it.each(rows)('is $expected: $from at $stage: $reply', ({ expected, from, stage, reply }) => {
    const refusal = classify(stage, reply);
    const isFinal = reply.startsWith('5') && !from.startsWith('!');
    expect({ class: refusal.class, action: refusal.action, suppress: refusal.suppress }).toEqual({
      class: expected,
      action: isFinal ? 'reject' : 'defer',
      suppress: expected === 'no-mailbox',
    });
  });

  it.each([
    ['QQ', '550 Mailbox not found. http://service.mail.qq.com/cgi-bin/help?subtype=1&&no=1000728'],
    ['NetEase', '550 User not found: someone@163.com'],
    ['Exim', '550 No such user here'],
    [
      'Yahoo',
      "554 delivery error: dd This user doesn't have a yahoo.com account (x@yahoo.com) [0] - mta1061.mail.ne1.yahoo.com",
    ],
    ['ezweb', '550 <otsu@ezweb.ne.jp>: User unknown'],
    ['wrong code', '550 5.7.1 550 User Unknown: mikeneko@example.org'],
  ])('without a code made for it rejects this issue and suppresses nobody: %s', (_, reply) => {
    expect(classify('rcpt', reply)).toMatchObject({ class: 'no-mailbox', action: 'reject', suppress: false });
  });

  it('suppresses nobody before a recipient was named', () => {
    for (const stage of ['connect', 'greeting', 'ehlo', 'starttls', 'auth', 'mail'] as const) {
      expect(classify(stage, '550 5.1.1 no such user').suppress).toBe(false);
    }
  });

  it('is told on one line, its codes once', () => {
    const { reply, code, enhanced } = classify(
      'rcpt',
      '550-5.1.1 first\r\n550-5.1.1 second\n550 5.1.1  third\r\n',
    );
    expect({ reply, code, enhanced }).toEqual({
      reply: '550 5.1.1 first second third',
      code: 550,
      enhanced: '5.1.1',
    });
    expect(oneLine('250-2.0.0 fine\r\n250 2.0.0 really')).toBe('250 2.0.0 fine really');
    expect(classify('dot', `550 ${'x'.repeat(5000)}`).reply).toHaveLength(1000);
    expect(classify('dot', '550 a\0b\u001b[31mc').reply).toBe('550 a b [31mc');
  });

  it('has no enhanced code where an IP address or a version looks like one', () => {
    expect(classify('rcpt', '550 5.9.1.4 is listed').enhanced).toBeUndefined();
    expect(classify('rcpt', '550 sendmail 5.1.1').enhanced).toBeUndefined();
    expect(classify('rcpt', '550 #5.1.0 Address rejected.').enhanced).toBe('5.1.0');
  });

  it('of any text at any stage is a refusal that suppresses by a code of the address alone', () => {
    const stages: Stage[] = ['greeting', 'ehlo', 'auth', 'mail', 'rcpt', 'data', 'body', 'gate', 'dot'];
    const reply = fc
      .tuple(
        fc.integer({ min: 400, max: 599 }),
        fc.constantFrom('', '5.1.1 ', '5.7.1 ', '4.2.2 ', '5.2.1 '),
        fc.string(),
      )
      .map(([code, enhanced, text]) => `${code} ${enhanced}${text}`);
    fc.assert(
      fc.property(fc.constantFrom(...stages), reply, (stage, text) => {
        const refusal: Refusal = classify(stage, text);
        expect(refusal.code).toBe(Number(text.slice(0, 3)));
        if (refusal.code < 500) expect(refusal.action).toBe('defer');
        if (refusal.suppress) {
          expect(refusal).toMatchObject({ class: 'no-mailbox', action: 'reject' });
          expect(refusal.enhanced === '5.1.1' || refusal.code === 556).toBe(true);
        }
      }),
    );
  });
});

const corpus = process.env.PAPERBOY_CORPUS;

describe.runIf(corpus)('the replies of real bounces', () => {
  const folder = join(corpus ?? '', 'bounces');
  const expected: Record<string, { reason: string }[]> = corpus
    ? JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'))
    : {};
  const diagnostics = Object.entries(expected).flatMap(([file, entries]) => {
    const text = readFileSync(join(folder, 'mail', file), 'latin1').replace(/\r?\n[ \t]+/g, ' ');
    const lines = [...text.matchAll(/^Diagnostic-Code:[ \t]*smtp;[ \t]*([45]\d\d[ -].*)$/gim)].map(
      ([, line]) => line ?? '',
    );
    // One line for each entry, or there is no telling which belongs to which.
    return lines.length === entries.length
      ? lines.map((reply, n) => ({ reply, reason: entries[n]?.reason ?? '' }))
      : [];
  });
  const suppressed = diagnostics.filter(({ reply }) => classify('rcpt', reply).suppress);

  it('are there', () => {
    expect(diagnostics.length).toBeGreaterThan(50);
  });

  it('suppress only whom a bounce parser takes for gone', () => {
    const mistaken = suppressed.filter(({ reason }) => !['userunknown', 'hasmoved'].includes(reason));
    expect(mistaken).toEqual([]);
  });

  it('that name a mailbox as unknown are found, that name it as full likewise', () => {
    const share = (reason: string, ...classes: ReplyClass[]) => {
      const known = diagnostics.filter((diagnostic) => diagnostic.reason === reason);
      const missed = known.filter(({ reply }) => !classes.includes(classify('rcpt', reply).class));
      return missed.length / known.length;
    };
    expect(share('userunknown', 'no-mailbox', 'disabled')).toBeLessThan(0.1);
    expect(share('mailboxfull', 'mailbox-full')).toBeLessThan(0.1);
  });
});

describe('a queue id', () => {
  it.each([
    ['250 2.0.0 Ok: queued as 4F2kQz1234z9', '4F2kQz1234z9'],
    [
      '250 Mail OK queued as gzga-smtp-mtada-g1-4,_____wBHn1pX 1700000000',
      'gzga-smtp-mtada-g1-4,_____wBHn1pX',
    ],
    ['250 OK id=1kYabc-0001Ab-2C', '1kYabc-0001Ab-2C'],
    ['250 OK ids=4b1f5a8c9d', '4b1f5a8c9d'],
    [
      '250 Ok 0100018b5c3c0a4f-1b2c3d4e-5f60-7182-93a4-b5c6d7e8f901-000000',
      '0100018b5c3c0a4f-1b2c3d4e-5f60-7182-93a4-b5c6d7e8f901-000000',
    ],
    ['250 2.0.0 OK  1700000000 d2e1a72fcca58-6c0si12345.123 - gsmtp', 'd2e1a72fcca58-6c0si12345.123'],
    [
      '250 2.6.0 <x@y.example> [InternalId=35996, Hostname=A.B.prod.outlook.com] 12 bytes in 0.1 Queued mail for delivery',
      '35996',
    ],
    ['250 2.0.0 u3KAbc123 Message accepted for delivery', 'u3KAbc123'],
    ['250 2.0.0 <4F2kQz1234>', '4F2kQz1234'],
    ['250 Message Queued (0B1C2D3E-4F50.1)', '0B1C2D3E-4F50.1'],
    ['250 Ok', undefined],
    ['250 2.0.0 Ok', undefined],
    ['250 Great success', undefined],
  ])('of %j is %j', (reply, id) => {
    expect(queueIdOf(reply)).toBe(id);
  });
});
