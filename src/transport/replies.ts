/**
 * What a relay's no means: one table over stage and reply (RFC 5321 §4.2, RFC 3463), in order, first match wins. Big
 * providers use codes their own way, so the plainest words of a reply come before its codes, and whatever is not
 * positively known rejects one issue at most and suppresses nobody.
 */
import type { Refusal, ReplyClass } from './refusal.ts';
import type { Stage } from './stage.ts';

/**
 * @param stage where in the dialogue the reply came
 * @param reply as received; several lines are put on one
 * @returns a refusal whose `code` is 400–599; text without such a code counts as 451
 */
export function classify(stage: Stage, reply: string): Refusal {
  const said = readReply(reply);
  const sessionStage = sessionStages.has(stage);
  const rule = rules.find((candidate) => fits(candidate, said, stage));
  const found = rule?.class ?? 'unclassified';
  const aboutRecipient = recipientClasses.has(found);
  return {
    stage,
    code: said.code,
    ...(said.enhanced === undefined ? {} : { enhanced: said.enhanced }),
    reply: said.line,
    // Before MAIL nobody's mailbox has been named yet: such a no concerns the relay.
    class: sessionStage && (aboutRecipient || found === 'unclassified') ? 'host' : found,
    action: sessionStage || said.code < 500 || rule?.action === 'defer' ? 'defer' : 'reject',
    suppress: found === 'no-mailbox' && rule?.positive === true && recipientStages.has(stage),
  };
}

/** A reply of several lines on one, without control characters, at most 1000 characters; its codes are said once. */
export function oneLine(reply: string): string {
  return readReply(reply).line;
}

interface Rule {
  readonly class: ReplyClass;
  /** Matched against `code enhanced`, e.g. `550 5.1.1`; `-` for no enhanced code. */
  readonly codes?: RegExp;
  /** Matched against the text without addresses and URLs. */
  readonly text?: RegExp;
  readonly stage?: Stage;
  /** A 5xx that is not final all the same. Default: a 5xx rejects, a 4xx defers. */
  readonly action?: 'defer';
  /** The reply says positively, and in a code made for it, that there is no such mailbox. */
  readonly positive?: true;
}

const rules: readonly Rule[] = [
  // ---- our fault: it would be the same for every recipient, so it is held, not rejected
  { class: 'authentication', codes: /^(535|530|534|538) /, action: 'defer' },
  { class: 'authentication', codes: / [45]\.7\.(2[0-7]|29|30|3[12]|8|57|60|64|509|515)$/, action: 'defer' },
  { class: 'authentication', codes: / [45]\.1\.[78]$/, action: 'defer' },
  {
    class: 'authentication',
    text: /\brelay(ing)? (access )?(is )?(denied|not permitted|not allowed|prohibited)|(unable|not permitted|not allowed|cannot|refus\w+|don't|won't) to relay|\brelaying\b.*\bdenied|must (first )?issue a STARTTLS|authentication (is )?required|email address is not verified|(sender|from)\b.{0,40}\bnot (owned|verified)|not authori[sz]ed to (send|relay)|send as this sender/i,
    action: 'defer',
  },
  {
    class: 'authentication',
    text: /\b(SPF|DKIM|DMARC|sender ?id)\b.{0,60}(fail|reject|policy|missing|invalid|not pass|unauthenticated|quarantine|unaligned)|(fail\w*|violat\w*|not pass\w*|unauthenticated).{0,60}\b(SPF|DKIM|DMARC)\b(?!-)|unauthenticated (e?mail|message)|authentication (information|checks)|unauthenticated senders|reverse DNS|\brDNS\b|\bPTR\b|MI:SPF|DT:SUM/i,
    action: 'defer',
  },

  // ---- too fast: 5xx at QQ and NetEase too, and no verdict on the mailbox
  {
    class: 'rate',
    text: /frequency (is )?limited|frequency limit|\bHL:(ICC|IFC|ITC|MEP)|\bMI:(DMC|CCL|SFQ|STC|DLC)|\bRP:(DRC|CCL|TRC|RCL|DLC)|throttl|rate.?limit|(exceed\w*|over|maximum|unusual)\b.{0,30}\brates?\b|\btoo (many|much) (mails?|messages|e-?mails|connections|concurrent|sessions|recipients|requests|sends)|too (fast|quickly|frequent\w*)|at a rate that|(sending|hourly|daily) (user )?(sending |message )?(rate|limit|quota)|\[TSS?\d\d|connection (limit|rate)|concurrent connections/i,
    action: 'defer',
  },
  {
    class: 'rate',
    codes: / [45]\.7\.28$| 4\.7\.[56]\d\d$|^452 4\.3\.2$|^421 4\.7\.0$| 5\.4\.5$/,
    action: 'defer',
  },
  // 454 of TLS or AUTH is the relay's own trouble.
  { class: 'host', codes: /^454 /, stage: 'starttls' },
  { class: 'host', codes: /^454 /, stage: 'auth' },
  { class: 'rate', codes: /^454 / },

  // ---- come back later
  { class: 'greylisted', codes: /^4/, text: /gr[ea]y-?list|postgrey|resources restricted/i },

  // ---- the mailbox is there
  { class: 'mailbox-full', codes: / [45]\.2\.2$/ },
  {
    class: 'mailbox-full',
    text: /(mailbox|mail box|inbox|account|user|recipient|maildir|storage)\b.{0,50}\b(is full|full$|over ?quota|out of storage|exceed\w*\b.{0,20}\b(quota|storage|size|limit))|over ?quota|quota (is )?exceeded|exceed\w* (the |his |its |her )?(storage|quota)|mailbox.{0,20} full|insufficient (disk|mailbox) space/i,
  },

  // ---- what they think of us
  {
    class: 'reputation',
    text: /\bspam|\bspam(haus|cop|hat)|\bjunk\b|(black|block|deny) ?-?list|\bD?RBL\b|\bDNSBL\b|\breputation\b|\bunsolicited\b|\bbanned\b|\bblocked\b|\bblocking\b|\bphish|\bvirus\b|\bmalware\b|bulk (e-?)?mail|content (denied|rejected)|suspicious|policy (reasons|violation|reject)|(local|site|security|recipient's) policy|user complaints|poor (sender|ip)|\bHL:(REP|IPB)|\bMI:SPB|\bDT:(SPM|RBL)|\bIP is rejected|\[(CS|HM|PR|HC)\d\d\]|\b(RP|SC|DY|OU)-\d{3}\b|proofpoint|message filtered|bounce attacks/i,
    action: 'defer',
  },

  // ---- a code of the address with words that take it back: not positive
  {
    class: 'unclassified',
    codes: /^5\d\d 5\.1\.\d+$/,
    text: /access denied|temporar|try again|recipient preferences|not accepting/i,
  },

  // ---- positively no such mailbox: the only rule by which an address may be suppressed
  { class: 'no-mailbox', codes: /^5\d\d 5\.1\.(1|3|6|10)$|^556 /, positive: true },
  { class: 'disabled', codes: /^5\d\d 5\.(2\.1|1\.2|4\.4|7\.13)$/ },
  {
    class: 'disabled',
    codes: /^5/,
    text: /\b(mailbox|account|user|recipient|address)\b.{0,60}\b(disabled|inactive|suspended|deactivated|discontinued|closed|locked|frozen|expired)|no such domain|domain (does not exist|not found|is not hosted|unknown)|unknown (domain|host)|host unknown|unrouteable|unroutable/i,
  },
  // Said in words alone: final for this issue, and no more.
  {
    class: 'no-mailbox',
    codes: /^5/,
    text: /(no such|unknown|unrecogni[sz]ed|invalid|non-?existent) (local )?(user|mailbox|recipient|account|address|person)|(user|mailbox|recipient|account|address|mail ?box)\b.{0,60}\b(unknown|not found|doesn'?t exist|does not exist|not exist|no longer|not known|not listed|unavailable or does not|is not valid)|doesn'?t have (a|an) .{0,30}account|no mailbox (here|by that name)|does ?n[o']t exist/i,
  },

  // The session is out of step, whatever the message: it can go over another connection.
  { class: 'host', codes: /^503 /, action: 'defer' },

  // ---- the message
  { class: 'message', codes: / [45]\.(3\.4|2\.3|6\.\d+|5\.\d+)$/ },
  {
    class: 'message',
    codes: /^5/,
    text: /(message|size)\b.{0,40}\b(too (large|big|long)|exceed\w*|limit)|line(s)? (is |are )?too long|bare (LF|CR|<LF>)|illegal attachment|header|syntax|malformed/i,
  },

  // ---- 4.7.1 without a word that tells more is how most greylists answer
  { class: 'greylisted', codes: /^45[01] 4\.7\.1$/ },
  { class: 'reputation', codes: / [45]\.7\.\d+$/, action: 'defer' },

  // ---- the relay itself
  { class: 'host', codes: /^421 |^4\d\d 4\.3\.\d+$/ },
  { class: 'host', codes: /^554 /, stage: 'greeting' },
];

const sessionStages = new Set<Stage>(['connect', 'greeting', 'ehlo', 'starttls', 'auth']);
/** At MAIL the sender is refused, whatever the code says. */
const recipientStages = new Set<Stage>(['rcpt', 'data', 'body', 'gate', 'dot']);
const recipientClasses = new Set<ReplyClass>([
  'mailbox-full',
  'no-mailbox',
  'disabled',
  'message',
  'greylisted',
]);
const maxReplyLength = 1000;

interface Said {
  readonly code: number;
  readonly enhanced?: string;
  /** The whole reply on one line. */
  readonly line: string;
  readonly codes: string;
  readonly text: string;
}

function fits(rule: Rule, said: Said, stage: Stage): boolean {
  if (rule.stage !== undefined && rule.stage !== stage) return false;
  if (rule.codes !== undefined && !rule.codes.test(said.codes)) return false;
  return rule.text === undefined || rule.text.test(said.text);
}

function readReply(reply: string): Said {
  const lines = reply.split(/[\r\n]+/).map((line) => line.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim());
  const first = /^([2-5]\d\d)(?=[ -]|$)/.exec(lines[0] ?? '')?.[1];
  const words = lines.map((line) => line.replace(/^[2-5]\d\d(?:[ -]|$)/, ''));
  const enhanced = enhancedOf(words);
  // Continuation lines repeat the codes; they are said once.
  const rest = words
    .map((line, at) => (at > 0 ? line.replace(/^[245]\.\d{1,3}\.\d{1,3} /, '') : line).trim())
    .filter((line) => line !== '')
    .join(' ');
  const code = Number(first?.replace(/^[23].*/, '451') ?? 451);
  return {
    code,
    ...(enhanced === undefined ? {} : { enhanced }),
    line: `${first === undefined ? '' : `${first} `}${rest}`.trim().slice(0, maxReplyLength),
    codes: `${code} ${enhanced ?? '-'}`,
    text: withoutNames(rest),
  };
}

/** RFC 2034 §4 puts it first; qmail and some gateways write `#5.1.1` later on. An IP address is none. */
function enhancedOf(lines: readonly string[]): string | undefined {
  for (const line of lines) {
    const [, code] =
      /^([45]\.\d{1,3}\.\d{1,3})(?![.\d])/.exec(line) ??
      /#([45]\.\d{1,3}\.\d{1,3})(?![.\d])/.exec(line) ??
      [];
    if (code !== undefined) return code;
  }
  return undefined;
}

/** `<spamfan@example.org>` says nothing about spam. */
function withoutNames(text: string): string {
  return text.replace(/https?:\/\/\S+/gi, ' ').replace(/\S+@\S+/g, ' ');
}
