/** Links that only their site names take the name that the digest gives that site elsewhere. Nothing is looked up. */
import type { Source } from './digest.ts';
import type { CategoryDraft } from './draft.ts';
import { siteName } from './links.ts';
import { folded } from './reading.ts';

/**
 * Renames such sources in place: by what other stories call the same site, if they agree and the name is in its address
 * or stands there twice; else by the category, if its name is in the address.
 */
export function nameSites(categories: readonly CategoryDraft[]): void {
  const names = namesOf(categories.flatMap(({ stories }) => stories.flatMap(({ sources }) => sources)));
  for (const { name, stories } of categories) {
    for (const { sources } of stories) {
      for (const [index, source] of sources.entries()) {
        if (!isUnnamed(source)) continue;
        const given = names.get(source.name) ?? (standsInAddress(name, source.name) ? name : undefined);
        if (given !== undefined) sources[index] = { ...source, name: given };
      }
    }
  }
}

/**
 * Links of one story that only the same site would name are told apart by the last part of their address:
 * `blog.example/…/ferry-line`; where that tells nothing, the second and those after it by their number:
 * `x.com/somebody (2)`.
 */
export function toldApart(sources: readonly Source[]): readonly Source[] {
  const isShared = ({ name }: Source) => sources.filter((other) => other.name === name).length > 1;
  const told = sources.map((source) => {
    const part = isUnnamed(source) && isShared(source) ? lastPart.exec(source.url ?? '')?.[1] : undefined;
    return part === undefined ? source : { ...source, name: `${source.name}/…/${part}` };
  });
  return told.map((source, index) => {
    const nth = told.slice(0, index + 1).filter(({ name }) => name === source.name).length;
    return nth > 1 && isUnnamed(source) ? { ...source, name: `${source.name} (${nth})` } : source;
  });
}

/** Words with hyphens between them; numbers and codes tell a reader nothing. */
const lastPart = /\/([a-z]+(?:[-_][a-z0-9]+)+)(?:\.html?)?\/?(?:[?#].*)?$/i;

function isUnnamed({ name, url }: Source): boolean {
  return url !== undefined && name === siteName(url);
}

/** Site → the one name that the digest gives it. */
function namesOf(sources: readonly Source[]): ReadonlyMap<string, string> {
  const counts = new Map<string, Map<string, number>>();
  for (const { name, url } of sources) {
    if (url === undefined || isUnnamed({ name, url })) continue;
    const site = siteName(url);
    const known = counts.get(site) ?? new Map<string, number>();
    known.set(name, (known.get(name) ?? 0) + 1);
    counts.set(site, known);
  }
  const names = new Map<string, string>();
  for (const [site, given] of counts) {
    const [[name, count] = ['', 0], second] = [...given];
    if (second === undefined && (count > 1 || standsInAddress(name, site))) names.set(site, name);
  }
  return names;
}

/** `TechCrunch` in `techcrunch.com`. */
function standsInAddress(name: string, site: string): boolean {
  const letters = folded(name);
  return (
    letters.length >= 3 &&
    /^[\x20-\x7e]+$/.test(name) &&
    folded(site.replace(/\/.*$/, '')).startsWith(letters)
  );
}
