/** What every answer carries so that a page can do nothing it was not made for, and who may change the demo. */
import { isIP } from 'node:net';
import type { Context, MiddlewareHandler } from 'hono';

/** Content Security Policies: all begin with nothing and name what the page needs. */
export const policies = {
  /** Subscriber pages: a form and a stylesheet. */
  subscriber: policy("style-src 'self'", "img-src 'self'", "form-action 'self'", "frame-ancestors 'none'"),
  /** Demo pages: the script of comfort and frames that show mails, too. */
  demo: policy(
    "style-src 'self'",
    "img-src 'self'",
    "script-src 'self'",
    "connect-src 'self'",
    "frame-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ),
  /** What no browser shows as a page. */
  feed: policy("frame-ancestors 'none'"),
} as const;

/**
 * A mail shown as it is: an origin of its own, no script, nothing loaded from anywhere but the logos of our newsletters.
 * Its links open in a new window that is not bound by this sandbox.
 */
export function mailPolicy(logoUrls: readonly string[] = []): string {
  return policy(
    "style-src 'unsafe-inline'",
    pictures(logoUrls),
    "frame-ancestors 'self'",
    'sandbox allow-popups allow-popups-to-escape-sandbox',
  );
}

/**
 * An edition in a tab of its own: as a mail, but in nobody's frame, and its links may stay in the tab.
 * @param logoUrl absent: there is none
 */
export function webCopyPolicy(logoUrl?: string): string {
  return policy(
    "style-src 'unsafe-inline'",
    pictures(logoUrl === undefined ? [] : [logoUrl]),
    "form-action 'none'",
    "frame-ancestors 'none'",
    'sandbox allow-popups allow-popups-to-escape-sandbox',
  );
}

/** Just these pictures and no other of their sites: a path that ends in no slash is matched whole (CSP 3 §6.7.2.12). */
function pictures(urls: readonly string[]): string {
  const sources = urls.flatMap((url) => {
    const { protocol = '', host = '', pathname = '' } = URL.canParse(url) ? new URL(url) : {};
    const isSource =
      protocol === 'https:' && /^[\w.-]+(?::\d+)?$/.test(host) && /^[\w./~%+@=-]+$/.test(pathname);
    return isSource ? [`https://${host}${pathname}`] : [];
  });
  return ['img-src data:', ...new Set(sources)].join(' ');
}

/** Headers of every answer; a route that needs another policy sets its own. */
export function secureHeaders(): MiddlewareHandler {
  return async (c, next) => {
    await next();
    const headers = c.res.headers;
    setDefault(headers, 'Content-Security-Policy', policies.subscriber);
    setDefault(headers, 'Cache-Control', 'no-store');
    setDefault(headers, 'Referrer-Policy', 'no-referrer');
    headers.set('X-Content-Type-Options', 'nosniff');
    setDefault(headers, 'X-Robots-Tag', 'noindex, nofollow');
    headers.set('Cross-Origin-Opener-Policy', 'same-origin');
    setDefault(headers, 'Cross-Origin-Resource-Policy', 'same-origin');
    headers.set('Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=()');
  };
}

/**
 * The demo shows mails without a password, so it answers only under a name that is its own: another site's name that
 * is made to point here (DNS rebinding) is refused with 421. An IP address can't be such a name.
 */
export function ownHostOnly(publicUrl: string | undefined): MiddlewareHandler {
  const own = publicUrl ? new URL(publicUrl).hostname : 'localhost';
  return async (c, next) => {
    const name = hostnameOf(c.req.header('Host') ?? '');
    const isOwn = name === 'localhost' || name === own || isIP(name.replace(/^\[|\]$/g, '')) !== 0;
    if (!isOwn) return c.text('This server does not answer under that name. Set PUBLIC_URL to it.\n', 421);
    return next();
  };
}

/** Whether a changing request comes from a page of ours: its Origin is this host, or the browser says so itself. */
function isFromOwnPage(c: Context): boolean {
  const origin = c.req.header('Origin');
  if (origin === undefined) return c.req.header('Sec-Fetch-Site') === 'same-origin';
  return URL.canParse(origin) && new URL(origin).host === c.req.header('Host')?.toLowerCase();
}

/** Refuses cross-site posts; reading is not touched. */
export function ownPagesChange(refuse: (c: Context) => Response): MiddlewareHandler {
  return async (c, next) => {
    if (!['GET', 'HEAD'].includes(c.req.method) && !isFromOwnPage(c)) return refuse(c);
    return next();
  };
}

function policy(...directives: readonly string[]): string {
  return ["default-src 'none'", "base-uri 'none'", ...directives].join('; ');
}

function setDefault(headers: Headers, name: string, value: string): void {
  if (!headers.has(name)) headers.set(name, value);
}

function hostnameOf(host: string): string {
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
}
