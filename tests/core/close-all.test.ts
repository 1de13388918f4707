import { describe, expect, it } from 'vitest';
import { closeAll } from '../../src/core/close-all.ts';

describe('closing all', () => {
  it('closes the last opened first, each after the one before has ended', async () => {
    const log: string[] = [];
    const named = (name: string) => ({
      close: async () => {
        log.push(`${name} closes`);
        await new Promise((resolve) => setTimeout(resolve, 1));
        log.push(`${name} ended`);
      },
    });
    await closeAll([named('server'), named('connection')]);
    expect(log).toEqual(['connection closes', 'connection ended', 'server closes', 'server ended']);
  });

  it('leaves none open for the sake of another, and throws the first error', async () => {
    const closed: string[] = [];
    const named = (name: string, error?: string) => ({
      close: async () => {
        closed.push(name);
        if (error !== undefined) throw new Error(error);
      },
    });
    const opened = [named('server', 'second'), named('connection'), named('queue', 'first')];
    await expect(closeAll(opened)).rejects.toThrow('first');
    expect(closed).toEqual(['queue', 'connection', 'server']);
  });
});
