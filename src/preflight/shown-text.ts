/** Every text that a mail shows with its colour and what is behind it, as a browser would work them out of the styles. */
import { compile } from 'css-select';
import { type ChildNode, type Element, isTag, isText } from 'domhandler';
import { black, type Color, over, parseColor, white } from './color.ts';
import type { MailTree, StyleDeclaration } from './mail-tree.ts';
import { type ColorScheme, mediaHolds, type Screen } from './media-query.ts';

export interface ShownText {
  readonly text: string;
  readonly color: Color;
  readonly background: Color;
}

/** Texts on a picture or a gradient are left out: what is behind them is not one colour. */
export function shownTexts(mail: MailTree, screen: Screen): ShownText[] {
  const styles = stylesFor(mail, screen);
  const page = pageColors(mail, screen.scheme);
  const shown: ShownText[] = [];
  const walk = (nodes: readonly ChildNode[], around: Surroundings) => {
    for (const node of nodes) {
      if (isText(node)) {
        const text = node.data.trim();
        if (text === '' || around.isSizeless || around.background === null) continue;
        shown.push({ text, color: over(around.color, around.background), background: around.background });
      } else if (isTag(node) && !unseen.has(node.name)) {
        const style = styleOf(node, mail.inlineStyle(node), styles.get(node));
        if (!isHidden(node, style)) walk(node.children, within(node, style, around));
      }
    }
  };
  walk(mail.document.children, page);
  return shown;
}

interface Surroundings {
  readonly color: Color;
  /** Null: a picture or a gradient. */
  readonly background: Color | null;
  /** Of links that are given none. */
  readonly link: Color;
  /** Of `font-size:0`, with which MJML takes away the gaps between its cells. */
  readonly isSizeless: boolean;
}

type Style = ReadonlyMap<string, string>;

const unseen: ReadonlySet<string> = new Set(['head', 'title', 'style', 'script', 'meta']);

/** Properties that decide what is seen, and in which colours. */
const properties: ReadonlySet<string> = new Set(
  'color background background-color background-image display visibility opacity font-size max-height'.split(
    ' ',
  ),
);

/** As Chromium paints a page that says nothing else: HTML Standard §15.3.1, and its own dark canvas and link. */
function pageColors({ elements, styles }: MailTree, scheme: ColorScheme): Surroundings {
  const knowsDark =
    elements.some(
      ({ name, attribs }) =>
        name === 'meta' && attribs.name === 'color-scheme' && /dark/.test(attribs.content ?? ''),
    ) || styles.some(({ selector, declarations }) => selector === ':root' && declarations.some(isDarkScheme));
  return scheme === 'dark' && knowsDark
    ? { color: white, background: [18, 18, 18, 1], link: [158, 158, 255, 1], isSizeless: false }
    : { color: black, background: white, link: [0, 0, 238, 1], isSizeless: false };
}

function isDarkScheme({ property, value }: StyleDeclaration): boolean {
  return property === 'color-scheme' && /\bdark\b/.test(value);
}

interface Weighed extends StyleDeclaration {
  readonly weight: number;
}

/** For each element what the rules that hold on this screen declare. */
function stylesFor({ elements, styles }: MailTree, screen: Screen): ReadonlyMap<Element, readonly Weighed[]> {
  const found = new Map<Element, Weighed[]>();
  for (const { selector, specificity, media, declarations } of styles) {
    const telling = declarations.filter(({ property }) => properties.has(property));
    if (telling.length === 0 || !media.every((query) => mediaHolds(query, screen))) continue;
    const matches = matcherOf(selector);
    for (const element of elements) {
      if (!matches(element)) continue;
      const known = found.get(element) ?? [];
      known.push(...telling.map((declaration) => ({ ...declaration, weight: specificity })));
      found.set(element, known);
    }
  }
  return found;
}

/** A pseudo-element, or what this library does not know, styles no element of the tree. */
function matcherOf(selector: string): (element: Element) => boolean {
  try {
    return compile<ChildNode, Element>(selector);
  } catch {
    return () => false;
  }
}

const inlineWeight = 1_000_000;
const importantWeight = 10_000_000;

/** The cascade: importance, then the style attribute, then specificity, then order (CSS Cascading Level 4 §6.1). */
function styleOf(
  element: Element,
  inline: readonly StyleDeclaration[],
  matched: readonly Weighed[] = [],
): Style {
  const weighed: Weighed[] = [
    ...attributeStyle(element),
    ...matched,
    ...inline.map((declaration) => ({ ...declaration, weight: inlineWeight })),
  ].map((one) => ({ ...one, weight: one.weight + (one.isImportant ? importantWeight : 0) }));
  return new Map(weighed.toSorted((one, other) => one.weight - other.weight).flatMap(longhands));
}

/** Presentational attributes, which any rule overrides. */
function attributeStyle({ attribs }: Element): Weighed[] {
  const { bgcolor } = attribs;
  return bgcolor === undefined
    ? []
    : [{ property: 'background-color', value: bgcolor, isImportant: false, weight: -1 }];
}

function longhands({ property, value }: StyleDeclaration): (readonly [string, string])[] {
  if (property !== 'background') return [[property, value]];
  const image = /(?:url|gradient)\(/.test(value) ? value : 'none';
  const color =
    value.match(/#[\da-f]{3,8}\b|rgba?\([^)]*\)|[a-z]+/gi)?.find((part) => parseColor(part)) ?? 'transparent';
  return [
    ['background-image', image],
    ['background-color', color],
  ];
}

function isHidden({ attribs }: Element, style: Style): boolean {
  return (
    attribs.hidden !== undefined ||
    style.get('display') === 'none' ||
    style.get('visibility') === 'hidden' ||
    [style.get('opacity'), style.get('max-height')].some(
      (value) => value !== undefined && Number.parseFloat(value) === 0,
    )
  );
}

function within({ name, attribs }: Element, style: Style, around: Surroundings): Surroundings {
  const isLink = name === 'a' && attribs.href !== undefined;
  const written = style.get('color');
  const size = style.get('font-size');
  const color = written === undefined || written === 'inherit' ? undefined : parseColor(written);
  const image = style.get('background-image') ?? 'none';
  const fill = parseColor(style.get('background-color') ?? 'transparent');
  const isPicture = !/^none$/.test(image) && fill?.[3] !== 1;
  return {
    link: around.link,
    isSizeless: size === undefined ? around.isSizeless : Number.parseFloat(size) === 0,
    color: color ?? (isLink && written !== 'inherit' ? around.link : around.color),
    background: backgroundOf(fill, isPicture, around.background),
  };
}

function backgroundOf(fill: Color | undefined, isPicture: boolean, behind: Color | null): Color | null {
  if (isPicture) return null;
  if (fill === undefined || fill[3] === 0) return behind;
  if (behind === null) return fill[3] === 1 ? fill : null;
  return over(fill, behind);
}
