type Child = Node | string | null;
type Attributes = Readonly<Record<string, string | number | boolean | null>>;

/** An element; texts stay texts, whatever is in them. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  set(made, attributes);
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** An element of a drawing. */
export function drawn(name: string, attributes: Attributes = {}, ...children: readonly Child[]): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  set(made, attributes);
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Sets attributes; null and false take one away. */
export function set(target: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false) target.removeAttribute(name);
    else if (target.getAttribute(name) !== String(value))
      target.setAttribute(name, value === true ? '' : String(value));
  }
}

/** Sets a text, if it is another: what is read aloud is read once. */
export function say(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** Makes again what a part of the page holds, only when that has changed. */
export class Part<Value> {
  private shown: string | undefined;

  constructor(
    readonly node: HTMLElement,
    private readonly make: (value: Value) => readonly Child[],
  ) {}

  update(value: Value): void {
    const text = JSON.stringify(value);
    if (text === this.shown) return;
    this.shown = text;
    const children = this.make(value).filter((child) => child !== null);
    this.node.replaceChildren(...children);
    this.node.hidden = children.length === 0;
  }
}
