/** Links: to the web and nothing else, and to where they seem to lead. */
import type { Digest } from '../digest/digest.ts';
import { storiesOf } from '../digest/digest.ts';
import { type InlineNode, parseInline } from '../digest/inline.ts';
import { type DigestText, placeOf, shortened, textsOf } from './digest-texts.ts';
import { isPrivateHost, isShortener, lookalikeReason } from './link-hosts.ts';
import { linksOf } from './mail-text.ts';
import { type Problem, problemOf, storyProblem } from './problem.ts';
import type { Rule } from './rules.ts';
import type { EditionSample } from './sample.ts';

/** Each link of the digest once, with the first place that has it. */
export function digestLinkProblems(digest: Digest): Problem[] {
  const places = new Map<string, Pick<DigestText, 'line'>[]>();
  for (const { url, ...place } of digestLinks(digest)) places.set(url, [...(places.get(url) ?? []), place]);
  return [...places].flatMap(([url, found]) => {
    const where = placeOf(found[0] ?? {});
    return faultsOf(url).map(({ rule, what }) =>
      storyProblem(rule, `${where}: ${what}`, ...found.map(({ line }) => line)),
    );
  });
}

/** What the mail links to besides: templates and configuration have links too. `mailto:` is the contact. */
export function copyLinkProblems({ edition, html }: EditionSample): Problem[] {
  return linksOf(html)
    .filter((url) => !/^(?:https?:\/\/|mailto:|#)/i.test(url))
    .map((url) =>
      problemOf(
        'link-scheme',
        `the mail links to ${quoted(url)}, which is neither http nor https`,
        edition.id,
      ),
    );
}

interface Fault {
  readonly rule: Rule;
  readonly what: string;
}

function faultsOf(url: string): Fault[] {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    return [{ rule: 'link-scheme', what: `${quoted(url)} is neither http nor https` }];
  }
  const faults: Fault[] = [];
  const reason = lookalikeReason(url);
  if (reason !== undefined) {
    const what = `the host of ${quoted(url)} may be taken for another: ${reason}`;
    faults.push({ rule: 'link-lookalike', what });
  }
  if (isPrivateHost(url)) {
    faults.push({ rule: 'link-private', what: `${quoted(url)} can be opened in your own network alone` });
  }
  if (isShortener(url)) {
    faults.push({
      rule: 'link-shortener',
      what: `${quoted(url)} hides where it leads; link to the page itself`,
    });
  }
  return faults;
}

export interface PlacedLink extends Pick<DigestText, 'line'> {
  readonly url: string;
}

/** Of sources and of texts. */
export function digestLinks(digest: Digest): PlacedLink[] {
  return [
    ...storiesOf(digest).flatMap(({ line, sources }) =>
      sources.flatMap(({ url }) => (url === undefined ? [] : [{ line, url }])),
    ),
    ...textsOf(digest).flatMap(({ text, ...place }) =>
      parseInline(text)
        .flatMap(urlsOf)
        .map((url) => ({ ...place, url })),
    ),
  ];
}

function urlsOf(node: InlineNode): string[] {
  if (!('children' in node)) return [];
  return [...(node.type === 'link' ? [node.url] : []), ...node.children.flatMap(urlsOf)];
}

function quoted(url: string): string {
  return JSON.stringify(shortened(url, 80));
}
