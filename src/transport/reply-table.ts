/**
 * The table of replies, first match wins. Big providers use codes their own way, so the plainest words of a reply come
 * before its codes. What is not positively known rejects one issue at most and suppresses nobody.
 */
import type { ReplyClass } from './refusal.ts';
import type { Stage } from './stage.ts';

export interface ReplyRule {
  readonly class: ReplyClass;
  /** Matched against `code enhanced`, e.g. `550 5.1.1`; `-` for no enhanced code. */
  readonly codes?: RegExp;
  /** One of them has to match the text, which is without addresses and URLs. */
  readonly text?: readonly RegExp[];
  readonly stage?: Stage;
  /** A 5xx that is not final all the same. Default: a 5xx rejects, a 4xx defers. */
  readonly action?: 'defer';
  /** The reply says positively, and in a code made for it, that there is no such mailbox. */
  readonly positive?: true;
}

export const replyTable: readonly ReplyRule[] = [
  // ---- our fault: it would be the same for every recipient, so it is held, not rejected
  { class: 'authentication', codes: /^(526|535|530|534|538) /, action: 'defer' },
  { class: 'authentication', codes: / [45]\.7\.(2[0-7]|29|30|3[12]|8|57|60|64|509|515)$/, action: 'defer' },
  { class: 'authentication', codes: / [45]\.1\.[78]$/, action: 'defer' },
  {
    class: 'authentication',
    text: [
      /\brelay(ing)? (access )?(is )?(denied|not permitted|not allowed|prohibited)|\brelaying\b.*\bdenied|\bno relaying\b/i,
      /(unable|not permitted|not allowed|cannot|refus\w+|don't|won't) to relay/i,
      /must (first )?issue a STARTTLS|need EHLO and AUTH|authentication (is )?required|(?<!temporary )(authentication|auth) fail|conform with authentication/i,
      /not (authori[sz]ed|allowed) to (send|relay|perform)|send as this sender|SendAsDenied|mail from (address )?must (be same as|equal)/i,
      /email address is not verified|(sender|from)\b.{0,40}\bnot (owned|verified)|verified sender identity|sending (is )?suspended for this account|INVALID IP FOR SENDING/i,
    ],
    action: 'defer',
  },
  {
    class: 'authentication',
    text: [
      /\b(SPF|DKIM|DMARC|sender ?id)\b.{0,60}(fail|reject|policy|missing|invalid|not pass|unauthenticated|quarantine|unaligned)/i,
      /(fail\w*|violat\w*|not pass\w*|unauthenticated).{0,60}\b(SPF|DKIM|DMARC)\b(?!-)/i,
      /unauthenticated (e?mail|message|sender)|authentication (information|checks)|\bMI:SPF|\bDT:SUM/i,
      /reverse (DNS|hostname)|\brDNS\b|\bPTR\b|helo command rejected|DNS check failed|sender verify fail/i,
    ],
    action: 'defer',
  },

  // ---- too fast: 5xx at QQ and NetEase too, and no verdict on the mailbox
  {
    class: 'rate',
    text: [
      /frequency (is )?limited|frequency limit|throttl|rate.?(limit|control)|temporarily limited|too (fast|quickly|frequent\w*)|at a rate that/i,
      // NetEase and Yahoo name the limit that was met.
      /\bHL:(ICC|IFC|ITC|MEP)|\bMI:(DMC|CCL|CEL|SFQ|STC|DLC)|\bRP:(DRC|CCL|CEL|TRC|RCL|DLC)|\[(TSS?|GL)\d\d/,
      /(exceed\w*|over|maximum|unusual)\b.{0,30}\brates?\b|max\w* (e-?mails?|messages?) per|unusual sending activity|SubmissionQuota/i,
      /\btoo (many|much) (\w+ ){0,2}(mails?|messages|e-?mails|connections|concurrent|sessions|recipients|requests|sends|errors)/i,
      /(sending|hourly|daily) (user )?(sending |message )?(rate|limit|quota)|connection (limit|rate)|concurrent connections/i,
    ],
    action: 'defer',
  },
  {
    class: 'rate',
    codes: / [45]\.7\.28$| 4\.7\.[56]\d\d$|^452 4\.3\.2$| 5\.4\.5$| [45]\.5\.3$/,
    action: 'defer',
  },
  // 454 of TLS or AUTH is the relay's own trouble.
  { class: 'host', codes: /^454 /, stage: 'starttls' },
  { class: 'host', codes: /^454 /, stage: 'auth' },
  { class: 'rate', codes: /^454 / },

  // ---- come back later
  { class: 'greylisted', codes: /^4/, text: [/gr[ea]y-?list|postgrey|resources restricted/i] },

  // ---- the mailbox is there
  { class: 'mailbox-full', codes: / [45]\.2\.2$/ },
  {
    class: 'mailbox-full',
    text: [
      /(mailbox|mail box|inbox|account|user|recipient|maildir|storage)\b.{0,50}\b(is full|full$|over ?quota|out of storage|exceed\w*\b.{0,20}\b(quota|storage|size|limit))/i,
      /over ?quota|quota (is )?exceeded|mailbox.{0,20} full|insufficient (disk|mailbox) space/i,
      /exceed\w* (the |his |its |her )?(storage|quota)/i,
    ],
  },

  // ---- what they think of us
  {
    class: 'reputation',
    text: [
      /\bspam|\bjunk\b|\bunsolicited\b|bulk (e-?)?mail|\bphish|\bvirus\b|\bmalware\b|suspicious|user complaints|bounce attacks/i,
      /(black|block|deny) ?-?list|\b(D?R|P|S|X|C|DNS)BLs?\b|\bAUP#|\breputation\b|poor (sender|ip)|\bIP is rejected|\bproofpoint/i,
      /\bbanned\b|\bblocked\b|_blocked\b|\bblocking\b|\bpolic(y|ies)\b|content (denied|rejected)|message filtered|excessive unknown/i,
      // NetEase, Apple and Yahoo, Microsoft, AOL
      /\bHL:(REP|IPB)|\bMI:SPB|\bDT:(SPM|RBL)|\[(CS|HM|PR|HC|PH|BL)\d\d\]|\b(RP|SC|DY|OU)-\d{3}\b|\((DYN|HVU|RLY|RTR|CON):\w\d/,
    ],
    action: 'defer',
  },
  {
    class: 'reputation',
    codes: /^5/,
    text: [/\bservice refused?\b|sender rejected|connection denied/i],
    action: 'defer',
  },
  { class: 'rate', codes: /^421 4\.7\.0$/ },

  // ---- a code of the address with words that take it back: not positive
  {
    class: 'unclassified',
    codes: /^5\d\d 5\.(1\.\d+|2\.1)$/,
    text: [/access denied|temporar|try again|recipient preferences|not accepting/i],
  },

  // ---- positively no such mailbox: the only rule by which an address may be suppressed
  { class: 'no-mailbox', codes: /^5\d\d 5\.1\.(1|3|6|10)$|^556 /, positive: true },
  { class: 'disabled', codes: /^5\d\d 5\.(2\.1|1\.2|4\.4|7\.13)$/ },
  {
    class: 'disabled',
    codes: /^5/,
    text: [
      /\b(mailbox|account|user|recipient|address)\b.{0,60}\b(disabled|inactive|suspended|deactivated|discontinued|closed|locked|frozen|expired)/i,
      /no such domain|domain\b.{0,40}\b(does not exist|not found|is not hosted|unknown)|unknown (domain|host)|host unknown|unrouteable|unroutable/i,
    ],
  },
  // RFC 5321 §4.2.3 says these words of a mailbox that is missing, closed to us, or refused by policy.
  {
    class: 'unclassified',
    codes: /^5\d\d (-|5\.[05]\.0)$/,
    text: [/mailbox unavailable(?! or does)/i],
  },
  // Said in words alone: final for this issue, and no more.
  {
    class: 'no-mailbox',
    codes: /^5/,
    text: [
      /(no such|unknown|unrecogni[sz]ed|invalid|non-?existent) (local )?(user|mailbox|recipient|account|address|person)|not a valid (user|mailbox|recipient|address)/i,
      /(user|mailbox|recipient|account|address|mail ?box)\b.{0,60}\b(unknown|not found|doesn'?t exist|does not exist|not exist|no longer|not known|not listed|unavailable or does not|is not valid|marked as invalid)/i,
      /doesn'?t have (a|an) .{0,30}account|no mailbox (here|by that name)|do(es|s) ?n[o']t exist/i,
    ],
  },

  // The session is out of step, whatever the message: it can go over another connection.
  { class: 'host', codes: /^503 /, action: 'defer' },

  // ---- the message
  { class: 'message', codes: / [45]\.(3\.4|2\.3|6\.\d+|5\.\d+)$/ },
  {
    class: 'message',
    codes: /^5/,
    text: [
      /(message|size)\b.{0,40}\b(too (large|big|long)|exceed\w*|limit)|line(s)? (is |are )?too long|bare (LF|CR|<LF>)|illegal attachment|header|syntax|malformed/i,
    ],
  },

  // ---- 4.7.1 without a word that tells more is how most greylists answer
  { class: 'greylisted', codes: /^45[01] 4\.7\.1$/ },
  { class: 'reputation', codes: / [45]\.7\.\d+$/, action: 'defer' },

  // ---- the relay itself
  { class: 'host', codes: /^421 |^4\d\d 4\.3\.\d+$/ },
  { class: 'host', codes: /^554 /, stage: 'greeting' },
];
