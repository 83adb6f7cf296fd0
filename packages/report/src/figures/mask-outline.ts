import { coordinate, element, group, type Markup } from './svg.js';
import { INK } from './theme.js';

/** Seen on grey as well as on magma. */
const OUTLINE = '#19d3f3';

/**
 * Path commands along the border of a mask, from its left upper corner: lines between pixels that belong to it and others,
 * those in a row as one.
 *
 * @param mask  [height, width], flat
 * @param scale pixels of the figure for a pixel of the mask
 */
export function maskOutline(mask: readonly boolean[], height: number, width: number, scale: number): string {
  const at = (y: number, x: number) => y >= 0 && x >= 0 && y < height && x < width && mask[y * width + x];
  const level = runs(height + 1, width, (y, x) => at(y - 1, x) !== at(y, x));
  const upright = runs(width + 1, height, (x, y) => at(y, x - 1) !== at(y, x));
  const place = (value: number) => coordinate(value * scale);
  return [
    ...level.map(({ line, from, to }) => `M${place(from)} ${place(line)}h${place(to - from)}`),
    ...upright.map(({ line, from, to }) => `M${place(line)} ${place(from)}v${place(to - from)}`),
  ].join('');
}

/** An outline at a place, with a dark edge so that it is seen on light pictures. */
export function outlineMarkup(d: string, x: number, y: number): Markup {
  const line = { d, fill: 'none', 'stroke-linecap': 'square' };
  return group({ 'data-series': 'outline', transform: `translate(${coordinate(x)} ${coordinate(y)})` }, [
    element('path', { ...line, stroke: INK, 'stroke-width': 3.6, 'stroke-opacity': 0.7 }),
    element('path', { ...line, stroke: OUTLINE, 'stroke-width': 1.6 }),
  ]);
}

interface Run {
  readonly line: number;
  readonly from: number;
  readonly to: number;
}

function runs(lines: number, length: number, isBorder: (line: number, at: number) => boolean): Run[] {
  const found: Run[] = [];
  for (let line = 0; line < lines; line++) {
    let from = -1;
    for (let at = 0; at <= length; at++) {
      const border = at < length && isBorder(line, at);
      if (border && from === -1) from = at;
      if (border || from === -1) continue;
      found.push({ line, from, to: at });
      from = -1;
    }
  }
  return found;
}
