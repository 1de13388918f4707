/**
 * What is asked of a page from inside it: where its text stands, in which colours, and how wide it is. Each function is
 * handed to the browser as source, so it holds all it needs.
 */

export interface TextRun {
  readonly text: string;
  /** Of the element it stands in, to find it by. */
  readonly element: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Contrast of WCAG 2.2 §1.4.3 between the text and what lies behind it; null where a picture or gradient does. */
  readonly contrast: number | null;
  /** Both colours, as `text on background`. */
  readonly colours: string;
  /** In a box that can be scrolled sideways by itself. */
  readonly isScrolled: boolean;
}

/** Every visible run of text, generated content and the values of fields included, with colours as computed. */
export function textRuns(): TextRun[] {
  type Rgba = readonly [number, number, number, number];
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (canvas === null) throw new Error('no canvas');
  const known = new Map<string, Rgba>();
  const rgba = (colour: string): Rgba => {
    const found = known.get(colour);
    if (found !== undefined) return found;
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r = 0, g = 0, b = 0, a = 0] = canvas.getImageData(0, 0, 1, 1).data;
    const value: Rgba = [r, g, b, a / 255];
    known.set(colour, value);
    return value;
  };
  const over = (top: Rgba, under: Rgba): Rgba => {
    const mix = (index: 0 | 1 | 2) => top[index] * top[3] + under[index] * (1 - top[3]);
    return [mix(0), mix(1), mix(2), 1];
  };
  const luminance = (colour: Rgba): number => {
    const linear = (value: number) =>
      value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
    return 0.2126 * linear(colour[0]) + 0.7152 * linear(colour[1]) + 0.0722 * linear(colour[2]);
  };
  const ratio = (a: Rgba, b: Rgba): number => {
    const [bright, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
    return (bright + 0.05) / (dark + 0.05);
  };
  const hex = (colour: Rgba): string =>
    `#${[0, 1, 2]
      .map((index) =>
        Math.round(colour[index as 0])
          .toString(16)
          .padStart(2, '0'),
      )
      .join('')}`;

  const base = document.createElement('i');
  base.style.cssText = 'position:absolute;width:0;height:0;background-color:Canvas';
  document.body.append(base);
  const paper = rgba(getComputedStyle(base).backgroundColor);
  base.remove();

  const ancestors = (element: Element): Element[] => {
    const line: Element[] = [];
    for (let at: Element | null = element; at !== null; at = at.parentElement) line.push(at);
    return line;
  };
  /** Fill of the shape of a drawing that was drawn last under the middle of a text of it. */
  const shapeBehind = (element: Element): Rgba | undefined => {
    if (!(element instanceof SVGElement)) return undefined;
    const text = element.getBoundingClientRect();
    const [x, y] = [text.left + text.width / 2, text.top + text.height / 2];
    for (let at = element.previousElementSibling; at !== null; at = at.previousElementSibling) {
      const edge = at.getBoundingClientRect();
      const isUnder = edge.left <= x && x <= edge.right && edge.top <= y && y <= edge.bottom;
      if (isUnder && ['circle', 'rect', 'ellipse'].includes(at.localName))
        return rgba(getComputedStyle(at).fill);
    }
    return undefined;
  };
  /** What lies behind the text of an element; null for a picture or gradient, which has no one colour. */
  const background = (element: Element, pseudo?: string): Rgba | null => {
    const shape = shapeBehind(element);
    const layers: Rgba[] = shape === undefined ? [] : [shape];
    const styles = ancestors(element).map((at) => getComputedStyle(at));
    if (pseudo !== undefined) styles.unshift(getComputedStyle(element, pseudo));
    for (const style of styles) {
      if (style.backgroundImage !== 'none') return null;
      const colour = rgba(style.backgroundColor);
      if (colour[3] > 0) layers.push(colour);
      if (colour[3] === 1) break;
    }
    return layers.reverse().reduce((under, layer) => over(layer, under), paper);
  };
  const opacity = (element: Element): number =>
    ancestors(element).reduce((product, at) => product * Number(getComputedStyle(at).opacity), 1);

  /** The part of a box that its ancestors do not cut off; null when nothing is left. */
  const seen = (element: Element, box: DOMRect): { box: DOMRect; isScrolled: boolean } | null => {
    let { left, right, top, bottom } = box;
    let isScrolled = false;
    for (const at of ancestors(element)) {
      const style = getComputedStyle(at);
      if (at === document.documentElement || at === document.body || style.overflow === 'visible') continue;
      if (['auto', 'scroll'].includes(style.overflowX)) {
        isScrolled = true;
        continue;
      }
      const edge = at.getBoundingClientRect();
      [left, right] = [Math.max(left, edge.left), Math.min(right, edge.right)];
      [top, bottom] = [Math.max(top, edge.top), Math.min(bottom, edge.bottom)];
    }
    if (right - left <= 1 || bottom - top <= 1 || right < 0 || bottom + scrollY < 0) return null;
    return { box: new DOMRect(left, top, right - left, bottom - top), isScrolled };
  };
  const nameOf = (element: Element): string => {
    const names = element.getAttribute('class')?.trim().split(/\s+/) ?? [];
    return [element.localName, ...names].join('.');
  };

  const runs: TextRun[] = [];
  const add = (element: Element, text: string, boxes: Iterable<DOMRect>, pseudo?: string): void => {
    const style = getComputedStyle(element, pseudo);
    const alpha = opacity(element);
    if (style.visibility !== 'visible' || alpha === 0) return;
    for (const box of boxes) {
      const shown = seen(element, box);
      if (shown === null) continue;
      const behind = background(element, pseudo);
      const paint = element instanceof SVGElement ? style.fill : style.webkitTextFillColor;
      const [r, g, b, a] = rgba(paint);
      const front = behind && over([r, g, b, a * alpha], behind);
      runs.push({
        text: text.replace(/\s+/g, ' ').trim(),
        element: nameOf(element),
        left: shown.box.left,
        right: shown.box.right,
        top: shown.box.top + scrollY,
        bottom: shown.box.bottom + scrollY,
        contrast: front && behind && ratio(front, behind),
        colours: front && behind ? `${hex(front)} on ${hex(behind)}` : `${paint} on a picture`,
        isScrolled: shown.isScrolled,
      });
    }
  };

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = node.textContent ?? '';
    // Joiners and other marks that only pad what clients show after the subject are no text.
    if (element === null || !/[\p{L}\p{N}\p{P}\p{S}]/u.test(text)) continue;
    if (element.closest('script,style,noscript,template,title,option') !== null) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    add(element, text, range.getClientRects());
  }
  for (const element of document.body.querySelectorAll('*')) {
    for (const pseudo of ['::before', '::after']) {
      const { content, display } = getComputedStyle(element, pseudo);
      const isText = /^"[^"]*[\p{L}\p{N}\p{P}\p{S}][^"]*"$/u.test(content) && display !== 'none';
      if (isText) add(element, content, element.getClientRects(), pseudo);
    }
    if (element instanceof HTMLInputElement && /^(?:text|search|email|submit|button)$/.test(element.type)) {
      if (element.value !== '') add(element, element.value, element.getClientRects());
      else if (element.placeholder !== '')
        add(element, element.placeholder, element.getClientRects(), '::placeholder');
    }
    if (element instanceof HTMLSelectElement || element instanceof HTMLTextAreaElement) {
      if (element.value !== '') add(element, element.value, element.getClientRects());
    }
  }
  return runs;
}

/** How wide the page is beside how wide it is shown. */
export function widths(): { readonly page: number; readonly shown: number } {
  const root = document.documentElement;
  return { page: Math.max(root.scrollWidth, document.body.scrollWidth), shown: root.clientWidth };
}

/** All that a person reads of the page, pictures by what stands for them. */
export function readableText(): string {
  const alternatives = [...document.images].map((image) => image.alt);
  // biome-ignore lint/performance/useDomNodeTextContent: what is hidden is not read
  return [document.body.innerText, ...alternatives].join('\n').replace(/\s+/g, ' ').trim();
}

/** Levels of the visible headings, in order. */
export function headingLevels(): number[] {
  return [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')]
    .filter((heading) => heading.getClientRects().length > 0)
    .map((heading) => Number(heading.localName.slice(1)));
}
