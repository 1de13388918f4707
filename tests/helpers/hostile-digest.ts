/**
 * A digest whose every field is an attack: the ways round filters that OWASP's XSS Filter Evasion Cheat Sheet sorts out,
 * written for this test, the marks of the template engines on the mail's way, and text that breaks layouts. What runs
 * calls `hit`; what is evaluated turns `1301*7` into 9107.
 */
import type { Digest, Story } from '../../src/digest/digest.ts';

/** Global of the page that shows the mail, set by any script that runs. */
export const hitMark = 'paperboyHit';

/** What `1301*7` is: it stands nowhere in the digest. */
export const evaluated = '9107';

const hit = (how: string) => `window.${hitMark}='${how}';alert('${how}')`;

/** Markup that browsers run, and markup that filters take for something else. */
const markup = [
  `<script>${hit('script')}</script>`,
  `<SCRIPT SRC=http://evil.example/x.js></SCRIPT>`,
  `<scr<script>ipt>${hit('nested')}</scr</script>ipt>`,
  `<script\t>${hit('tab')}</script\t>`,
  `<img src=x onerror="${hit('onerror')}">`,
  `<img """><script>${hit('quotes')}</script>">`,
  `<IMG SRC=\`javascript:${hit('grave')}\`>`,
  `<img src="java\nscript:${hit('newline')}">`,
  `<svg/onload=${hit('svg')}>`,
  `<svg><script href="data:,${hit('svg-href')}"/></svg>`,
  `<svg><animate onbegin=${hit('animate')} attributeName=x dur=1s>`,
  `<body onload=${hit('body')}>`,
  `<input autofocus onfocus=${hit('focus')}>`,
  `<details open ontoggle=${hit('toggle')}>`,
  `<video><source onerror="${hit('source')}"></video>`,
  `<iframe srcdoc="<script>parent.${hitMark}=1</script>"></iframe>`,
  `<iframe src="javascript:${hit('iframe')}"></iframe>`,
  `<object data="data:text/html,<script>${hit('object')}</script>"></object>`,
  `<embed src="data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+">`,
  `<form action="javascript:${hit('form')}"><button>x</button></form>`,
  `<math><a xlink:href="javascript:${hit('math')}">x</a></math>`,
  `<base href="http://evil.example/">`,
  `<link rel=stylesheet href=http://evil.example/x.css>`,
  `<meta http-equiv="refresh" content="0;url=data:text/html,<script>${hit('refresh')}</script>">`,
  `<style>@import'http://evil.example/x.css';body{background:url(http://evil.example/y)}</style>`,
  `<div style="background:url('http://evil.example/z');width:expression(${hit('expression')})">x</div>`,
  `<table background="http://evil.example/t.png"><tr><td>x</td></tr></table>`,
  `"><script>${hit('closed attribute')}</script>`,
  `' onmouseover='${hit('attribute')}' x='`,
  `</style></title></textarea></noscript><script>${hit('closed element')}</script>`,
  `--><script>${hit('closed comment')}</script><!--`,
  `<!--[if gte mso 9]><script>${hit('conditional')}</script><![endif]-->`,
  `<![CDATA[<script>${hit('cdata')}</script>]]>`,
  `<?xml version="1.0"?><x onload="${hit('xml')}"/>`,
  `&lt;script&gt;${hit('entities')}&lt;/script&gt;`,
  `&#60;script&#62;${hit('numbers')}&#60;/script&#62;`,
  `\\u003cscript\\u003e${hit('escapes')}\\u003c/script\\u003e`,
  `+ADw-script+AD4-${hit('utf-7')}+ADw-/script+AD4-`,
  `＜script＞${hit('full width')}＜/script＞`,
  `<\u0000script>${hit('nul')}</\u0000script>`,
];

/** Addresses that a link must not lead to. */
export const badAddresses = [
  `javascript:${hit('address')}`,
  `JaVaScRiPt:${hit('mixed case')}`,
  `java\tscript:${hit('tab in address')}`,
  `\u0001javascript:${hit('control in address')}`,
  `&#106;avascript:${hit('entity in address')}`,
  `vbscript:msgbox(1)`,
  `data:text/html,<script>${hit('data')}</script>`,
  `data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==`,
  `file:///etc/passwd`,
  `//evil.example/relative`,
  `https://user:secret@evil.example/`,
  `https://evil.example/"onmouseover="${hit('quote in address')}`,
  `https://evil.example/?a=<script>${hit('query')}</script>`,
];

/** Marks of template engines and of the tools on the mail's way. */
const templates = [
  '{{1301*7}}',
  '{{{1301*7}}}',
  '{{#with (lookup this "constructor")}}{{this}}{{/with}}',
  '{{> story}}',
  '{{unsubscribeUrl}} {{{{raw}}}} {{else}} {{/if}}',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it must not be one
  '${1301*7} #{1301*7} <%= 1301*7 %> *|UNSUB|* %%unsubscribe%% [[1301*7]]',
  '(0123456789abcdef unsubscribeUrl)',
  '<!--0123456789abcdef close story.0.0-->',
  '</mj-text></mj-column></mj-section><mj-section><mj-column><mj-text>',
  '<mj-raw><script>alert(1)</script></mj-raw><mj-include path="/etc/passwd" />',
  '<mj-button href="http://evil.example/">x</mj-button>',
];

/** Text that is only text, and breaks what counts on the usual kind. */
const shapes = [
  'مرحبا بالعالم «أخبار اليوم» ١٢٣',
  'שלום עולם — חדשות היום (2026)',
  '\u202eright to left\u202c \u2067isolated\u2069',
  '👩‍👩‍👧‍👦🏳️‍🌈🇨🇳👍🏽 emoji of several code points',
  `Z${'\u0301\u0323\u0330'.repeat(30)}algo`,
  'a\u200bb\u00adc\u2028d\u2029e\ufefff',
  '𠮷野家𪚥 characters beyond the basic plane',
];

export const attacks: readonly string[] = [...markup, ...badAddresses, ...templates, ...shapes];

/** Stories in eight categories, each field an attack; two titles have 10,000 characters. */
export function hostileDigest(storyCount: number): Digest {
  const at = (index: number) => attacks[index % attacks.length] ?? '';
  const story = (index: number): Story => ({
    title: `${index} ${at(index)}`,
    tag: at(index + 1).slice(0, 40),
    summary: `${at(index + 2)} **${at(index + 3)}** [${at(index + 4)}](${badAddresses[index % badAddresses.length]}) \`${at(index + 5)}\``,
    background: at(index + 6),
    highlights: [{ label: at(index + 7).slice(0, 60), text: at(index + 8) }, { text: at(index + 9) }],
    sources: [
      { name: at(index + 10), url: badAddresses[index % badAddresses.length] ?? '' },
      { name: at(index + 11), url: `https://n.example/${index}?a=1&b="'<>` },
    ],
    topics: ['models'],
    line: index + 1,
  });
  const stories = Array.from({ length: storyCount }, (_, index) => story(index));
  stories[3] = { ...story(3), title: 'W'.repeat(10_000) };
  stories[4] = { ...story(4), title: '长'.repeat(10_000) };
  return {
    title: `${at(0)}${at(45)}`,
    date: '2026-03-02',
    lang: 'zh',
    format: 'json',
    categories: Array.from({ length: 8 }, (_, index) => ({
      name: `${at(index * 9)} ${index}`,
      stories: stories.filter((_, place) => place % 8 === index),
    })),
    analyses: [{ title: at(11), fields: attacks.map((text, index) => ({ label: at(index + 5), text })) }],
    trends: attacks.map((text, index) => ({ label: at(index + 13).slice(0, 60), text })),
    closing: attacks.slice(40).join(' '),
  };
}
