/** PUBLIC_URL: where readers find the pages. Links in mails last for years and carry tokens, hence https. */

export type PublicOrigin =
  | { readonly origin: string; readonly expected?: undefined }
  | { readonly origin?: undefined; readonly expected: string };

/** @returns the origin without a trailing slash, or what was expected instead */
export function publicOrigin(text: string): PublicOrigin {
  const url = /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : null;
  if (url === null) return { expected: 'an origin such as https://news.example.org' };
  if (url.username !== '' || url.password !== '') return { expected: 'an origin without user and password' };
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    return { expected: `an origin without path, query or fragment, such as ${url.origin}` };
  }
  if (url.protocol !== 'https:' && !isLoopback(url.hostname)) {
    return { expected: `https, because links in mails carry tokens; found ${url.origin}` };
  }
  return { origin: url.origin };
}

/** @param host as `URL.hostname` gives it */
export function isLoopback(host: string): boolean {
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host === '[::1]' ||
    /^127\.\d+\.\d+\.\d+$/.test(host)
  );
}
