import { line, withoutUnit } from '../figures/axes.js';
import { type LinesPlot, linesAxes, linesContent } from '../figures/lines-plot.js';
import { plotScales } from '../figures/plot.js';
import type { Series } from '../figures/series.js';
import { element, type Markup } from '../figures/svg.js';
import { INK, MUTED_INK } from '../figures/theme.js';
import { formatCount, formatNumber } from '../text/numbers.js';
import type { Chart, Direction, Place, Shown, ValuesTable } from './chart.js';

/** Pixels from a pointer to a point that it finds. */
const NEAR = 40;

interface Value {
  readonly series: Series;
  readonly x: number;
  readonly y: number;
}

/** Lines: one stop for each value along the bottom axis where all series share them, else one for each point. */
export function linesChart(plot: LinesPlot): Chart {
  const finite = plot.series.map((series) =>
    series.points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)).map((point) => ({ series, ...point })),
  );
  const shared = sharedPlaces(plot.series);
  const stops: Value[][] = shared
    ? shared.map((x) => finite.flat().filter((value) => value.x === x)).filter((values) => values.length > 0)
    : finite.flat().map((value) => [value]);
  const plotOf = ({ frame }: Shown): LinesPlot => ({ ...plot, ...frame });
  const text = (x: number) => (plot.x.whole ? formatCount(x) : formatNumber(x, 4));
  const named = (value: Value) =>
    `${value.series.text ? `${value.series.text}: ` : ''}${formatNumber(value.y, 4)}${bandText(value)}`;
  return {
    kind: 'line chart',
    zooms: true,
    groups: [],
    nearest: (place, shown) => nearestStop(stops, place, shown, shared !== undefined),
    step: (stop, direction) => steppedTo(stops, stop, direction),
    valueAt: (stop) => stops[stop][0],
    readout: (stop) => [
      `${withoutUnit(plot.x.title)} ${text(stops[stop][0].x)}`,
      ...stops[stop].map(named),
      ...(plot.marks ?? [])
        .filter(({ x, y }) => stops[stop].some((value) => value.x === x && value.y === y))
        .map((mark) => mark.text),
    ],
    highlight: (stop, shown) => highlight(stops[stop], shown),
    axes: (shown) => linesAxes(plotOf(shown)),
    content: (shown) => linesContent(plotOf(shown)),
    table: () => valuesTable(plot, shared, text),
  };
}

/** The values along the bottom axis, rising, if no series has one twice and the longest has all of them. */
function sharedPlaces(series: readonly Series[]): number[] | undefined {
  const places = new Set(series.flatMap(({ points }) => points.map(({ x }) => x)));
  const longest = Math.max(...series.map(({ points }) => points.length));
  const once = series.every(({ points }) => new Set(points.map(({ x }) => x)).size === points.length);
  return once && places.size === longest ? [...places].sort((a, b) => a - b) : undefined;
}

function nearestStop(stops: readonly Value[][], place: Place, { frame }: Shown, across: boolean): number | undefined {
  const { x, y } = plotScales(frame);
  let [best, least] = [-1, across ? Infinity : NEAR];
  stops.forEach(([value], stop) => {
    const distance = Math.hypot(x(value.x) - place.x, across ? 0 : y(value.y) - place.y);
    if (distance < least) [best, least] = [stop, distance];
  });
  return best < 0 ? undefined : best;
}

function steppedTo(stops: readonly Value[][], stop: number | undefined, direction: Direction): number | undefined {
  if (stops.length === 0) return undefined;
  if (stop === undefined) return direction === 'left' ? stops.length - 1 : 0;
  if (direction === 'left') return Math.max(0, stop - 1);
  if (direction === 'right') return Math.min(stops.length - 1, stop + 1);
  // To the nearest point of the next series, where each point is a stop of its own.
  const [{ series, x }] = stops[stop];
  const all = [...new Set(stops.map(([value]) => value.series))];
  const other = all[all.indexOf(series) + (direction === 'up' ? -1 : 1)];
  if (!other) return stop;
  const candidates = stops.flatMap(([value], index) =>
    value.series === other ? [{ index, off: Math.abs(value.x - x) }] : [],
  );
  return candidates.reduce((best, each) => (each.off < best.off ? each : best)).index;
}

function highlight(values: readonly Value[], { frame }: Shown): Markup[] {
  const { area } = frame;
  const { x, y } = plotScales(frame);
  const at = x(values[0].x);
  if (at < area.left - 1 || at > area.right + 1) return [];
  return [
    line(at, area.top, at, area.bottom, MUTED_INK),
    ...values
      .map((value) => ({ colour: value.series.colour, cy: y(value.y) }))
      .filter(({ cy }) => cy >= area.top - 1 && cy <= area.bottom + 1)
      .map(({ colour, cy }) => element('circle', { cx: at, cy, r: 6, fill: colour, stroke: INK, 'stroke-width': 2 })),
  ];
}

function bandText({ series: { band }, x }: Value): string {
  const ends = band?.find((point) => point.x === x);
  if (!ends || !Number.isFinite(ends.low) || !Number.isFinite(ends.high)) return '';
  return ` (${formatNumber(ends.low, 4)} to ${formatNumber(ends.high, 4)})`;
}

function valuesTable(plot: LinesPlot, shared: readonly number[] | undefined, text: (x: number) => string): ValuesTable {
  const caption = plot.y.title;
  const x = withoutUnit(plot.x.title);
  if (!shared) {
    const rows = plot.series.flatMap(({ text: name, points }) =>
      points.map((point) => [name, text(point.x), formatNumber(point.y, 4)]),
    );
    return { caption, head: ['Curve', x, withoutUnit(plot.y.title)], rows };
  }
  const values = plot.series.map(({ points }) => new Map(points.map((point) => [point.x, point.y])));
  const cell = (value: number | undefined) => (value === undefined ? '–' : formatNumber(value, 4));
  return {
    caption,
    head: [x, ...plot.series.map((series) => series.text)],
    rows: shared.map((place) => [text(place), ...values.map((each) => cell(each.get(place)))]),
  };
}
