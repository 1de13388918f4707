/** What an operator may change of the look of a mail, and the accent colours that can be read. */
import { contrastOf, leastContrast, mixed } from '../core/contrast.ts';
import { darkColours, lightColours, type MailColours, surfacesOf } from '../core/mail-colours.ts';

/** Structurally the Theme of src/render. */
export interface ThemeConfig {
  /** Links and headings' lines in light mode, `#rrggbb`. */
  readonly accent: string;
  /** The same in dark mode. */
  readonly accentDark: string;
  readonly logo?: { readonly url: string; readonly width: number; readonly height: number };
  /** The operator's own words in the footer; empty: none. */
  readonly footer: string;
}

/** More than AA asks for: what is made lighter by us should be easy to read in the dark. */
const derivedContrast = 7;

/** What is wrong with an accent colour, and the nearest one that would do; null when it can be read. */
export function accentProblem(accent: string, mode: 'light' | 'dark'): string | null {
  const { surface, contrast } = worstSurface(accent, coloursOf[mode]);
  if (contrast >= leastContrast) return null;
  const better = readable(accent, mode, leastContrast);
  return (
    `a colour with a contrast of at least ${leastContrast} to ${surface}, on which it stands in ${mode} mode ` +
    `(it has ${contrast.toFixed(1)}; ${better} would do)`
  );
}

/** The accent of dark mode for an operator who named none: the same hue, light enough. */
export function darkAccentFor(accent: string): string {
  return accent.toLowerCase() === lightColours.accent
    ? darkColours.accent
    : readable(accent, 'dark', derivedContrast);
}

const coloursOf: Readonly<Record<'light' | 'dark', MailColours>> = { light: lightColours, dark: darkColours };

/** Darker for light mode, lighter for dark mode, by no more than it needs. */
function readable(accent: string, mode: 'light' | 'dark', contrast: number): string {
  const towards = mode === 'light' ? '#000000' : '#ffffff';
  for (let percent = 0; percent < 100; percent += 1) {
    const colour = mixed(accent, towards, percent / 100);
    if (worstSurface(colour, coloursOf[mode]).contrast >= contrast) return colour;
  }
  return towards;
}

function worstSurface(colour: string, colours: MailColours): { surface: string; contrast: number } {
  const measured = surfacesOf(colours).map((surface) => ({ surface, contrast: contrastOf(colour, surface) }));
  return measured.reduce((worst, next) => (next.contrast < worst.contrast ? next : worst));
}
