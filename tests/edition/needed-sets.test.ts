import { describe, expect, it } from 'vitest';
import { preferenceSetsToCheck } from '../../src/edition/needed-sets.ts';
import { preferenceSetKey } from '../../subscribers/preferences.ts';

describe('the preference sets to check', () => {
  it('are all topics, every single one and every set held, each once', () => {
    const sets = preferenceSetsToCheck(
      ['policy', 'space'],
      [
        { format: 'html', topics: ['space', 'policy'] },
        { format: 'html', topics: ['policy', 'space'] },
        { format: 'text', topics: 'all' },
        { format: 'html', topics: ['space'] },
        { format: 'html', topics: 'all' },
      ],
    );
    expect(sets.map(preferenceSetKey)).toEqual([
      'html all',
      'html policy',
      'html space',
      'html policy,space',
      'text all',
    ]);
  });
});
