/** Each copy by itself: whose it is, what its links open, its Message-ID, which revision it carries. */
import { messageIdOf } from '../../src/message/message-id.ts';
import { verifyToken } from '../../subscribers/tokens.ts';
import type { Received } from '../helpers/smtp-sink.ts';
import { subjects } from './content.ts';
import type { Case } from './judge.ts';

/** Bodies are read in one run of so many. */
const bodiesEvery = 5;

export function checkCopies(
  { rig, issue, newsletter, readers, facts, schedule }: Case,
  record: readonly Received[],
  say: (problem: string) => void,
): void {
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
  for (const { rcpt, raw, messageId } of record) {
    const sid = sids.get(rcpt);
    if (sid === undefined || raw === undefined) {
      say(`I2 ${rcpt} got a copy and is no recipient`);
      continue;
    }
    const head = raw.toString('latin1', 0, raw.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ');
    const list = /^List-Unsubscribe: <[^>]*\/u\/([\w-]+)>/im.exec(head)?.[1] ?? '';
    if (sidOf(list) !== sid) say(`I5 the List-Unsubscribe of ${rcpt} (${sid}) belongs to ${sidOf(list)}`);
    if (!head.includes(rcpt)) say(`I5 the To of ${rcpt} names somebody else`);
    const expected = messageIdOf(messageIdKey?.secret ?? Buffer.alloc(0), issue, sid, 'news.example');
    if (messageId !== expected) say(`I8 the Message-ID of ${rcpt} is not that of its delivery`);
    if (facts.revised.has(rcpt) && !head.includes(subjects[1])) {
      say(`I6 ${rcpt} got the first content after the second was published`);
    }
    if (schedule.seed % bodiesEvery !== 0) continue;
    const links = [...textOf(raw).matchAll(/\/[up]\/([\w-]{34,74})/g)].map((match) => match[1] ?? '');
    if (links.length === 0) say(`I5 the body of ${rcpt} has no link of its own`);
    for (const link of links) if (sidOf(link) !== sid) say(`I5 a link of ${rcpt} belongs to ${sidOf(link)}`);
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
