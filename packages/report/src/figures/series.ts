import { area as areaPath, line as linePath } from 'd3-shape';
import type { LegendEntry } from './legend.js';
import { MARKER_SHAPES, markerPath } from './markers.js';
import type { PlotScales } from './plot.js';
import { coordinate, element, group, type Markup } from './svg.js';
import { CLASS_COLOURS, PAPER, RULE, TRAINING, VALIDATION } from './theme.js';

/** Up to so many points a series bears a mark at each. */
const MARKED_POINTS = 30;
const LINE_WIDTH = 2.2;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A band around a series: between two values at each place. */
export interface BandPoint {
  readonly x: number;
  readonly low: number;
  readonly high: number;
}

export interface SeriesStyle {
  readonly colour: string;
  readonly dashes?: string | undefined;
  readonly mark: SeriesMark;
}

/** What stands at each point of a line, all of plain data. */
export type SeriesMark = 'disc' | 'square' | MarkerShape;

/** One of the markers of classes, by its number. */
export interface MarkerShape {
  readonly shape: number;
}

export interface Series extends SeriesStyle {
  readonly text: string;
  /** The line breaks where a value is not finite. */
  readonly points: readonly Point[];
  readonly band?: readonly BandPoint[];
  /** Draws no marks, whatever the number of points. */
  readonly unmarked?: boolean;
  /** Draws the marks alone: the points have no order. */
  readonly unjoined?: boolean;
}

/** Bands below, then lines with their marks. */
export function seriesMarkup(series: readonly Series[], scales: PlotScales): Markup[] {
  return [...series.filter(({ band }) => band).map((each) => bandMarkup(each, scales)), ...series.map(curve)];

  function curve(each: Series): Markup {
    const { text, colour, dashes, points, mark, unjoined } = each;
    const finite = points.filter(isFinitePoint);
    const path = linePath<Point>()
      .defined(isFinitePoint)
      .x(({ x }) => scales.x(x))
      .y(({ y }) => scales.y(y));
    return group({ 'data-series': text, fill: colour }, [
      ...(unjoined
        ? []
        : [
            element('path', {
              d: path(points) ?? '',
              fill: 'none',
              stroke: colour,
              'stroke-width': LINE_WIDTH,
              'stroke-linejoin': 'round',
              'stroke-dasharray': dashes,
            }),
          ]),
      ...(isMarked(each) ? finite.map(({ x, y }) => markMarkup(mark, scales.x(x), scales.y(y))) : []),
    ]);
  }
}

/** The entry of a series: a piece of its line with its mark. */
export function seriesEntry(series: Series): LegendEntry {
  const { text, colour, dashes, mark, band, unjoined } = series;
  return {
    text,
    sample: (x, y) =>
      group({ fill: colour }, [
        ...(band ? [element('rect', { x: x - 18, y: y - 7, width: 36, height: 14, 'fill-opacity': 0.18 })] : []),
        ...(unjoined
          ? []
          : [
              element('path', {
                d: `M${x - 18} ${y}h36`,
                stroke: colour,
                'stroke-width': LINE_WIDTH,
                'stroke-dasharray': dashes,
              }),
            ]),
        ...(isMarked(series) ? [markMarkup(mark, x, y)] : []),
      ]),
  };
}

/** What tells a series from others: colour, dashes and mark, so that they are apart in grey, too. */
export function seriesStyle(index: number, count: number): SeriesStyle {
  const shape = index % MARKER_SHAPES;
  return {
    colour: count <= 2 ? [TRAINING, VALIDATION][index] : CLASS_COLOURS[ORDER[index % ORDER.length]],
    dashes: DASHES[(index + Math.floor(index / ORDER.length)) % DASHES.length],
    mark: { shape },
  };
}

/** A mark of a line centred on a point. */
function markMarkup(mark: SeriesMark, x: number, y: number): Markup {
  if (mark === 'disc') return element('circle', { cx: x, cy: y, r: 4 });
  const edge = { stroke: PAPER, 'stroke-width': 0.8 };
  if (mark === 'square') return element('rect', { x: x - 4, y: y - 4, width: 8, height: 8, ...edge });
  return element('path', { d: `M${coordinate(x)} ${coordinate(y)}${markerPath(mark.shape, 4.4)}`, ...edge });
}

/** A straight line in a plot that is not of the data, such as that of chance. */
export function referenceLine(from: Point, to: Point): Markup {
  const d = `M${coordinate(from.x)} ${coordinate(from.y)}L${coordinate(to.x)} ${coordinate(to.y)}`;
  return element('path', { d, stroke: RULE, 'stroke-width': 1.6, 'stroke-dasharray': '3 5', fill: 'none' });
}

/** The entry of {@link referenceLine}. */
export function referenceEntry(text: string): LegendEntry {
  return { text, sample: (x, y) => referenceLine({ x: x - 18, y }, { x: x + 18, y }) };
}

function bandMarkup({ text, colour, band = [] }: Series, { x, y }: PlotScales): Markup {
  const path = areaPath<BandPoint>()
    .defined(({ low, high }) => Number.isFinite(low) && Number.isFinite(high))
    .x((point) => x(point.x))
    .y0(({ low }) => y(low))
    .y1(({ high }) => y(high));
  return element('path', { 'data-band': text, d: path(band) ?? '', fill: colour, 'fill-opacity': 0.18 });
}

function isMarked({ points, unmarked, unjoined }: Series): boolean {
  return unjoined === true || (unmarked !== true && points.length <= MARKED_POINTS);
}

function isFinitePoint({ x, y }: Point): boolean {
  return Number.isFinite(x) && Number.isFinite(y);
}

/** The class colours in an order in which the first ones are dark and far apart. */
const ORDER = [0, 3, 6, 9, 5, 1, 2, 7, 8, 4];
const DASHES = [undefined, '7 4', '2.5 3', '11 3 2.5 3', '5 2'];
