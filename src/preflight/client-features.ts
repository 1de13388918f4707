/** Which features of HTML and CSS a mail uses, by the names that caniemail.com gives them. */
import type { Element } from 'domhandler';
import { type MailTree, parsed, type StyleDeclaration } from './mail-tree.ts';

/** @param known the features there is data of; what has none is left out */
export function featuresOf(mail: MailTree, known: ReadonlySet<string>): ReadonlySet<string> {
  const used = new Set<string>();
  const note = (...slugs: readonly string[]) => {
    const slug = slugs.find((candidate) => known.has(candidate));
    if (slug !== undefined) used.add(slug);
  };
  for (const element of mail.elements) {
    for (const slugs of elementFeatures(element)) note(...slugs);
    for (const declaration of mail.inlineStyle(element))
      for (const slugs of styleFeatures(declaration)) note(...slugs);
  }
  for (const { selector, declarations } of mail.styles) {
    for (const slug of selectorFeatures(selector)) note(slug);
    for (const declaration of declarations) for (const slugs of styleFeatures(declaration)) note(...slugs);
  }
  for (const rule of mail.atRules) for (const slug of atRuleFeatures(rule)) note(slug);
  return used;
}

/** Of several names for one thing the first that is known counts. */
type Names = readonly string[];

function elementFeatures({ name, attribs }: Element): Names[] {
  // The data's `html-style` is the element.
  const attributes = Object.keys(attribs).flatMap((key): Names[] =>
    key === 'style' ? [] : [[`html-${key}`]],
  );
  const { href = '', src = '' } = attribs;
  const ending = /\.(\w+)(?:[?#]|$)/.exec(src)?.[1]?.toLowerCase() ?? '';
  return [
    [elementNames[name] ?? `html-${name}`],
    ...attributes,
    ...(href.startsWith('#') ? [['html-anchor-links']] : []),
    ...(/^mailto:/i.test(href) ? [['html-mailto-links']] : []),
    ...(name === 'meta' && attribs.name === 'color-scheme' ? [['html-meta-color-scheme']] : []),
    ...(name === 'img'
      ? [[src.startsWith('data:') ? 'image-base64' : `image-${ending.replace('jpeg', 'jpg')}`]]
      : []),
  ];
}

const elementNames: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((name) => [name, 'html-h1-h6'])),
  ...Object.fromEntries(['ul', 'ol', 'dl'].map((name) => [name, 'html-lists'])),
  ...Object.fromEntries(
    'article aside details figcaption figure footer header main mark nav section summary time'
      .split(' ')
      .map((name) => [name, 'html-semantics']),
  ),
  map: 'html-image-maps',
  b: 'html-strong',
};

/** A longhand that has no data of its own goes by its shorthand. Names with a vendor's prefix are meant for that vendor. */
function styleFeatures({ property, value, isImportant }: StyleDeclaration): Names[] {
  if (/^-|^mso-/.test(property)) return [];
  const names = [`css-${property}`];
  for (let end = property.lastIndexOf('-'); end > 0; end = property.lastIndexOf('-', end - 1)) {
    names.push(`css-${property.slice(0, end)}`);
  }
  if (['left', 'right', 'top', 'bottom'].includes(property)) names.push('css-left-right-top-bottom');
  return [
    property === 'display' ? [`css-display-${value.replace('inline-', '')}`, 'css-display'] : names,
    ...[...value.matchAll(/([a-z-]+)\(/g)].map(([, name = '']): Names => functionNames(name)),
    ...[...value.matchAll(/(?<![#\w])-?[\d.]+(%|[a-z]+)/g)].map(
      ([, unit = '']): Names => [`css-unit-${unit === '%' ? 'percent' : unit}`],
    ),
    ...(isImportant ? [['css-important']] : []),
  ];
}

function functionNames(name: string): Names {
  return [`css-function-${name}`, `css-${name}`, name === 'var' ? 'css-variables' : `css-unit-${name}`];
}

function selectorFeatures(selector: string): string[] {
  const lists = parsed(selector);
  return lists.flatMap((tokens) => [
    ...(tokens.filter((token) => token.type === 'attribute' && token.name === 'class').length > 1
      ? ['css-selector-chaining']
      : []),
    ...tokens.map((token) => {
      if (token.type === 'attribute') {
        return `css-selector-${token.name === 'class' || token.name === 'id' ? token.name : 'attribute'}`;
      }
      if (token.type === 'pseudo') return `css-pseudo-class-${token.name}`;
      if (token.type === 'pseudo-element') return `css-pseudo-element-${token.name}`;
      return `css-selector-${combinators[token.type] ?? token.type}`;
    }),
  ]);
}

const combinators: Readonly<Record<string, string>> = {
  tag: 'type',
  adjacent: 'adjacent-sibling',
  sibling: 'general-sibling',
};

function atRuleFeatures(rule: string): string[] {
  const name = rule.split(' ', 1)[0] ?? '';
  return [
    `css-at-${name}`,
    ...[...rule.matchAll(/\(\s*([a-z-]+)/g)].map(([, feature = '']) => `css-at-media-${feature}`),
  ];
}
