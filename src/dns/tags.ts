/** Tag lists, `v=DKIM1; k=rsa; p=…`: the form of DKIM keys (RFC 6376 §3.2) and of DMARC records (RFC 9989 §4.7). */

/**
 * In their order; names in lower case, values without the whitespace around them.
 * @returns null when it is no tag list, or a tag occurs twice
 */
export function parseTags(text: string): ReadonlyMap<string, string> | null {
  const parts = text.split(';').map((part) => part.trim());
  if (parts.at(-1) === '') parts.pop();
  const tags = new Map<string, string>();
  for (const part of parts) {
    const [, name, value] = /^([A-Za-z][A-Za-z0-9_]*)\s*=\s*([\s\S]*)$/.exec(part) ?? [];
    if (name === undefined || value === undefined || tags.has(name.toLowerCase())) return null;
    tags.set(name.toLowerCase(), value);
  }
  return tags;
}
