import type { Figure } from '../figures/figure.js';
import { type Html, html } from './html.js';

/** A figure in a page, which numbers it by its place. */
export interface FigureBlock {
  readonly figure: Figure;
}

/** A figure with its caption, for the body of a section of a page. */
export function figureBlock(figure: Figure): FigureBlock {
  return { figure };
}

/** A figure as an image that the page holds, with its number and caption. */
export function figureHtml({ name, title, caption, svg }: Figure, number: number): Html {
  const source = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
  return html`<figure id="${figureId(name)}"><div class="sheet"><img src="${source}" alt="${title}. ${caption}"></div>
<figcaption><b>Figure ${number}.</b> ${caption}</figcaption></figure>
`;
}

/** What links to a figure lead to: apart from the ids of sections. */
export function figureId(name: string): string {
  return name.startsWith('figure-') ? name : `figure-${name}`;
}
