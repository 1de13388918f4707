/** Time zones by IANA name, as this Node's ICU knows them. */

/** True for names such as `Asia/Shanghai` and `UTC`; offsets such as `+08:00` are no names. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
