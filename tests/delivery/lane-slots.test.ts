import { describe, expect, it } from 'vitest';
import { createLaneSlots } from '../../src/delivery/lane-slots.ts';

describe('the jobs of a worker', () => {
  it('are as many as a lane likes while nothing limits it', () => {
    const slots = createLaneSlots(10);
    expect(Array.from({ length: 30 }, () => slots.enter('google')).every(Boolean)).toBe(true);
    expect(slots.isOver('google')).toBe(false);
  });

  it.each([
    ['held', 0, 1],
    ['slow', 0.5, 1],
    ['of ten a second', 10, 3],
    ['of a thousand a second', 1_000, 5],
  ])('are few for a lane that is %s, and none the fewer for the others', (_, perSecond, share) => {
    const slots = createLaneSlots(10);
    slots.learn('qq', perSecond);
    const entered = Array.from({ length: 20 }, () => slots.enter('qq')).filter(Boolean);
    expect(entered).toHaveLength(share);
    expect(slots.enter('google')).toBe(true);
    slots.leave('qq');
    expect([slots.enter('qq'), slots.enter('qq')]).toEqual([true, false]);
  });

  it('that had begun before the lane was limited are told, one after the other, to make room', () => {
    const slots = createLaneSlots(4);
    for (let job = 0; job < 4; job++) slots.enter('qq');
    slots.learn('qq', 0);
    let left = 0;
    while (slots.isOver('qq')) {
      slots.leave('qq');
      left++;
    }
    expect(left).toBe(3);
    slots.learn('qq', null);
    expect([slots.isLimited('qq'), slots.enter('qq')]).toEqual([false, true]);
  });
});
