import { createHash } from 'node:crypto';
import { type DefaultTreeAdapterTypes, parse } from 'parse5';

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

/** All elements of a name in a page. */
export function elementsOf(page: string, name: string): Element[] {
  const walk = (node: Node): Element[] => [
    ...('tagName' in node && node.tagName === name ? [node] : []),
    ...('childNodes' in node ? node.childNodes.flatMap(walk) : []),
  ];
  return walk(parse(page));
}

function attributeOf(element: Element, name: string): string | undefined {
  return element.attrs.find((each) => each.name === name)?.value;
}

/** The text of an element that holds text alone, such as a script. */
export function textOf(element: Element): string {
  return element.childNodes.map((node) => ('value' in node ? node.value : '')).join('');
}

/** The directives of a page's content security policy. */
export function policyOf(page: string): Record<string, string> {
  const meta = elementsOf(page, 'meta').filter((each) => attributeOf(each, 'http-equiv') === 'Content-Security-Policy');
  if (meta.length !== 1) throw new Error(`${meta.length} policies`);
  const directives = attributeOf(meta[0], 'content')!.split('; ');
  return Object.fromEntries(directives.map((each) => each.split(/ (.*)/s).slice(0, 2)));
}

/** What allows the one element of a name that a browser would run or apply. */
export function hashOf(page: string, name: 'script' | 'style'): string {
  const found = elementsOf(page, name).filter((each) => attributeOf(each, 'type') === undefined);
  if (found.length !== 1) throw new Error(`${found.length} elements ${name}`);
  return `'sha256-${createHash('sha256').update(textOf(found[0])).digest('base64')}'`;
}
