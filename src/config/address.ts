/** A sender's address, checked for plausibility: the rules for subscribers are stricter and live with them. */

/** Dot-atom local part, a domain with a dot, at most 254 characters (RFC 5321 §4.5.3.1). */
export function isPlausibleAddress(text: string): boolean {
  return (
    text.length <= 254 &&
    /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[^\s@.]+(\.[^\s@.]+)+$/.test(text)
  );
}
