/**
 * What spam filters and readers take for spam in a subject. The list is short on purpose: news writes of free museums,
 * of winners and of loans, so only shouting counts, and phrases that sell.
 */
import { type Problem, problemOf } from './problem.ts';
import type { EditionReport } from './sample.ts';

const triggers: readonly { readonly form: RegExp; readonly what: string }[] = [
  // SpamAssassin scores both: SUBJ_ALL_CAPS, PLING_PLING.
  { form: /^(?=(?:[^A-Z]*[A-Z]){10})[^\p{Ll}\p{Lo}]*$/u, what: 'is all in capitals' },
  {
    form: /[!！][^!！]*[!！][^!！]*[!！]|[!！]{2}|[?？]{3}/u,
    what: 'has many exclamation or question marks',
  },
  { form: /^\s*(?:re|fwd?|回复|答复|转发)\s*[:：]/iu, what: 'poses as an answer' },
  { form: /[$￥¥€]{2}/u, what: 'has several currency signs in a row' },
  { form: /代开.{0,4}发票|开发票|发票.{0,2}代开/u, what: 'offers invoices' },
  {
    form: /免费(?:领取|赠送|送)|0元(?:购|领)|限时(?:抢购|秒杀)|点击领取|恭喜[您你]|中大奖/u,
    what: 'promises gifts',
  },
  { form: /加(?:我)?(?:微信|薇信|[vV][xX信])|稳赚|日赚|无抵押/u, what: 'sounds like a swindle' },
  {
    form: /\b(?:100% free|free (?:gift|money|trial)|act now|click here|limited[- ]time offer|risk[- ]free|make money|no obligation|you(?:’|')?ve won|winner!)/iu,
    what: 'sells',
  },
];

export function spamProblems({ id, subject }: Pick<EditionReport, 'id' | 'subject'>): Problem[] {
  return triggers
    .filter(({ form }) => form.test(subject))
    .map(({ what }) => problemOf('spam-trigger', `the subject ${what}; filters may take it for spam`, id));
}
