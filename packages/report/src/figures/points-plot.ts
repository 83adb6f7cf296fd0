import { bottomAxis, leftAxis, line } from './axes.js';
import { markerPath } from './markers.js';
import { type PlotFrame, plotScales } from './plot.js';
import { coordinate, element, group, type Markup } from './svg.js';
import { GRID, INK, PAPER } from './theme.js';

/** How the points of a class are drawn. */
export interface PointClass {
  /** Undefined for points without classes. */
  readonly name?: string | undefined;
  readonly colour: string;
  /** The number of a marker. */
  readonly shape: number;
  /** Mean of its points, drawn large where there are classes. */
  readonly mean: readonly [x: number, y: number];
}

/** Points in a plane, as plain data. */
export interface PointsPlot extends PlotFrame {
  readonly kind: 'points';
  readonly classes: readonly PointClass[];
  /** Coordinates of the points. */
  readonly across: readonly number[];
  readonly up: readonly number[];
  /** Index of each point's class among `classes`. */
  readonly members: readonly number[];
  /** Index of each point's image, if not all images have a point. */
  readonly images?: readonly number[];
  /** Of a marker, in pixels. */
  readonly radius: number;
}

/** The opacity of points. */
export const POINT_OPACITY = 0.72;

/** The axes of a plot of points. */
export function pointsAxes(plot: Omit<PointsPlot, 'across' | 'up' | 'members'>): Markup[] {
  const { area, x, y } = plot;
  const scales = plotScales(plot);
  return [
    ...x.ticks.map((tick) => line(scales.x(tick), area.top, scales.x(tick), area.bottom, GRID)),
    leftAxis({ ...y, scale: scales.y, area }),
    bottomAxis({ ...x, scale: scales.x, area }),
  ];
}

/** The means of some classes, as large markers. */
export function meansMarkup(frame: PlotFrame, classes: readonly PointClass[]): Markup {
  const scales = plotScales(frame);
  const named = classes.filter(({ name }) => name !== undefined);
  return group(
    { 'data-series': 'means' },
    named.map((each) => bigMarker(each, scales.x(each.mean[0]), scales.y(each.mean[1]), 9)),
  );
}

/** The marker of a class with an edge. */
export function bigMarker({ shape, colour }: Omit<PointClass, 'mean'>, x: number, y: number, radius: number): Markup {
  const d = `M${coordinate(x)} ${coordinate(y)}${markerPath(shape, radius)}`;
  return group({ 'stroke-linejoin': 'round' }, [
    element('path', { d, fill: PAPER, stroke: PAPER, 'stroke-width': 5 }),
    element('path', { d, fill: colour, stroke: INK, 'stroke-width': 1.4 }),
  ]);
}
