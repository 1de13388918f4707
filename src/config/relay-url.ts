/** What a relay may be called: `smtp://`, `smtps://`, `file:DIR` or `stub:`. Speaking to it is the transport's part. */

export type RelayUrlProblem = 'form' | 'host' | 'password';

/** What is wrong with the URL of a relay, or null. `password`: it holds one, which a file of settings must not. */
export function relayUrlProblem(text: string): RelayUrlProblem | null {
  if (text === 'stub:' || text.startsWith('stub:')) return null;
  if (text.startsWith('file:')) return text.length > 'file:'.length ? null : 'form';
  if (!/^smtps?:\/\//i.test(text)) return 'form';
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) return 'form';
  if (url.hostname === '') return 'host';
  return url.password === '' ? null : 'password';
}

/** The user of an SMTP URL, decoded; empty when it names none. */
export function relayUser(text: string): string {
  return URL.canParse(text) ? new URL(text).username : '';
}
