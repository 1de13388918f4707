/** A small memory of what was made last, so that it is not made again. */

export interface Cache<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  /** @param make is called when there is none; what it gives is kept, but for a promise that rejects */
  getOrMake(key: string, make: () => Value): Value;
}

/** @param size how many values are kept: those used last */
export function createCache<Value>(size: number): Cache<Value> {
  const values = new Map<string, Value>();
  const get = (key: string): Value | undefined => {
    const value = values.get(key);
    if (value !== undefined) {
      values.delete(key);
      values.set(key, value);
    }
    return value;
  };
  const set = (key: string, value: Value): void => {
    values.set(key, value);
    const [oldest] = values.keys();
    if (values.size > size && oldest !== undefined) values.delete(oldest);
  };
  return {
    get,
    set,
    getOrMake: (key, make) => {
      const known = get(key);
      if (known !== undefined) return known;
      const made = make();
      set(key, made);
      if (made instanceof Promise) made.catch(() => values.delete(key));
      return made;
    },
  };
}
