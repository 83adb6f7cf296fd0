import { max, sum } from 'd3-array';
import { BELOW_PLOT, PLOT, type PlotArea } from './axes.js';
import { group, label, type Markup, shortened, textWidth } from './svg.js';

export interface LegendEntry {
  readonly text: string;
  /** Draws the sample, at most 36 pixels wide, centred on a point. */
  readonly sample: (x: number, y: number) => Markup;
}

/** Centre of a row of entries that stands beside the figure's subtitle, in the body's coordinates. */
export const LEGEND_Y = -19;

const SAMPLE_WIDTH = 36;
const GAP = 10;
const ROW_HEIGHT = 25;

/** Entries side by side, ending at `right`, centred on `y`. */
export function legendRow(right: number, y: number, entries: readonly LegendEntry[]): Markup {
  let x = right;
  const children = entries.toReversed().map((entry) => {
    x -= textWidth(entry.text);
    const text = label(x, y + 5, entry.text);
    x -= GAP + SAMPLE_WIDTH;
    const sample = entry.sample(x + SAMPLE_WIDTH / 2, y);
    x -= 2 * GAP;
    return group({}, [sample, text]);
  });
  return group({}, children.toReversed());
}

/** Entries one below the other, starting at `x`, the first centred on `y`. */
export function legendColumn(x: number, y: number, entries: readonly LegendEntry[]): Markup {
  return group(
    {},
    entries.flatMap((entry, row) => [
      entry.sample(x + SAMPLE_WIDTH / 2, y + row * ROW_HEIGHT),
      label(x + SAMPLE_WIDTH + GAP, y + row * ROW_HEIGHT + 5, entry.text),
    ]),
  );
}

/** Height of a column of so many entries. */
export function legendHeight(entries: number): number {
  return entries * ROW_HEIGHT;
}

/** A plot area with the legend that stands beside or above it. */
export interface Layout {
  readonly area: PlotArea;
  readonly legend: Markup;
  /** Height of the figure's body. */
  readonly height: number;
}

/** Pixels between the subtitle, or the plot, and the legend. */
const LEGEND_GAP = 24;
const WIDEST_COLUMN = 330;

/**
 * Entries beside the subtitle if they fit there, or else in a column right of the plot.
 *
 * @param subtitle the text that stands left of the row
 * @param bottom   of the plot area, at least; a long column takes more
 */
export function placeLegend(entries: readonly LegendEntry[], subtitle: string, bottom = PLOT.bottom): Layout {
  if (fitsBeside(subtitle, rowWidth(entries))) {
    const area = { ...PLOT, bottom };
    return { area, legend: legendRow(PLOT.right, LEGEND_Y, entries), height: bottom + BELOW_PLOT };
  }
  const room = WIDEST_COLUMN - SAMPLE_WIDTH - GAP;
  const shown = entries.map((entry) => ({ ...entry, text: shortened(entry.text, room) }));
  const width = SAMPLE_WIDTH + GAP + (max(shown, ({ text }) => textWidth(text)) ?? 0);
  const area = {
    ...PLOT,
    right: PLOT.right - width - LEGEND_GAP,
    bottom: Math.max(bottom, PLOT.top + legendHeight(shown.length)),
  };
  const legend = legendColumn(area.right + LEGEND_GAP, area.top + ROW_HEIGHT / 2, shown);
  return { area, legend, height: area.bottom + BELOW_PLOT };
}

/** Entries in a row beside the subtitle if they fit there, or else below it, and how far down the plot then begins. */
export function placeLegendRow(entries: readonly LegendEntry[], subtitle: string): { legend: Markup; offset: number } {
  const fits = fitsBeside(subtitle, rowWidth(entries));
  return { legend: legendRow(PLOT.right, fits ? LEGEND_Y : 6, entries), offset: fits ? 0 : 26 };
}

/** Whether something of a width leaves room for the subtitle. */
export function fitsBeside(subtitle: string, width: number): boolean {
  return width + LEGEND_GAP <= PLOT.right - 24 - textWidth(subtitle);
}

function rowWidth(entries: readonly LegendEntry[]): number {
  return sum(entries, ({ text }) => textWidth(text) + 3 * GAP + SAMPLE_WIDTH) - 2 * GAP;
}
