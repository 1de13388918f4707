/** Domains that belong to nobody (RFC 2606, RFC 6761): their records prove nothing, so nobody is asked about them. */

const reserved = [
  'invalid',
  'example',
  'test',
  'localhost',
  'local',
  'example.com',
  'example.net',
  'example.org',
];

export function isReserved(domain: string): boolean {
  const name = domain.toLowerCase().replace(/\.$/, '');
  // An address literal, `[127.0.0.1]`, or a name without a dot is nothing that could be published.
  if (!name.includes('.') || name.startsWith('[')) return true;
  return reserved.some((each) => name === each || name.endsWith(`.${each}`));
}
