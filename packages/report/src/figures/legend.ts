import { group, label, type Markup, textWidth } from './svg.js';

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
