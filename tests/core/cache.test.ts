import { describe, expect, it } from 'vitest';
import { createCache } from '../../src/core/cache.ts';

describe('a cache', () => {
  it('makes a value once, and again only when it was forgotten for those used after it', () => {
    const cache = createCache<string>(2);
    const made: string[] = [];
    const get = (key: string) =>
      cache.getOrMake(key, () => {
        made.push(key);
        return key;
      });
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) expect(get(key)).toBe(key);
    expect(made).toEqual(['a', 'b', 'c', 'b']);
  });

  it('gives one promise to all who wait, and forgets one that failed', async () => {
    const cache = createCache<Promise<string>>(2);
    const outcomes = [Promise.reject(new Error('no room')), Promise.resolve('there')];
    let tries = 0;
    const get = () => cache.getOrMake('a', () => outcomes[tries++] ?? Promise.resolve('again'));
    for (const promise of [get(), get()]) await expect(promise).rejects.toThrow('no room');
    expect(await get()).toBe('there');
    expect(tries).toBe(2);
  });
});
