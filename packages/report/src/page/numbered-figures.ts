import type { Figure } from '../figures/figure.js';
import type { FigureBlock } from './figure-block.js';
import { figureNumber } from './figure-names.js';
import { type Html, nothing } from './html.js';

/** What stands in a section. */
export type Part = FigureBlock | Html;

/** Shows the figure of a name; nothing if it was not drawn. */
export type Show = (name: string) => Part;

/**
 * Shows figures with numbers: those that have one in their names, and behind them the others in the order in which the
 * page shows them.
 */
export function numberedFigures(figures: readonly Figure[]): Show {
  let last = Math.max(1, ...figures.map(({ name }) => figureNumber(name) ?? 0));
  return (name) => {
    const figure = figures.find((each) => each.name === name);
    if (!figure) return nothing;
    return { figure, number: figureNumber(name) ?? ++last };
  };
}
