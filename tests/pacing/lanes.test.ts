import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtInLaneIds } from '../../src/config/config-schema.ts';
import { builtInLanes, createLanes, laneIdOf } from '../../src/pacing/lanes.ts';

describe('the lane of an address', () => {
  it.each([
    ['ann@gmail.com', 'google'],
    ['ann@googlemail.com', 'google'],
    ['ann@GMail.Com', 'google'],
    ['ann@outlook.com', 'microsoft'],
    ['ann@hotmail.co.uk', 'microsoft'],
    ['ann@outlook.com.br', 'microsoft'],
    ['ann@live.nl', 'microsoft'],
    ['ann@msn.com', 'microsoft'],
    ['ann@yahoo.co.jp', 'yahoo'],
    ['ann@yahoo.fr', 'yahoo'],
    ['ann@ymail.com', 'yahoo'],
    ['ann@aol.com', 'yahoo'],
    ['ann@icloud.com', 'apple'],
    ['ann@me.com', 'apple'],
    ['123@qq.com', 'qq'],
    ['ann@vip.qq.com', 'qq'],
    ['ann@foxmail.com', 'qq'],
    ['ann@163.com', 'netease'],
    ['ann@vip.126.com', 'netease'],
    ['ann@188.com', 'netease'],
    ['ann@example.org', 'other'],
    ['ann@gmail.com.example.org', 'other'],
    ['ann@notgmail.com', 'other'],
    ['ann@hotmail.example', 'other'],
    ['no address at all', 'other'],
    ['', 'other'],
  ])('%s: %s', (address, lane) => {
    expect(createLanes().of(address)).toBe(lane);
  });

  it('is the configured one where a domain is named there, and a provider’s otherwise', () => {
    const lanes = createLanes([
      { id: 'campus', domains: ['uni.example', 'gmail.com'], perMinute: 60 },
      { id: 'google', domains: ['hosted.example'], perMinute: 600 },
    ]);
    expect(['a@uni.example', 'a@gmail.com', 'a@googlemail.com', 'a@hosted.example'].map(lanes.of)).toEqual([
      'campus',
      'campus',
      'google',
      'google',
    ]);
    expect(lanes.limitsOf('campus')).toMatchObject({ perMinute: 60 });
    expect(lanes.limitsOf('qq')).toEqual({});
  });

  it('of a configuration without an id is the provider’s of its first domain, else that domain', () => {
    expect(laneIdOf({ domains: ['hotmail.de', 'x.example'] })).toBe('microsoft');
    expect(laneIdOf({ domains: ['mail.example'] })).toBe('mail.example');
  });

  it('is a word that can stand in a key and in a page’s description, for whatever stands after the @', () => {
    const lanes = createLanes();
    fc.assert(
      fc.property(fc.string(), (address) => {
        expect(builtInLanes).toContain(lanes.of(`x@${address}`));
      }),
    );
  });

  it('is known to the configuration', () => {
    expect(builtInLaneIds).toEqual(builtInLanes);
  });
});
