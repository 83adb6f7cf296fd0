/** An element of HTML with attributes and children; strings are texts. */
export function node<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** A button that does something. */
export function button(text: string, label: string, press: () => void): HTMLButtonElement {
  const element = node('button', { type: 'button', 'aria-label': label, title: label }, text);
  element.addEventListener('click', press);
  return element;
}

/** An SVG of the size of a figure, of which `markup` is already escaped. */
export function layer(width: number, height: number, markup = ''): SVGSVGElement {
  const box = `xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" aria-hidden="true"`;
  const parsed = new DOMParser().parseFromString(`<svg ${box}>${markup}</svg>`, 'image/svg+xml');
  return document.importNode(parsed.documentElement, true) as unknown as SVGSVGElement;
}

/** Puts the children of another drawing into an SVG. */
export function redraw(target: SVGSVGElement, width: number, height: number, markup: string): void {
  target.replaceChildren(...layer(width, height, markup).childNodes);
}
