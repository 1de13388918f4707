/** The HTML part of a mail as a tree, and the rules of its style elements in the order of the cascade. */
import { parse as parseSelector, type Selector } from 'css-what';
import { type ChildNode, type Document, type Element, isTag } from 'domhandler';
import { DomUtils, parseDocument } from 'htmlparser2';
import { type AtRule, type Declaration, parse as parseCss, type Rule } from 'postcss';

/** Its elements in document order. */
export interface Markup {
  readonly document: Document;
  readonly elements: readonly Element[];
}

export interface MailTree extends Markup {
  readonly styles: readonly StyleRule[];
  /** Every at-rule, `media (max-width:480px)`; also those that hold no rule. */
  readonly atRules: readonly string[];
  /** What an element's `style` attribute declares. */
  inlineStyle(element: Element): readonly StyleDeclaration[];
}

/** One selector of a rule with what the rule declares. */
export interface StyleRule {
  readonly selector: string;
  /** W3C Selectors Level 4 §17, as one number: ids weigh 10,000, classes 100, types 1. */
  readonly specificity: number;
  /** Conditions of the @media around it, outermost first. */
  readonly media: readonly string[];
  readonly declarations: readonly StyleDeclaration[];
}

export interface StyleDeclaration {
  /** In lower case. */
  readonly property: string;
  /** Without `!important`. */
  readonly value: string;
  readonly isImportant: boolean;
}

/** Conditional comments for Outlook are comments here too. */
export function readMarkup(html: string): Markup {
  const document = parseDocument(html);
  const elements: Element[] = [];
  collect(document.children, elements);
  return { document, elements };
}

/** @throws what postcss says of a style that is none */
export function readMail(html: string): MailTree {
  const { document, elements } = readMarkup(html);
  const sheets = elements.filter(({ name }) => name === 'style').map((style) => parseCss(textOf(style)));
  const styles: StyleRule[] = [];
  const atRules: string[] = [];
  for (const sheet of sheets) {
    sheet.walkAtRules(({ name, params }) => void atRules.push(`${name} ${params}`.trim()));
    sheet.walkRules((rule) => {
      const declarations = rule.nodes.flatMap((node) => (node.type === 'decl' ? [declared(node)] : []));
      for (const selector of rule.selectors) {
        styles.push({ selector, specificity: specificityOf(selector), media: mediaOf(rule), declarations });
      }
    });
  }
  return { document, elements, styles, atRules, inlineStyle: createInlineReader() };
}

export function textOf(node: Element): string {
  return DomUtils.textContent(node);
}

/** The same few styles stand at hundreds of elements. */
function createInlineReader(): MailTree['inlineStyle'] {
  const read = new Map<string, readonly StyleDeclaration[]>();
  return ({ attribs: { style = '' } }) => {
    const known = read.get(style);
    if (known !== undefined) return known;
    const nodes = style === '' ? [] : parseCss(style).nodes;
    const declarations = nodes.flatMap((node) => (node.type === 'decl' ? [declared(node)] : []));
    read.set(style, declarations);
    return declarations;
  };
}

function collect(nodes: readonly ChildNode[], elements: Element[]): void {
  for (const node of nodes) {
    if (!isTag(node)) continue;
    elements.push(node);
    collect(node.children, elements);
  }
}

function declared({ prop, value, important }: Declaration): StyleDeclaration {
  return { property: prop.toLowerCase(), value, isImportant: important === true };
}

function mediaOf(rule: Rule): string[] {
  const media: string[] = [];
  for (let node = rule.parent; node?.type === 'atrule'; node = (node as AtRule).parent) {
    const { name, params } = node as AtRule;
    media.unshift(name === 'media' ? params : `not-media ${name}`);
  }
  return media;
}

function specificityOf(selector: string): number {
  return (parsed(selector)[0] ?? []).reduce((sum, token) => {
    if (token.type === 'tag' || token.type === 'pseudo-element') return sum + 1;
    if (token.type === 'attribute')
      return sum + (token.name === 'id' && token.action === 'equals' ? 10_000 : 100);
    return sum + (token.type === 'pseudo' ? 100 : 0);
  }, 0);
}

/** Empty for a selector that is none: clients skip such a rule too. */
export function parsed(selector: string): Selector[][] {
  try {
    return parseSelector(selector);
  } catch {
    return [];
  }
}
