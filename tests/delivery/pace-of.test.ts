import { describe, expect, it } from 'vitest';
import { paceOf } from '../../src/delivery/pace-of.ts';
import { relayProfiles } from '../../src/transport/relay-profile.ts';
import { classify } from '../../src/transport/replies.ts';
import type { Stage } from '../../src/transport/stage.ts';

const pace = (stage: Stage, reply: string, profile: keyof typeof relayProfiles = 'plain') =>
  paceOf({ type: 'refused', refusal: classify(stage, reply) }, relayProfiles[profile]);

describe('what a reply says of the pace', () => {
  it.each<[Stage, string, ReturnType<typeof paceOf>]>([
    ['dot', '454 Throttling failure: Maximum sending rate exceeded.', 'relay-rate'],
    ['mail', '452 4.3.2 Connection rate limit exceeded', 'relay-rate'],
    ['rcpt', '450 4.7.1 Error: too much mail from 192.0.2.1', 'relay-rate'],
    ['rcpt', '421 4.7.28 Our system has detected an unusual rate of unsolicited mail', 'lane-rate'],
    ['rcpt', '550 Ip frequency limited. https://service.mail.qq.com', 'lane-rate'],
    ['dot', '421 HL:ICC 163 smtp10', 'lane-rate'],
    ['mail', '421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred', 'relay-rate'],
    ['greeting', '421 4.7.0 Too many concurrent connections', 'failed'],
    ['greeting', '421 4.3.2 Service shutting down', 'unwell'],
    ['rcpt', '421 4.3.0 Try again later, closing connection', 'unwell'],
    ['rcpt', '451 4.3.0 queue file write error', 'failed'],
    ['auth', '535 5.7.8 Authentication failed', 'failed'],
    ['dot', '550 5.7.26 This mail is unauthenticated', 'verdict'],
    ['rcpt', '554 5.7.1 Message blocked as spam', 'verdict'],
    ['rcpt', '450 4.7.1 Greylisted, see http://postgrey.example/', null],
    ['rcpt', '550 5.1.1 no such user', null],
    ['rcpt', '452 4.2.2 mailbox full', null],
    ['dot', '552 5.3.4 message too large', null],
  ])('%s: %s', (stage, reply, event) => {
    expect(pace(stage, reply)).toBe(event);
  });

  it('is said for the lane by a relay that hands each message on while we wait', () => {
    expect(pace('dot', '451 4.7.1 too many messages, slow down', 'final')).toBe('lane-rate');
    expect(pace('greeting', '421 4.3.2 Service shutting down', 'final')).toBe('unwell');
  });

  it('is nothing when all went well or our gate said no; a connection that broke is a failure', () => {
    const error = new Error('reset');
    expect(paceOf({ type: 'accepted', reply: '250 Ok' }, relayProfiles.plain)).toBeNull();
    expect(paceOf({ type: 'withheld' }, relayProfiles.plain)).toBeNull();
    expect(paceOf({ type: 'broken', stage: 'data', error }, relayProfiles.plain)).toBe('failed');
    expect(paceOf({ type: 'unknown', error }, relayProfiles.plain)).toBe('failed');
  });
});
