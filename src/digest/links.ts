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

/** The host of a safe link, for a source that the digest links without naming it. */
export function hostOf(url: string): string {
  return /^https?:\/\/([^/?#]+)/i.exec(url)?.[1] ?? url;
}

// A space, a quote or a backslash inside a destination is how attributes and hosts are smuggled.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unsafeCharacter = /[\s"<>`\\\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/;
