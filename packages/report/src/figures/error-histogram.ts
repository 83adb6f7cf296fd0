import { type Histogram, histogram, histogramDensities, kernelDensity, summaryStatistics } from '@weft/analysis';
import { max, ticks as tickValues } from 'd3-array';
import { scaleLinear } from 'd3-scale';
import { line as linePath } from 'd3-shape';
import { counted, formatNumber } from '../text/numbers.js';
import { BELOW_PLOT, bottomAxis, emptyPlot, leftAxis, PLOT } from './axes.js';
import type { BarsPlot } from './bars-plot.js';
import { ERROR_BINS as BINS, binPictures } from './bin-pictures.js';
import { composeFigure } from './compose-figure.js';
import {
  capitalised,
  type DatasetInfo,
  datasetTitle,
  type ErrorExamples,
  type Figure,
  type Numbers,
} from './figure.js';
import { LEGEND_Y, type LegendEntry, legendRow } from './legend.js';
import { element, group, type Markup } from './svg.js';
import { BARS, BARS_EDGE, INK, TRAINING, VALIDATION } from './theme.js';

const GRID_POINTS = 400;
const HEIGHT = PLOT.bottom + BELOW_PLOT;
const DENSITY_TITLE = 'Density (per unit of squared intensity)';
const ERROR_TITLE = 'Mean squared error of an image (squared pixel intensity)';

export interface ErrorFigure {
  readonly name: string;
  readonly title: string;
  readonly dataset: DatasetInfo;
  /** Errors of the test images, in squared pixel intensity. */
  readonly errors: Numbers;
  /** Bars as counts, or as density with a kernel density estimate on the same scale. */
  readonly as: 'counts' | 'density';
  /** Images of the bins, which a page then shows on a click: those that {@link errorExamples} names. */
  readonly examples?: ErrorExamples | undefined;
}

/**
 * Figures 4 and 8: how the test images' errors are distributed, in 30 bins.
 *
 * @example
 * const dataset = { name: 'mine', synthetic: false, classNames: [], height: 28, width: 28, channels: 1 };
 * const errors = Float64Array.of(0.01, 0.012, 0.02, 0.05);
 * errorHistogram({ name: 'errors', title: 'Errors', dataset, errors, as: 'counts' }).name; // 'errors'
 */
export function errorHistogram({ name, title, dataset, errors, as, examples }: ErrorFigure): Figure {
  const finite = Float64Array.from(errors).filter(Number.isFinite);
  const dropped = errors.length - finite.length;
  const left = dropped > 0 ? ` ${counted(dropped, 'error')} not finite and left out.` : '';
  const pictures = examples && binPictures(examples, errors, dataset);
  const drawn = finite.length === 0 ? nothing() : as === 'counts' ? counts(finite) : density(finite);
  const data = drawn.data && { ...drawn.data, pictures };
  const subtitle = `${capitalised(datasetTitle(dataset.name))}, ${counted(finite.length, 'test image')}`;
  return composeFigure(
    { name, title, dataset, subtitle },
    { caption: [`${drawn.caption}${left}`], body: drawn.body, height: HEIGHT, data },
  );
}

interface Drawn {
  readonly caption: string;
  readonly body: Markup[];
  readonly data?: BarsPlot;
}

function nothing(): Drawn {
  return { caption: 'No image has a finite error.', body: [emptyPlot('No image has a finite error')] };
}

function counts(errors: Float64Array): Drawn {
  const { counts, edges } = histogram(errors, BINS);
  const { mean, median } = summaryStatistics(errors);
  const x = errorScale(edges);
  const y = heightScale(counts);
  const ticks = tickValues(0, y.domain()[1], 6).filter(Number.isInteger);
  return {
    data: barsData(axisOf(x, x.ticks(8), ERROR_TITLE), axisOf(y, ticks, 'Test images'), { counts, edges }, counts),
    caption: `Mean squared errors of ${counted(errors.length, 'test image')} in ${BINS} bins. Mean ${formatNumber(mean)} (dashed), median ${formatNumber(median)} (dotted).`,
    body: [
      leftAxis({ scale: y, ticks, title: 'Test images' }),
      bars(counts, edges, x, y),
      upright(x(mean), INK, '8 5'),
      upright(x(median), INK, '2 4'),
      bottomAxis({ scale: x, ticks: x.ticks(8), title: ERROR_TITLE }),
      legendRow(PLOT.right, LEGEND_Y, [
        { text: `mean ${formatNumber(mean)}`, sample: stroke(INK, '8 5') },
        { text: `median ${formatNumber(median)}`, sample: stroke(INK, '2 4') },
      ]),
    ],
  };
}

function density(errors: Float64Array): Drawn {
  const bins = histogram(errors, BINS);
  const heights = histogramDensities(bins);
  const { mean, minimum, maximum } = summaryStatistics(errors);
  const x = errorScale(bins.edges);
  const [from, to] = x.domain();
  const grid = Float64Array.from({ length: GRID_POINTS }, (_, i) => from + ((to - from) * i) / (GRID_POINTS - 1));
  // A kernel density needs two distinct values for its bandwidth.
  const estimate = maximum > minimum ? kernelDensity(errors, grid) : new Float64Array();
  const y = heightScale([...heights, ...estimate]);
  const curve = linePath<number>()
    .x((_, index) => x(grid[index]))
    .y((value) => y(value));
  const entries: LegendEntry[] = [{ text: 'histogram', sample: barSample }];
  if (estimate.length > 0) entries.push({ text: 'kernel density', sample: stroke(TRAINING) });
  entries.push({ text: `mean ${formatNumber(mean)}`, sample: stroke(VALIDATION, '8 5') });
  const estimated =
    estimate.length > 0
      ? "their Gaussian kernel density estimate (Scott's bandwidth) on the same scale"
      : 'no kernel density estimate, as all errors are equal';
  const data = barsData(axisOf(x, x.ticks(8), ERROR_TITLE), axisOf(y, y.ticks(6), DENSITY_TITLE), bins, heights);
  const drawn = { text: 'kernel density', x: Array.from(grid), y: Array.from(estimate) };
  return {
    data: { ...data, ...(estimate.length > 0 && { curve: drawn }) },
    caption: `Mean squared errors of ${counted(errors.length, 'test image')} in ${BINS} bins, as density, with ${estimated}. The dashed line marks the mean, ${formatNumber(mean)}.`,
    body: [
      leftAxis({ scale: y, ticks: y.ticks(6), title: DENSITY_TITLE }),
      bars(heights, bins.edges, x, y),
      element('path', {
        'data-series': 'kernel-density',
        d: curve(estimate) ?? '',
        fill: 'none',
        stroke: TRAINING,
        'stroke-width': 2.4,
        'stroke-linejoin': 'round',
      }),
      upright(x(mean), VALIDATION, '8 5'),
      bottomAxis({ scale: x, ticks: x.ticks(8), title: ERROR_TITLE }),
      legendRow(PLOT.right, LEGEND_Y, entries),
    ],
  };
}

function barsData(x: BarsPlot['x'], y: BarsPlot['y'], { counts, edges }: Histogram, heights: Numbers): BarsPlot {
  const lists = { edges: Array.from(edges), counts: Array.from(counts), heights: Array.from(heights) };
  return { kind: 'bars', area: PLOT, height: HEIGHT, x, y, ...lists };
}

function axisOf(scale: Scale, ticks: readonly number[], title: string): BarsPlot['x'] {
  return { title, ticks, domain: scale.domain() as [number, number], logarithmic: false };
}

type Scale = ReturnType<typeof scaleLinear<number, number>>;

function errorScale(edges: Float64Array): Scale {
  const [low, high] = [edges[0], edges[edges.length - 1]];
  const padding = (high - low) * 0.03;
  // From 0 on unless that would leave the left half of the plot empty. Errors are not negative, so neither is the axis,
  // unless equal errors were spread over an interval around them.
  const start = low >= 0 && low < high - low ? 0 : low - padding;
  return scaleLinear([start, high + padding], [PLOT.left, PLOT.right]);
}

function heightScale(heights: Iterable<number>): Scale {
  return scaleLinear([0, (max(heights) ?? 1) * 1.04], [PLOT.bottom, PLOT.top]).nice(6);
}

function bars(heights: Numbers, edges: Float64Array, x: Scale, y: Scale): Markup {
  const rectangles = Array.from(heights, (height, bin) =>
    element('rect', {
      x: x(edges[bin]),
      y: y(height),
      width: x(edges[bin + 1]) - x(edges[bin]),
      height: PLOT.bottom - y(height),
    }),
  );
  return group({ 'data-series': 'bars', fill: BARS, stroke: BARS_EDGE, 'stroke-width': 0.8 }, rectangles);
}

function upright(x: number, colour: string, dashes: string): Markup {
  const d = `M${x} ${PLOT.bottom}V${PLOT.top}`;
  return element('path', { d, stroke: colour, 'stroke-width': 2, 'stroke-dasharray': dashes });
}

function stroke(colour: string, dashes?: string): LegendEntry['sample'] {
  return (x, y) =>
    element('path', { d: `M${x - 18} ${y}h36`, stroke: colour, 'stroke-width': 2.2, 'stroke-dasharray': dashes });
}

function barSample(x: number, y: number): Markup {
  return element('rect', { x: x - 12, y: y - 7, width: 24, height: 14, fill: BARS, stroke: BARS_EDGE });
}
