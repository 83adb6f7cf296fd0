import { withoutUnit } from '../figures/axes.js';
import type { BarsPlot } from '../figures/bars-plot.js';
import { plotScales } from '../figures/plot.js';
import { element, type Markup } from '../figures/svg.js';
import { BARS, INK, TRAINING } from '../figures/theme.js';
import { formatCount, formatNumber } from '../text/numbers.js';
import type { Chart, Shown } from './chart.js';

/** Bars: a stop for each bin. */
export function barsChart(plot: BarsPlot): Chart {
  const { edges, heights, counts, curve } = plot;
  const bins = heights.length;
  const isDensity = heights.some((height, bin) => height !== counts[bin]);
  const middle = (bin: number) => (edges[bin] + edges[bin + 1]) / 2;
  const images = (bin: number) => `${formatCount(counts[bin])} ${counts[bin] === 1 ? 'image' : 'images'}`;
  const curveAt = (bin: number) => (curve ? interpolated(curve.x, curve.y, middle(bin)) : Number.NaN);
  const range = (bin: number) => `${formatNumber(edges[bin])} to ${formatNumber(edges[bin + 1])}`;
  return {
    kind: 'histogram',
    zooms: false,
    groups: [],
    nearest: ({ x }, { frame }) => {
      const scale = plotScales(frame).x;
      const bin = edges.findLastIndex((edge) => scale(edge) <= x);
      return bin < 0 || (bin >= bins && x > scale(edges[bins]) + 1) ? undefined : Math.min(bin, bins - 1);
    },
    step: (bin, direction) => {
      if (bin === undefined) return direction === 'left' ? bins - 1 : 0;
      if (direction === 'left') return Math.max(0, bin - 1);
      return direction === 'right' ? Math.min(bins - 1, bin + 1) : bin;
    },
    valueAt: (bin) => ({ x: middle(bin), y: heights[bin] }),
    readout: (bin) => [
      `${withoutUnit(plot.x.title)}: ${range(bin)}`,
      images(bin),
      ...(isDensity ? [`density: ${formatNumber(heights[bin])}`] : []),
      ...(curve ? [`${curve.text}: ${formatNumber(curveAt(bin))}`] : []),
    ],
    highlight: (bin, shown) => highlight(plot, bin, curveAt(bin), shown),
    axes: () => [],
    content: () => [],
    table: () => ({
      caption: plot.x.title,
      head: ['Bin', 'Images', ...(isDensity ? ['Density'] : []), ...(curve ? ['Kernel density'] : [])],
      rows: counts.map((count, bin) => [
        range(bin),
        formatCount(count),
        ...(isDensity ? [formatNumber(heights[bin])] : []),
        ...(curve ? [formatNumber(curveAt(bin))] : []),
      ]),
    }),
  };
}

/** The value of a curve between its points, which lie in the order of `x`. */
function interpolated(x: readonly number[], y: readonly number[], at: number): number {
  const after = Math.min(
    x.length - 1,
    Math.max(
      1,
      x.findIndex((each) => each >= at),
    ),
  );
  const share = (at - x[after - 1]) / (x[after] - x[after - 1]);
  return y[after - 1] * (1 - share) + y[after] * share;
}

function highlight({ edges, heights }: BarsPlot, bin: number, curve: number, { frame }: Shown): Markup[] {
  const { area } = frame;
  const { x, y } = plotScales(frame);
  const [left, width] = [x(edges[bin]), x(edges[bin + 1]) - x(edges[bin])];
  const bar = { x: left, y: y(heights[bin]), width, height: area.bottom - y(heights[bin]) };
  return [
    element('rect', { x: left, y: area.top, width, height: area.bottom - area.top, fill: BARS, 'fill-opacity': 0.25 }),
    element('rect', { ...bar, fill: 'none', stroke: INK, 'stroke-width': 2 }),
    ...(Number.isFinite(curve)
      ? [
          element('circle', {
            cx: left + width / 2,
            cy: y(curve),
            r: 5,
            fill: TRAINING,
            stroke: INK,
            'stroke-width': 2,
          }),
        ]
      : []),
  ];
}
