/** How many of a worker's jobs a limited lane may take, so that it never keeps the others waiting. */

export interface LaneSlots {
  /** @returns false when the lane is limited and has its share; else call `leave` at the end */
  enter(lane: string): boolean;
  leave(lane: string): void;
  /** Whether the lane has more jobs than its share: it was limited after they had begun. */
  isOver(lane: string): boolean;
  isLimited(lane: string): boolean;
  /** What was learnt of a lane. @param perSecond its rate; 0: it is held; null: it is not limited */
  learn(lane: string, perSecond: number | null): void;
}

/** Jobs that a lane needs, for each message a second: as if a copy took a quarter of a second. */
const jobsPerMessage = 0.25;

/** @param connections of the worker; a limited lane has half of them at most */
export function createLaneSlots(connections: number): LaneSlots {
  const most = Math.max(1, Math.floor(connections / 2));
  const running = new Map<string, number>();
  const shares = new Map<string, number>();
  const count = (lane: string) => running.get(lane) ?? 0;
  const share = (lane: string) => shares.get(lane) ?? Number.POSITIVE_INFINITY;
  return {
    enter: (lane) => {
      if (count(lane) >= share(lane)) return false;
      running.set(lane, count(lane) + 1);
      return true;
    },
    leave: (lane) => {
      running.set(lane, count(lane) - 1);
    },
    isOver: (lane) => count(lane) > share(lane),
    isLimited: (lane) => shares.has(lane),
    learn: (lane, perSecond) => {
      if (perSecond === null) shares.delete(lane);
      else shares.set(lane, Math.min(most, Math.max(1, Math.ceil(perSecond * jobsPerMessage))));
    },
  };
}
