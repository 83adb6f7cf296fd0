import { max } from 'd3-array';
import { interpolateBlues } from 'd3-scale-chromatic';
import { sideways } from './axes.js';
import { type ColourKey, colourKey, colourKeyWidth } from './colour-key.js';
import { colourTable } from './colour-map.js';
import type { Drawing } from './compose-figure.js';
import { fitsBeside, LEGEND_Y } from './legend.js';
import { element, group, label, type Markup, shortened, textWidth } from './svg.js';
import { FIGURE_WIDTH, GRID, INK, MUTED_INK, PAPER, SMALL_TEXT_SIZE } from './theme.js';

export interface Cell {
  /** Where its colour lies between light (0) and dark (1); anything else than a number for none. */
  readonly shade: number;
  /** One or two lines of text. Where two do not fit into some cell, the last is drawn in all. */
  readonly lines: readonly string[];
  /** Draws a frame around it. */
  readonly framed?: boolean;
}

export interface HeatTable {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly rowTitle: string;
  readonly columnTitle: string;
  /** Row by row. */
  readonly cells: readonly Cell[];
  readonly key: Omit<ColourKey, 'table'>;
  /** What stands left of the key, which is drawn below it if both do not fit. */
  readonly subtitle: string;
  /** Widest and highest cell, in pixels. */
  readonly largest: { readonly width: number; readonly height: number };
}

const TITLE_X = 34;
const NAME_WIDTH = 190;
const RIGHT = FIGURE_WIDTH - 28;
const TOP = 8;
const KEY_HEIGHT = 30;
const SMALLEST_HEIGHT = 26;
const TWO_LINES_FROM = 34;
/** Digits are a little wider than letters are on average. */
const DIGIT_WIDTH = 0.645;
const SIZES = [15, 14, 13, 12, 11];
const SMALLEST_SIZE = 11;

export interface DrawnTable extends Pick<Drawing, 'body' | 'height'> {
  /** Whether all lines of the cells were drawn, or the last ones only. */
  readonly complete: boolean;
}

/** A table of numbers as coloured cells, with names left and below, and a key beside the subtitle. */
export function heatTable(table: HeatTable): DrawnTable {
  const { rows, columns, cells, largest } = table;
  const names = rows.map((name) => shortened(name, NAME_WIDTH, SMALL_TEXT_SIZE));
  const nameWidth = max(names, (name) => textWidth(name, SMALL_TEXT_SIZE)) ?? 0;
  const left = TITLE_X + 24 + nameWidth + 10;
  const width = Math.min(largest.width, (RIGHT - left) / columns.length);
  const height = Math.max(SMALLEST_HEIGHT, Math.min(largest.height, width));
  const beside = fitsBeside(table.subtitle, colourKeyWidth(table.key));
  const top = beside ? TOP : TOP + KEY_HEIGHT;
  const [right, bottom] = [left + width * columns.length, top + height * rows.length];
  const bothFit =
    height >= TWO_LINES_FROM &&
    textSize(
      cells.flatMap(({ lines }) => lines),
      width,
    ) !== undefined;
  const texts = cells.map(({ lines }) => (bothFit ? lines : lines.slice(-1)));
  const size = textSize(texts.flat(), width) ?? SMALLEST_SIZE;
  const below = columnNames(columns, left, bottom, width);
  const middle = (left + right) / 2;
  return {
    body: [
      group(
        { 'data-series': 'cells', 'text-anchor': 'middle' },
        cells.map((cell, index) => {
          const x = left + (index % columns.length) * width;
          const y = top + Math.floor(index / columns.length) * height;
          return cellMarkup({ ...cell, lines: texts[index] }, { x, y, width, height }, size);
        }),
      ),
      ...cells.flatMap(({ framed }, index) => {
        if (!framed) return [];
        const [x, y] = [left + (index % columns.length) * width, top + Math.floor(index / columns.length) * height];
        const box = { x: x + 1.5, y: y + 1.5, width: width - 3, height: height - 3 };
        return [element('rect', { ...box, fill: 'none', stroke: INK, 'stroke-width': 2 })];
      }),
      group(
        { 'font-size': SMALL_TEXT_SIZE, 'text-anchor': 'end' },
        names.map((name, row) => label(left - 10, top + (row + 0.5) * height + 5, name)),
      ),
      sideways(TITLE_X, (top + bottom) / 2, shortened(table.rowTitle, bottom - top + 40)),
      below.markup,
      label(middle, bottom + below.height + 22, table.columnTitle, { 'text-anchor': 'middle' }),
      colourKey(beside ? LEGEND_Y - 7 : TOP - 2, RIGHT, { ...table.key, table: BLUES }),
    ],
    height: bottom + below.height + 44,
    complete: bothFit || cells.every(({ lines }) => lines.length < 2),
  };
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function cellMarkup({ shade, lines }: Cell, box: Box, size: number): Markup {
  const known = Number.isFinite(shade);
  const fill = known ? interpolateBlues(shadeOf(shade)) : '#f1f1f4';
  const ink = !known ? MUTED_INK : shade > 0.55 ? PAPER : INK;
  const [centreX, centreY] = [box.x + box.width / 2, box.y + box.height / 2];
  const spread = Math.min(20, box.height * 0.42);
  return group({ fill: ink, 'font-size': size }, [
    element('rect', { ...box, fill, stroke: GRID }),
    ...lines.map((text, line) => {
      const baseline = centreY + (line - (lines.length - 1) / 2) * spread + size * 0.36;
      return label(centreX, baseline, text);
    }),
  ]);
}

/** The size in which all texts fit into a width, if there is one. */
function textSize(texts: readonly string[], width: number): number | undefined {
  const longest = max(texts, (text) => text.length) ?? 0;
  return SIZES.find((size) => longest * size * DIGIT_WIDTH <= width - 4);
}

/** Names below their columns: level if all of them fit, or else turned. */
function columnNames(names: readonly string[], left: number, bottom: number, width: number) {
  const longest = max(names, (name) => textWidth(name, SMALL_TEXT_SIZE)) ?? 0;
  const at = (column: number) => left + (column + 0.5) * width;
  if (longest <= width - 6) {
    const texts = names.map((name, column) => label(at(column), bottom + 20, name));
    return { markup: group({ 'font-size': SMALL_TEXT_SIZE, 'text-anchor': 'middle' }, texts), height: 22 };
  }
  const shown = names.map((name) => shortened(name, NAME_WIDTH, SMALL_TEXT_SIZE));
  const texts = shown.map((name, column) => {
    const transform = `translate(${at(column).toFixed(2)} ${bottom + 14}) rotate(-45)`;
    return element('text', { transform }, name);
  });
  // Widths are estimated on the wide side.
  const height = 14 + (Math.min(NAME_WIDTH, longest) * 0.95 + SMALL_TEXT_SIZE) * Math.SQRT1_2;
  return { markup: group({ 'font-size': SMALL_TEXT_SIZE, 'text-anchor': 'end' }, texts), height };
}

/** Leaves out the lightest and the darkest blues, which are hard to tell from paper and from ink. */
function shadeOf(shade: number): number {
  return 0.02 + 0.9 * Math.min(1, Math.max(0, shade));
}

const BLUES = colourTable((position) => interpolateBlues(shadeOf(position)));
