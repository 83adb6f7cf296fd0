import { histogram, quantile } from '@weft/analysis';
import { extent, max } from 'd3-array';
import { scaleLinear } from 'd3-scale';
import { counted, formatNumber, formatPercent } from '../text/numbers.js';
import { BELOW_PLOT, bottomAxis, emptyPlot, leftAxis, logarithmicTitle, PLOT, type PlotArea } from './axes.js';
import { requireNumber, requireOptions, requireSome } from './checks.js';
import { composeFigure, type Drawing, type FigureHeading, HEADING_OPTIONS, subtitleOf } from './compose-figure.js';
import type { Figure, Numbers } from './figure.js';
import { type LegendEntry, placeLegend } from './legend.js';
import { type SeriesStyle, seriesStyle } from './series.js';
import { coordinate, element, group, type Markup } from './svg.js';
import { INK } from './theme.js';
import { logarithmicTicks } from './ticks.js';

/** Scores of examples of one kind. */
export interface ScoreGroup {
  /** Such as `normal` and `anomalous`. */
  readonly name: string;
  readonly scores: Numbers;
}

export interface ScoreHistogramOptions extends FigureHeading {
  /** One to six. */
  readonly groups: readonly ScoreGroup[];
  /** Score from which on an example is called anomalous. */
  readonly threshold?: number;
  /** What the scores are, with their unit; default: mean squared error. */
  readonly scoreName?: string;
}

const OPTIONS = [...HEADING_OPTIONS, 'groups', 'threshold', 'scoreName'];
const BINS = 40;
const MOST_GROUPS = 6;
const SCORE_NAME = 'Mean squared error of an image (squared pixel intensity)';
/** Positive scores whose bulk spans more than this factor are drawn on a logarithmic axis. */
const LOGARITHMIC_FROM = 30;

/**
 * How scores are distributed in each group, as shares of the group, with the threshold between normal and anomalous.
 *
 * @throws RangeError if there is no group or more than six, the threshold is not finite, or an option is not known
 * @example
 * scoreHistogram({
 *   name: 'scores',
 *   title: 'Screws: scores of the test set',
 *   groups: [{ name: 'normal', scores: [0.01, 0.011] }, { name: 'anomalous', scores: [0.02, 0.05] }],
 *   threshold: 0.012,
 * }).name; // 'scores'
 */
export function scoreHistogram(options: ScoreHistogramOptions): Figure {
  const caller = 'scoreHistogram';
  const { threshold, scoreName = SCORE_NAME } = options;
  requireOptions(caller, options, OPTIONS);
  requireSome(caller, 'groups', options.groups);
  requireNumber(caller, 'the number of groups', options.groups.length, { from: 1, to: MOST_GROUPS });
  if (threshold !== undefined) requireNumber(caller, 'threshold', threshold);
  const groups = options.groups.map(({ name, scores }) => ({
    name,
    scores: Float64Array.from(scores).filter(Number.isFinite),
    dropped: scores.length - Float64Array.from(scores).filter(Number.isFinite).length,
  }));
  const filled = groups.filter(({ scores }) => scores.length > 0);
  const dropped = groups.reduce((sum, group) => sum + group.dropped, 0);
  const above = (scores: Float64Array) =>
    formatPercent(scores.filter((score) => score >= threshold!).length / scores.length);
  return composeFigure(options, {
    caption: [
      filled.length === 0
        ? 'No score is a finite number.'
        : `Scores in ${BINS} bins, as shares of each group: ${filled.map(({ name, scores }) => `${name} (${counted(scores.length, 'example')}, median ${formatNumber(quantile(scores, 0.5))})`).join(', ')}.`,
      threshold !== undefined && filled.length > 0
        ? `Shares that reach the threshold, ${formatNumber(threshold)} (dashed): ${filled.map(({ name, scores }) => `${name} ${above(scores)}`).join(', ')}.`
        : '',
      dropped > 0 ? `${counted(dropped, 'score')} not finite and left out.` : '',
    ],
    ...(filled.length === 0
      ? { body: [emptyPlot('No score is a finite number')], height: PLOT.bottom + BELOW_PLOT }
      : plot(filled, threshold, scoreName, subtitleOf(options))),
  });
}

interface FilledGroup {
  readonly name: string;
  readonly scores: Float64Array;
}

function plot(
  groups: readonly FilledGroup[],
  threshold: number | undefined,
  scoreName: string,
  subtitle: string,
): Pick<Drawing, 'body' | 'height'> {
  const styles = groups.map((_, index) => seriesStyle(index, Math.max(2, groups.length)));
  const entries: LegendEntry[] = groups.map(({ name }, index) => ({ text: name, sample: barSample(styles[index]) }));
  if (threshold !== undefined) entries.push({ text: `threshold ${formatNumber(threshold)}`, sample: dashed });
  const { area, legend, height } = placeLegend(entries, subtitle);
  const all = Float64Array.from(groups.flatMap(({ scores }) => Array.from(scores)));
  const logarithmic = isWide(all) && (threshold === undefined || threshold > 0);
  const position = logarithmic ? Math.log10 : (score: number) => score;
  const limits = rangeOf(all, position);
  const bins = groups.map(({ scores }) => histogram(scores.map(position), BINS, limits));
  const shares = bins.map(({ counts }, index) =>
    Array.from(counts, (count: number) => (100 * count) / groups[index].scores.length),
  );
  const ends = threshold === undefined ? limits : (extent([...limits, position(threshold)]) as [number, number]);
  const padding = (ends[1] - ends[0]) * 0.03;
  const from = !logarithmic && ends[0] >= 0 ? Math.max(0, ends[0] - padding) : ends[0] - padding;
  const x = scaleLinear([from, ends[1] + padding], [area.left, area.right]);
  const y = scaleLinear([0, Math.min(100, (max(shares.flat()) ?? 1) * 1.06)], [area.bottom, area.top]).nice(6);
  const ticks = logarithmic ? ticksWithin(10 ** x.domain()[0], 10 ** x.domain()[1]) : x.ticks(8);
  return {
    body: [
      leftAxis({ scale: y, ticks: y.ticks(6), title: 'Share of the group (%)', area }),
      ...shares.map((heights, index) =>
        outline(groups[index].name, heights, bins[index].edges, { x, y, area }, styles[index]),
      ),
      ...(threshold === undefined ? [] : [upright(x(position(threshold)), area)]),
      bottomAxis({
        scale: (score) => x(position(score)),
        ticks,
        title: logarithmic ? logarithmicTitle(scoreName) : scoreName,
        area,
      }),
      legend,
    ],
    height,
  };
}

interface Frame {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly area: PlotArea;
}

/** The bars of a group as one filled shape, so that groups are seen through each other. */
function outline(
  name: string,
  heights: readonly number[],
  edges: Numbers,
  { x, y, area }: Frame,
  style: SeriesStyle,
): Markup {
  const steps = heights.map((height, bin) => `V${coordinate(y(height))}H${coordinate(x(edges[bin + 1]))}`);
  const d = `M${coordinate(x(edges[0]))} ${coordinate(area.bottom)}${steps.join('')}V${coordinate(area.bottom)}Z`;
  return element('path', {
    'data-series': name,
    d,
    fill: style.colour,
    'fill-opacity': 0.28,
    stroke: style.colour,
    'stroke-width': 1.8,
    'stroke-dasharray': style.dashes,
    'stroke-linejoin': 'round',
  });
}

function barSample({ colour, dashes }: SeriesStyle): LegendEntry['sample'] {
  return (x, y) =>
    element('rect', {
      x: x - 15,
      y: y - 7,
      width: 30,
      height: 14,
      fill: colour,
      'fill-opacity': 0.28,
      stroke: colour,
      'stroke-width': 1.8,
      'stroke-dasharray': dashes,
    });
}

function upright(x: number, { bottom, top }: PlotArea): Markup {
  return element('path', { ...DASHED, 'data-series': 'threshold', d: `M${coordinate(x)} ${bottom}V${top}` });
}

function dashed(x: number, y: number): Markup {
  return group({}, [element('path', { ...DASHED, d: `M${coordinate(x - 18)} ${coordinate(y)}h36` })]);
}

const DASHED = { stroke: INK, 'stroke-width': 2, 'stroke-dasharray': '8 5', fill: 'none' };

/** Whether scores are positive and most of them span many times the smallest. */
function isWide(scores: Float64Array): boolean {
  return scores.every((score) => score > 0) && quantile(scores, 0.995) / quantile(scores, 0.005) > LOGARITHMIC_FROM;
}

/** From the lowest to the highest score; equal ones are spread over an interval around them. */
function rangeOf(scores: Float64Array, position: (score: number) => number): [number, number] {
  const [low, high] = extent(scores, position) as [number, number];
  // Bins that are too narrow for float64 can't be told apart.
  const least = Math.max(Math.abs(low), Math.abs(high)) * 1e-9 || 1;
  if (high - low > least) return [low, high];
  return [low - (Math.abs(low) * 0.1 || 0.5), high + (Math.abs(high) * 0.1 || 0.5)];
}

function ticksWithin(low: number, high: number): number[] {
  return logarithmicTicks(low, high).filter((tick) => tick >= low && tick <= high);
}
