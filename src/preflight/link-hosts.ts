/** Hosts of links: those that pose as another (UTS #39), URL shorteners, and those that only the writer can reach. */
import { domainToUnicode } from 'node:url';
import { getDomain } from 'tldts';

/** Why a reader could take the host for another one; undefined when there is no reason to. */
export function lookalikeReason(url: string): string | undefined {
  const written = writtenHost(url);
  const host = hostOf(url);
  if (/(?:^|\.)xn--/i.test(written)) return `punycode for ${domainToUnicode(written) || 'nothing legal'}`;
  if (!isAscii(written) && isAscii(host) && !/(?:^|\.)xn--/.test(host)) return `it is really ${host}`;
  const labels = written.normalize('NFKC').split('.');
  if (labels.some((label) => !isOneScript(label))) return 'it mixes scripts';
  if (labels.some((label) => looksLatin.test(label) && !isAscii(label)))
    return 'all its letters look like Latin ones';
  return undefined;
}

/** Of any host of theirs: `www.`, and those they make for customers. */
export function isShortener(url: string): boolean {
  return shorteners.has(siteOf(url));
}

/**
 * Whose page it is: the registrable domain by the Public Suffix List, its private part too, so that two blogs of one
 * platform are two. The host itself where there is none, as of an IP address.
 */
export function siteOf(url: string): string {
  const host = hostOf(url);
  return getDomain(host, { allowPrivateDomains: true }) ?? host;
}

/** Names and addresses that lead nowhere but in one's own network (RFC 6761, RFC 6762, RFC 1918, RFC 4193). */
export function isPrivateHost(url: string): boolean {
  const host = hostOf(url).replace(/\.$/, '');
  if (/^\[(?:::1?\]|f[cd]|fe[89ab])/i.test(host)) return true;
  if (/^(?:0|10|127|169\.254|172\.(?:1[6-9]|2\d|3[01])|192\.168)\.[\d.]+$/.test(host)) return true;
  return host !== '' && !host.startsWith('[') && (!host.includes('.') || privateZone.test(host));
}

const privateZone = /\.(?:localhost|local|internal|lan|home\.arpa|corp|intranet)$/;

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : '';
}

/** As it stands in the link: parsing would turn it into A-labels. */
function writtenHost(url: string): string {
  const authority = /^[a-z]+:\/\/([^/?#]*)/i.exec(url)?.[1] ?? '';
  return authority.replace(/^.*@/, '').replace(/:\d*$/, '').toLowerCase();
}

function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}

/** One script, or those that are written together (UTS #39 §5.2, highly restrictive); digits and marks go with any. */
function isOneScript(label: string): boolean {
  const letters = label.replace(/[\p{Script=Common}\p{Script=Inherited}]/gu, '');
  return letters === '' || scriptSets.some((set) => set.test(letters));
}

const scriptSets = [
  /^[\p{sc=Latin}\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]+$/u,
  /^[\p{sc=Latin}\p{sc=Han}\p{sc=Hangul}]+$/u,
  /^[\p{sc=Latin}\p{sc=Han}\p{sc=Bopomofo}]+$/u,
  ...['Cyrillic', 'Greek', 'Arabic', 'Hebrew', 'Thai', 'Devanagari', 'Armenian', 'Georgian'].map(
    (script) => new RegExp(`^\\p{sc=${script}}+$`, 'u'),
  ),
];

/** Letters of other scripts that can pass for Latin ones, Latin letters that pass for others of their own among them. */
const looksLatin = /^[-\d]*[асԁеһіјӏорԛѕԝхуүвкмнтɑɡıοαρνυωκιτ][-\dасԁеһіјӏорԛѕԝхуүвкмнтɑɡıοαρνυωκιτ]*$/u;

const shorteners: ReadonlySet<string> = new Set(
  `0rz.tw 6du.in adf.ly amzn.to b23.tv bit.do bit.ly bitly.com buff.ly clck.ru cutt.ly dlvr.it dwz.cn dwz.win fb.me
   goo.gl goo.su hubs.ly ift.tt is.gd kutt.it lihi.cc lihi1.com lnkd.in mrw.so ow.ly pse.is qr.ae rb.gy rebrand.ly
   reurl.cc s.id shorturl.at shorturl.com soo.gd sourl.cn spr.ly suo.im suo.nz surl.li t.cn t.co t.ly tiny.cc
   tinyurl.com tr.im trib.al u.nu url.cn urlz.fr v.gd vk.cc wp.me x.co`.split(/\s+/),
);
