/** Which links may survive: http and https only, no user-info, at most 2,048 characters, as written. */

const longestUrl = 2_048;

/**
 * The link as written when it may be shown and followed, else `undefined`.
 *
 * @param text a link's destination as it stands in the digest
 */
export function safeUrl(text: string): string | undefined {
  const url = text.trim();
  if (url.length > longestUrl || !/^https?:\/\/[^/\\?#]/i.test(url) || unsafeCharacter.test(url))
    return undefined;
  if (!URL.canParse(url)) return undefined;
  const { protocol, username, password, hostname } = new URL(url);
  const isWeb = protocol === 'http:' || protocol === 'https:';
  return isWeb && username === '' && password === '' && hostname !== '' ? url : undefined;
}

/**
 * What a safe link is called where the digest does not name its source: its host without `www.`; on sites where everybody
 * publishes, with the account or the project: `x.com/somebody`, `github.com/owner/project`.
 */
export function siteName(url: string): string {
  const [, host = url, path = ''] = /^https?:\/\/(?:www\.)?([^/?#]+)([^?#]*)/i.exec(url) ?? [];
  const owner = owners[host.toLowerCase()]?.exec(path)?.[0] ?? '';
  return owner.length > longestOwner ? host : `${host}${owner}`;
}

const longestOwner = 50;
const account =
  /^\/(?!(?:i|home|search|hashtag|intent|share|s|joinchat|u|p|status|watch|explore|login)(?:\/|$))[\w.-]+/i;
const marked = /^\/@[\w.-]+/;
const project =
  /^\/(?!(?:blog|papers|spaces|datasets|docs|posts|collections|topics|trending|orgs|features|explore|about|settings)(?:\/|$))[\w.-]+\/[\w.-]+/i;

/** Where in the path of such a site the account or the project stands. */
const owners: Readonly<Record<string, RegExp>> = {
  'x.com': account,
  'twitter.com': account,
  't.me': account,
  'weibo.com': account,
  'medium.com': marked,
  'youtube.com': marked,
  'reddit.com': /^\/r\/\w+/,
  'github.com': project,
  'gitlab.com': project,
  'gitee.com': project,
  'huggingface.co': project,
};

// A space, a quote or a backslash inside a destination is how attributes and hosts are smuggled.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unsafeCharacter = /[\s"<>`\\\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/;
