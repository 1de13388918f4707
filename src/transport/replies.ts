/** What a relay's no means: reply and stage (RFC 5321 §4.2, RFC 3463) looked up in one table, `reply-table.ts`. */
import type { Refusal, ReplyClass } from './refusal.ts';
import { type ReplyRule, replyTable } from './reply-table.ts';
import type { Stage } from './stage.ts';

/**
 * @param stage where in the dialogue the reply came
 * @param reply as received; several lines are put on one
 * @returns a refusal whose `code` is 400–599; text without such a code counts as 451
 */
export function classify(stage: Stage, reply: string): Refusal {
  const said = readReply(reply);
  const rule = replyTable.find((candidate) => fits(candidate, said, stage));
  const meaning = { class: rule?.class ?? 'unclassified', action: rule?.action } as const;
  const { class: found, action } = atStage(stage, meaning);
  return {
    stage,
    code: said.code,
    ...(said.enhanced === undefined ? {} : { enhanced: said.enhanced }),
    reply: said.line,
    class: found,
    action: said.code < 500 || action === 'defer' ? 'defer' : 'reject',
    suppress: found === 'no-mailbox' && rule?.positive === true,
  };
}

/** What a refusal says of an address for longer than one issue. */
export type AddressEvidence = Extract<ReplyClass, 'no-mailbox' | 'disabled' | 'mailbox-full'>;

/**
 * What the subscribers' bounce policy has to know of a refusal; null for most, which concern one issue alone.
 * That an address is gone counts only when a code made for it says so: 5.2.1 and 5.1.2 (RFC 3463 §3.2, §3.3), and
 * those by which `suppress` is true. Full is a mailbox in words too.
 */
export function evidenceOf({
  stage,
  class: found,
  enhanced,
  code,
  suppress,
}: Refusal): AddressEvidence | null {
  if (!recipientStages.has(stage)) return null;
  if (found === 'mailbox-full') return found;
  if (suppress) return 'no-mailbox';
  const saysDisabled = code >= 500 && (enhanced === '5.2.1' || enhanced === '5.1.2');
  return found === 'disabled' && saysDisabled ? found : null;
}

/** A reply of several lines on one, without control characters, at most 1000 characters; its codes are said once. */
export function oneLine(reply: string): string {
  return alreadyOneLine.test(reply) ? reply : readReply(reply).line;
}

/** Almost every 250: taking it apart would cost as much as reading it. */
const alreadyOneLine = /^[2-5]\d\d [!-~](?:[ -~]{0,990}[!-~])?$/;

const sessionStages = new Set<Stage>(['connect', 'greeting', 'ehlo', 'starttls', 'auth']);
/** At MAIL the sender is refused, whatever the code says. */
const recipientStages = new Set<Stage>(['rcpt', 'data', 'body', 'gate', 'dot']);
const addressClasses = new Set<ReplyClass>(['no-mailbox', 'disabled']);
const recipientClasses = new Set<ReplyClass>([
  ...addressClasses,
  'mailbox-full',
  'message',
  'greylisted',
  'unclassified',
]);

interface Meaning {
  readonly class: ReplyClass;
  readonly action: 'defer' | undefined;
}

/** Before MAIL nobody has been named yet: such a no concerns the relay. At MAIL it is our sender that is not there. */
function atStage(stage: Stage, meaning: Meaning): Meaning {
  if (sessionStages.has(stage)) {
    return { class: recipientClasses.has(meaning.class) ? 'host' : meaning.class, action: 'defer' };
  }
  if (stage === 'mail' && addressClasses.has(meaning.class)) {
    return { class: 'authentication', action: 'defer' };
  }
  return meaning;
}

const maxReplyLength = 1000;

interface Said {
  readonly code: number;
  readonly enhanced?: string;
  /** The whole reply on one line. */
  readonly line: string;
  readonly codes: string;
  readonly text: string;
}

function fits(rule: ReplyRule, said: Said, stage: Stage): boolean {
  if (rule.stage !== undefined && rule.stage !== stage) return false;
  if (rule.codes !== undefined && !rule.codes.test(said.codes)) return false;
  return rule.text === undefined || rule.text.some((pattern) => pattern.test(said.text));
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
    text: withoutNames(rest.slice(0, maxReplyLength)),
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
  return text.replace(/https?:\/\/\S+/gi, ' ').replace(/[^\s<:("'[]+@[^\s<>:;,()"'\]]+/g, ' ');
}
