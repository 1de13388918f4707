import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { seldom } from '../../src/core/seldom.ts';

describe('an error that comes again and again', () => {
  it('is told once in a while, and others beside it', async () => {
    const told: string[] = [];
    const tell = seldom((error) => void told.push(error.message), 50);
    for (const message of ['away', 'away', 'full', 'away']) tell(new Error(message));
    expect(told).toEqual(['away', 'full']);
    await setTimeout(60);
    for (const message of ['away', 'away']) tell(new Error(message));
    expect(told).toEqual(['away', 'full', 'away']);
  });
});
