import type { Figure } from '../figures/figure.js';
import { scriptData } from '../text/script-data.js';
import { type Html, html, nothing } from './html.js';

/** A figure in a page, which numbers it by its place. */
export interface FigureBlock {
  readonly figure: Figure;
  /** The number of the figure, if its place does not say it. */
  readonly number?: number;
}

/**
 * A figure with its caption, for the body of a section of a page.
 *
 * @example
 * const roc = rocFigure({ name: 'roc', title: 'ROC', curves: [rocCurve([0.9, 0.4, 0.1], [1, 0, 0])] });
 * const section = { id: 'curves', title: 'Curves', body: [figureBlock(roc)] };
 */
export function figureBlock(figure: Figure): FigureBlock {
  return { figure };
}

/** A figure as an image that the page holds, with its number and caption, and its data if they are given. */
export function figureHtml({ name, title, caption, svg }: Figure, number: number, data: Html = nothing): Html {
  const source = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
  return html`<figure id="${figureId(name)}"><div class="sheet" tabindex="0" role="group" aria-label="${title}"><img src="${source}" alt="${title}. ${caption}"></div>
<figcaption><b>Figure ${number}.</b> ${caption}</figcaption>${data}</figure>
`;
}

/** The data of a figure as an element that does not run; undefined if the figure has none. */
export function figureDataHtml({ title, data }: Figure): Html | undefined {
  if (data === undefined) return undefined;
  return { html: `\n<script type="application/json">${scriptData({ ...data, title })}</script>` };
}

/** What links to a figure lead to: apart from the ids of sections. */
export function figureId(name: string): string {
  return name.startsWith('figure-') ? name : `figure-${name}`;
}
