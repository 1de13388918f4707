/** What mail clients can do, from the tests of caniemail.com, for those that our readers use. */
import { createRequire } from 'node:module';

/** A client as people know it, and its names in the data. */
interface Client {
  readonly name: string;
  readonly family: string;
  readonly platforms: readonly string[];
}

/** "Mail" of Windows is left out: it was given up for the new Outlook at the end of 2024. */
const clients: readonly Client[] = [
  { name: 'Gmail', family: 'gmail', platforms: ['desktop-webmail', 'ios', 'android'] },
  { name: 'Gmail in a phone’s browser', family: 'gmail', platforms: ['mobile-webmail'] },
  { name: 'classic Outlook', family: 'outlook', platforms: ['windows'] },
  { name: 'new Outlook', family: 'outlook', platforms: ['outlook-com'] },
  { name: 'Outlook on Mac and phones', family: 'outlook', platforms: ['macos', 'ios', 'android'] },
  { name: 'Apple Mail', family: 'apple-mail', platforms: ['macos', 'ios'] },
  { name: 'Yahoo', family: 'yahoo', platforms: ['desktop-webmail', 'ios', 'android'] },
  { name: 'Samsung Email', family: 'samsung-email', platforms: ['android'] },
];

export const testedClients: readonly string[] = clients.map(({ name }) => name);

/** Widely read here, and nobody has published tests of them: whatever is said of the others says nothing of these. */
export const untestedClients: readonly string[] = ['QQ Mail', 'NetEase Mail (163, 126)', 'Foxmail'];

export interface ClientSupport {
  /** What there is data of. */
  readonly features: ReadonlySet<string>;
  titleOf(feature: string): string;
  /** Names of the clients of which a platform lacks the feature in its newest version that was tested. */
  without(feature: string): readonly string[];
  /** Names of the clients of which none lacks it, but a platform has but a part of it, in that version. */
  partly(feature: string): readonly string[];
}

/** By feature, client family and platform: versions, oldest first, with `y`, `n`, `a` (partly) or `u` (unknown). */
interface Feature {
  readonly slug: string;
  readonly title: string;
  readonly stats: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;
}

/** 640 kB of JSON are read at the first call. */
export function clientSupport(): ClientSupport {
  const data = createRequire(import.meta.url)('caniemail/caniemail.json') as {
    readonly data: readonly Feature[];
  };
  const bySlug = new Map(data.data.map((feature) => [feature.slug, feature]));
  const isSomewhere = (mark: 'n' | 'a', slug: string, { family, platforms }: Client) =>
    platforms.some((platform) => newest(bySlug.get(slug)?.stats[family]?.[platform]).startsWith(mark));
  const lacks = (slug: string, client: Client) => isSomewhere('n', slug, client);
  return {
    features: new Set(bySlug.keys()),
    titleOf: (slug) => bySlug.get(slug)?.title ?? slug,
    without: (slug) => clients.filter((client) => lacks(slug, client)).map(({ name }) => name),
    partly: (slug) =>
      clients
        .filter((client) => isSomewhere('a', slug, client) && !lacks(slug, client))
        .map(({ name }) => name),
  };
}

/** JSON puts versions that are whole numbers first: they are compared by their parts. */
function newest(versions: Readonly<Record<string, string>> = {}): string {
  const [last] = Object.keys(versions).toSorted((one, other) => byParts(parts(other), parts(one)));
  return last === undefined ? 'u' : (versions[last] ?? 'u');
}

/** Outlook for Mac was named by years before it was given version numbers. */
function parts(version: string): readonly number[] {
  return [/^(?:19|20)\d\d\b/.test(version) ? 0 : 1, ...version.split(/[.-]/).map(Number)];
}

function byParts(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((part, index) => part !== other[index]);
  return at === -1 ? one.length - other.length : (one[at] ?? 0) - (other[at] ?? -1);
}
