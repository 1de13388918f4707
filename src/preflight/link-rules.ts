/** Links: to the web and nothing else, and to where they seem to lead. */
import type { Digest } from '../digest/digest.ts';
import { storiesOf } from '../digest/digest.ts';
import { type InlineNode, parseInline } from '../digest/inline.ts';
import { type DigestText, placeOf, shortened, textsOf } from './digest-texts.ts';
import { isPrivateHost, isShortener, lookalikeReason } from './link-hosts.ts';
import { linksOf } from './mail-text.ts';
import { type Problem, problemOf } from './problem.ts';
import type { EditionSample } from './sample.ts';

/** Each link of the digest once, with the line of the story that has it. */
export function digestLinkProblems(digest: Digest): Problem[] {
  const places = new Map<string, string>();
  for (const { url, ...place } of digestLinks(digest)) if (!places.has(url)) places.set(url, placeOf(place));
  return [...places].flatMap(([url, place]) => problemsOf(url, place));
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

function problemsOf(url: string, place: string): Problem[] {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    return [problemOf('link-scheme', `${place}: ${quoted(url)} is neither http nor https`)];
  }
  const reason = lookalikeReason(url);
  return [
    ...(reason === undefined
      ? []
      : [
          problemOf(
            'link-lookalike',
            `${place}: the host of ${quoted(url)} may be taken for another: ${reason}`,
          ),
        ]),
    ...(isPrivateHost(url)
      ? [problemOf('link-private', `${place}: ${quoted(url)} can be opened in your own network alone`)]
      : []),
    ...(isShortener(url)
      ? [
          problemOf(
            'link-shortener',
            `${place}: ${quoted(url)} hides where it leads; link to the page itself`,
          ),
        ]
      : []),
  ];
}

interface PlacedLink extends Pick<DigestText, 'line'> {
  readonly url: string;
}

function digestLinks(digest: Digest): PlacedLink[] {
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
