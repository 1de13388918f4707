/** A YAML text and where in it each value stands, so that a complaint can point at its line. */
import { isMap, isNode, isScalar, LineCounter, type Node, parseDocument } from 'yaml';

export type YamlPath = readonly (string | number)[];

export interface YamlSource {
  /** The plain value; undefined when the syntax is broken. */
  readonly value: unknown;
  /** Broken syntax, in the order of the text. */
  readonly errors: readonly { readonly message: string; readonly position: Position }[];
  /** Where the value at a path begins; of a path that is not there, its nearest ancestor. */
  locate(path: YamlPath): Position;
  /** Where the key itself begins, in the map at a path. */
  locateKey(path: YamlPath, key: string): Position;
}

/** Both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export function readYaml(text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const nodeAt = (path: YamlPath): Node | null => {
    for (let depth = path.length; depth >= 0; depth--) {
      const found = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
      if (isNode(found)) return found;
    }
    return null;
  };
  const locate = (path: YamlPath) => position(nodeAt(path)?.range?.[0] ?? 0);
  const errors = document.errors.map((error) => ({
    message: error.message,
    position: position(error.pos[0]),
  }));
  let value: unknown;
  try {
    value = errors.length > 0 ? undefined : document.toJS();
  } catch (error) {
    // Anchors that multiply each other: refused by the library before they fill the memory.
    errors.push({ message: (error as Error).message, position: position(0) });
  }
  return {
    value,
    errors,
    locate,
    locateKey: (path, key) => {
      const map = nodeAt(path);
      const pair = isMap(map)
        ? map.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
        : null;
      return pair && isNode(pair.key) && pair.key.range ? position(pair.key.range[0]) : locate(path);
    },
  };
}
