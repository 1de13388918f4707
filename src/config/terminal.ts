/** What the environment says about the terminal; see no-color.org and force-color.org. */

/** @param isTTY whether the stream to be coloured is a terminal */
export function isColorWanted(env: NodeJS.ProcessEnv, isTTY: boolean): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  return isTTY && env.TERM !== 'dumb';
}
