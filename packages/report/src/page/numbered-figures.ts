import type { Figure } from '../figures/figure.js';
import { figureNumber } from './figure-names.js';
import { type Html, html, nothing } from './html.js';

/** Shows the figure of a name; nothing if it was not drawn. */
export type Show = (name: string) => Html;

/**
 * Shows figures with numbers: those that have one in their names, and behind them the others in the order in which the
 * page shows them.
 */
export function numberedFigures(figures: readonly Figure[]): Show {
  let last = Math.max(1, ...figures.map(({ name }) => figureNumber(name) ?? 0));
  return (name) => {
    const figure = figures.find((each) => each.name === name);
    if (!figure) return nothing;
    return embedded(figureNumber(name) ?? ++last, figure);
  };
}

function embedded(number: number, { name, title, caption, svg }: Figure): Html {
  const source = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
  return html`<figure id="${name}"><div class="sheet"><img src="${source}" alt="${title}. ${caption}"></div>
<figcaption><b>Figure ${number}.</b> ${caption}</figcaption></figure>
`;
}
