import { pngUri } from './picture.js';
import { element, group, label, type Markup, textWidth } from './svg.js';
import { MUTED_INK, SMALL_TEXT_SIZE } from './theme.js';

/** What the ends of a colour map mean. */
export interface ColourKey {
  readonly title: string;
  readonly low: string;
  readonly high: string;
  /** Red, green and blue bytes of the map, from low to high. */
  readonly table: Uint8Array;
}

const WIDTH = 220;

/** A strip of colours with its title and the values at its ends, which ends at `right`. */
export function colourKey(y: number, right: number, { title, low, high, table }: ColourKey): Markup {
  const end = right - highWidth(high);
  const titleEnd = end - WIDTH - lowWidth(low);
  return group({ fill: MUTED_INK, 'font-size': SMALL_TEXT_SIZE }, [
    label(titleEnd, y + 12, title, { 'text-anchor': 'end' }),
    label(end - WIDTH - 8, y + 12, low, { 'text-anchor': 'end' }),
    element('image', {
      x: end - WIDTH,
      y,
      width: WIDTH,
      height: 14,
      preserveAspectRatio: 'none',
      href: pngUri(table, table.length / 3, 1),
    }),
    label(end + 8, y + 12, high),
  ]);
}

/** Pixels from the beginning of the title to the end of the key. */
export function colourKeyWidth({ title, low, high }: Omit<ColourKey, 'table'>): number {
  return textWidth(title, SMALL_TEXT_SIZE) + lowWidth(low) + WIDTH + highWidth(high);
}

function lowWidth(low: string): number {
  return Math.max(26, 17 + textWidth(low, SMALL_TEXT_SIZE));
}

function highWidth(high: string): number {
  return Math.max(16, 7 + textWidth(high, SMALL_TEXT_SIZE));
}
