/** Each copy by itself: whose it is, what its links open, its Message-ID, which revision it carries. */
import { messageIdOf } from '../../src/message/message-id.ts';
import { verifyToken, verifyVoteToken } from '../../subscribers/tokens.ts';
import type { Received } from '../helpers/smtp-sink.ts';
import { subjectOf } from './corrections.ts';
import type { Case, Say } from './judge.ts';

/** Bodies are read in one run of so many. */
const bodiesEvery = 5;

export async function checkCopies(
  { rig, issue, newsletter, readers, facts, schedule }: Case,
  record: readonly Received[],
  say: Say,
): Promise<void> {
  const { tokenKeys, messageIdKeys } = rig.operators[0].keyring;
  const [messageIdKey] = messageIdKeys;
  const sids = new Map(readers.map(({ sid, address }) => [address, sid]));
  const sidOf = (token: string): number | string => {
    try {
      const payload = verifyToken(tokenKeys, 'unsubscribe', token);
      return payload.newsletter === newsletter ? payload.sid : payload.newsletter;
    } catch {
      return 'nobody';
    }
  };
  const [correction = issue] = facts.corrections;
  const voterOf = (token: string): number | string => {
    try {
      const vote = verifyVoteToken(tokenKeys, token);
      return [issue, correction].includes(vote.issue) ? vote.sid : vote.issue;
    } catch {
      return 'nobody';
    }
  };
  const idsOf = (sid: number) =>
    [issue, correction].map((each) =>
      messageIdOf(messageIdKey?.secret ?? Buffer.alloc(0), each, sid, 'news.example'),
    );
  // I8: one Message-ID over all attempts of a delivery, refused and unanswered ones too.
  for (const { rcpt, messageId } of await rig.sink.attempts()) {
    const sid = sids.get(rcpt);
    if (sid !== undefined && (messageId === null || !idsOf(sid).includes(messageId))) {
      say(`I8 an attempt at ${rcpt} had a Message-ID that is not its delivery’s`);
    }
  }
  for (const received of record) {
    const { rcpt, raw, messageId } = received;
    const sid = sids.get(rcpt);
    if (sid === undefined || raw === undefined) {
      say(`I2 ${rcpt} got a copy and is no recipient`);
      continue;
    }
    // I5: the links in a copy belong to its RCPT.
    const head = raw.toString('latin1', 0, raw.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ');
    const list = /^List-Unsubscribe: <[^>]*\/u\/([\w-]+)>/im.exec(head)?.[1] ?? '';
    if (sidOf(list) !== sid) say(`I5 the List-Unsubscribe of ${rcpt} (${sid}) belongs to ${sidOf(list)}`);
    if (!head.includes(rcpt)) say(`I5 the To of ${rcpt} names somebody else`);
    const subject = subjectOf(received);
    // I8: and it is the one that belongs to this reader and issue.
    const expected = idsOf(sid)[subject === 2 ? 1 : 0];
    if (messageId !== expected) say(`I8 the Message-ID of ${rcpt} is not that of its delivery`);
    // I6: after a revision nobody gets what it replaced.
    if (facts.revised.has(rcpt) && subject === 0) {
      say(`I6 ${rcpt} got the first content after the second was published`);
    }
    if (schedule.seed % bodiesEvery !== 0) continue;
    const links = [...textOf(raw).matchAll(/\/[up]\/([\w-]{34,74})/g)].map((match) => match[1] ?? '');
    if (links.length === 0) say(`I5 the body of ${rcpt} has no link of its own`);
    for (const link of links) if (sidOf(link) !== sid) say(`I5 a link of ${rcpt} belongs to ${sidOf(link)}`);
    const votes = [...textOf(raw).matchAll(/\/v\/([\w-]+)\/(?:dis)?like/g)].map((match) => match[1] ?? '');
    if (votes.length === 0) say(`I5 the body of ${rcpt} has no link to vote with`);
    for (const vote of votes) {
      if (voterOf(vote) !== sid) say(`I5 a vote of ${rcpt} would be that of ${voterOf(vote)}`);
    }
  }
}

/** All base64 parts, decoded. */
function textOf(raw: Buffer): string {
  return raw
    .toString('latin1')
    .split(/base64\r\n\r\n/)
    .slice(1)
    .map((part) => Buffer.from(part.split('\r\n--')[0] ?? '', 'base64').toString())
    .join('\n');
}
