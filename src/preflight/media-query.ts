/** Whether a media query holds, for those that a mail has: colour scheme, width, screen. */

export type ColorScheme = 'light' | 'dark';

export interface Screen {
  readonly scheme: ColorScheme;
  /** CSS pixels. */
  readonly width: number;
}

/** A condition that is not known does not hold: what a client can't read it leaves out. */
export function mediaHolds(query: string, screen: Screen): boolean {
  return query.split(',').some((alternative) =>
    alternative
      .trim()
      .toLowerCase()
      .split(/\s+and\s+/)
      .every((condition) => holds(condition.replace(/\s+/g, ''), screen)),
  );
}

function holds(condition: string, { scheme, width }: Screen): boolean {
  if (/^(?:only)?(?:screen|all)$/.test(condition)) return true;
  const [, feature = '', value = ''] = /^\(([a-z-]+):([^)]*)\)$/.exec(condition) ?? [];
  if (feature === 'prefers-color-scheme') return value === scheme;
  if (feature === 'max-width') return width <= Number.parseFloat(value);
  if (feature === 'min-width') return width >= Number.parseFloat(value);
  return false;
}
