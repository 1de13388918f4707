/** Which page a link leads to: two links to one page are the same link, however they were passed on. */

/**
 * The page of a safe link as a text to be compared: without scheme, `www.`, a final slash, the parameters by which
 * visits are counted, and the place on the page that a search pointed at.
 *
 * @returns undefined for a site's front page, one of its lists or a profile: many stories come from there
 */
export function storyPage(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { host, pathname, searchParams, hash } = new URL(url);
  const site = host.replace(/^www\./, '');
  const path = pathname.replace(/\/+$/, '');
  const query = [...searchParams].filter(([name]) => !visitParameter.test(name)).sort(byName);
  const place = hash.startsWith('#:~:') ? '' : hash;
  const isPlain = query.length === 0 && place.length <= 1;
  if (isPlain && (path === '' || isList(path) || isProfile(site, path))) return undefined;
  return `${site}${path}?${new URLSearchParams(query)}${place}`;
}

function byName([one]: [string, string], [other]: [string, string]): number {
  return one < other ? -1 : Number(one > other);
}

const visitParameter =
  /^(?:utm_.*|spm|scm|from|share\w*|fbclid|gclid|msclkid|mc_[ce]id|igshid|ref|ref_src|referrer|source|si|xtor|timestamp|nsukey|isappinstalled|chksm|scene|sessionid|clicktime|enterid)$/i;

/** The last part of a list's address; what stands before it names a language, a section or an owner. */
const listName =
  /^(?:index|home|news|newsroom|newsflash(?:es)?|blogs?|posts?|articles?|archives?|latest|live|feed|rss|press|press-releases|updates|changelog|releases|trending|top|hot|new|recent|daily|weekly|today|research|papers)(?:\.(?:html?|php|aspx?|xml))?$/i;

function isList(path: string): boolean {
  const parts = path.split('/').slice(1);
  return parts.length <= 3 && listName.test(parts.at(-1) ?? '') && !parts.slice(0, -1).some(hasDate);
}

function hasDate(part: string): boolean {
  return /\d{4}/.test(part);
}

/** Networks on which the first part of an address is a person or an organisation. */
const networks = new Set([
  'x.com',
  'twitter.com',
  'mobile.twitter.com',
  't.me',
  'weibo.com',
  'm.weibo.cn',
  'instagram.com',
]);

function isProfile(site: string, path: string): boolean {
  return networks.has(site) && path.split('/').length === 2;
}
