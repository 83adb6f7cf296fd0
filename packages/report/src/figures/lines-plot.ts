import { bottomAxis, leftAxis, line } from './axes.js';
import { type PlotFrame, plotScales } from './plot.js';
import { type Point, referenceLine, type Series, seriesMarkup } from './series.js';
import { element, group, type Markup } from './svg.js';
import { GRID, INK, PAPER } from './theme.js';

/** A place of a line that is marked: by a ring, or by a ring with a dot that hides little of the curve below. */
export interface PlotMark extends Point {
  readonly kind: 'ring' | 'target';
  /** What is marked. */
  readonly text: string;
}

/** Lines in a frame, as plain data. */
export interface LinesPlot extends PlotFrame {
  readonly kind: 'lines';
  readonly series: readonly Series[];
  /** Straight lines that are not of the data, such as that of chance. */
  readonly references?: readonly { readonly from: Point; readonly to: Point }[];
  readonly marks?: readonly PlotMark[];
  /** Whether there are grid lines for the ticks of the bottom axis, too. */
  readonly upright?: boolean;
}

/** The axes of a plot of lines. */
export function linesAxes(plot: LinesPlot): Markup[] {
  const { area, x, y, upright } = plot;
  const scales = plotScales(plot);
  return [
    ...(upright ? x.ticks.map((tick) => line(scales.x(tick), area.top, scales.x(tick), area.bottom, GRID)) : []),
    leftAxis({ ...y, scale: scales.y, area }),
    bottomAxis({ ...x, scale: scales.x, area }),
  ];
}

/** What lies between the axes of a plot of lines. */
export function linesContent(plot: LinesPlot): Markup[] {
  const { series, references = [], marks = [] } = plot;
  const scales = plotScales(plot);
  const at = ({ x, y }: Point) => ({ x: scales.x(x), y: scales.y(y) });
  const drawn = (kind: PlotMark['kind']) =>
    marks.filter((mark) => mark.kind === kind).map((mark) => plotMark(kind, scales.x(mark.x), scales.y(mark.y)));
  return [
    ...references.map(({ from, to }) => referenceLine(at(from), at(to))),
    ...seriesMarkup(series, scales),
    ...drawn('ring'),
    ...(marks.some(({ kind }) => kind === 'target') ? [group({ 'data-series': 'thresholds' }, drawn('target'))] : []),
  ];
}

/** A mark at a place in pixels. */
export function plotMark(kind: PlotMark['kind'], x: number, y: number): Markup {
  if (kind === 'ring') return element('circle', { cx: x, cy: y, r: 9, fill: 'none', stroke: INK, 'stroke-width': 1.8 });
  return group({}, [
    element('circle', { cx: x, cy: y, r: 7.5, fill: PAPER, 'fill-opacity': 0.6, stroke: INK, 'stroke-width': 1.8 }),
    element('circle', { cx: x, cy: y, r: 2.4, fill: INK }),
  ]);
}
