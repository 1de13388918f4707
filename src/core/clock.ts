/** Time is an argument: everything that needs it takes a `Clock`. */

/** Gives the present moment in milliseconds since the Unix epoch. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();
