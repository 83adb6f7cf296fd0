import { counted, formatCount, formatNumber } from '../text/numbers.js';
import { emptyPlot, logarithmicTitle } from './axes.js';
import { requireLength, requireOptions, requireSome } from './checks.js';
import { composeFigure, type Drawing, type FigureHeading, HEADING_OPTIONS, subtitleOf } from './compose-figure.js';
import { type Figure, lowered, type Numbers } from './figure.js';
import { placeLegend } from './legend.js';
import { type LinesPlot, linesAxes, linesContent } from './lines-plot.js';
import { fittedAxis, plotAxis } from './scales.js';
import { type Series, seriesEntry, seriesStyle } from './series.js';

/** One quantity against another. */
export interface LinesSeries {
  readonly name: string;
  readonly x: Numbers;
  /** As many numbers; the line breaks where one is not finite. */
  readonly y: Numbers;
  /** Ends of a band around the line, as many each, such as those of an interval. */
  readonly low?: Numbers;
  readonly high?: Numbers;
}

export interface LinesOptions extends FigureHeading {
  readonly series: readonly LinesSeries[];
  /** Quantities and units along the axes. */
  readonly xTitle: string;
  readonly yTitle: string;
  /** What the bands are, such as `95 % intervals of five seeds`. */
  readonly bandName?: string;
  /** Whether lines join the points, which then are in the order of x. Default true; else they are points alone. */
  readonly joined?: boolean;
  /** Whether the bottom axis is logarithmic, where x are positive. Default: if they span more than a factor of twenty. */
  readonly logarithmicX?: boolean;
}

/** From so large a span on, positive numbers are on a logarithmic axis. */
const LOGARITHMIC_FROM = 20;
/** Up to so many series the caption tells each one's ends. */
const LISTED_SERIES = 6;
/** Up to so many points the description tells each. */
const MOST_SPOKEN = 500;
const OPTIONS = [...HEADING_OPTIONS, 'series', 'xTitle', 'yTitle', 'bandName', 'joined', 'logarithmicX'];

/**
 * One quantity against another, such as PSNR against the strength of noise, for one or several series with bands. Axes are
 * logarithmic where numbers are positive and span more than a factor of twenty.
 *
 * @throws RangeError if there is no series, its lists differ in length, it has one end of a band only, or an option is not
 * known
 * @example
 * linesFigure({
 *   name: 'strengths',
 *   title: 'PSNR by strength of noise',
 *   xTitle: 'Standard deviation of the noise',
 *   yTitle: 'PSNR (dB)',
 *   series: [{ name: 'CDAE', x: [0.1, 0.2, 0.4], y: [27.1, 24.9, 20.3] }],
 * }).name; // 'strengths'
 */
export function linesFigure(options: LinesOptions): Figure {
  const caller = 'linesFigure';
  requireOptions(caller, options, OPTIONS);
  requireSome(caller, 'series', options.series);
  const { xTitle, yTitle, bandName, joined = true } = options;
  const series = options.series
    .map((each, index) => seriesOf(caller, each, index, options.series.length))
    .map((each) => (joined ? each : { ...each, unjoined: true }));
  const finite = series.flatMap(({ points }) => points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)));
  const missing = series.reduce((sum, { points }) => sum + points.length, 0) - finite.length;
  const listed = joined && series.length <= LISTED_SERIES ? series.map(endsOf).filter(Boolean) : [];
  return composeFigure(options, {
    caption: [
      `${yTitle} against ${lowered(xTitle)}${joined ? seriesCount(series) : `: ${series.map(pointCount).join(', ')}`}.`,
      listed.length > 0 ? `${listed.join('; ')}.` : '',
      series.some(({ band }) => band) ? `Bands are ${bandName ?? 'around each line'}.` : '',
      missing > 0 ? `${counted(missing, 'point')} not finite and left out.` : '',
    ],
    description: `${joined ? 'Line chart' : 'Scatter plot'}. ${series.map(finite.length > MOST_SPOKEN ? pointCount : spoken).join('. ')}.`,
    ...plot(series, finite.length > 0, options),
  });
}

function seriesOf(caller: string, each: LinesSeries, index: number, count: number): Series {
  const { name, x, y, low, high } = each;
  requireSome(caller, `x of ${name}`, x);
  for (const [key, values] of Object.entries({ y, low, high })) {
    if (values) requireLength(caller, `${key} of ${name}`, values, x.length, 'as x does');
  }
  if ((low === undefined) !== (high === undefined)) {
    throw new RangeError(`${caller}: ${name} has one end of a band only. Give low and high, or neither.`);
  }
  const points = Array.from(x, (value, at) => ({ x: value, y: y[at] }));
  const style = { ...seriesStyle(index, count), text: name, points };
  return low && high
    ? { ...style, band: points.map((point, at) => ({ x: point.x, low: low[at], high: high[at] })) }
    : style;
}

function plot(
  series: readonly Series[],
  drawable: boolean,
  options: LinesOptions,
): Pick<Drawing, 'body' | 'height' | 'data'> {
  const { xTitle, yTitle, logarithmicX } = options;
  const entries = series.length > 1 ? series.map(seriesEntry) : [];
  const { area, legend, height } = placeLegend(entries, subtitleOf(options));
  if (!drawable) return { body: [emptyPlot('No point is finite', area), legend], height };
  const across = series.flatMap(({ points }) => points.map(({ x }) => x));
  const up = series.flatMap(({ points, band = [] }) => [
    ...points.map(({ y }) => y),
    ...band.flatMap(({ low, high }) => [low, high]),
  ]);
  const factor = logarithmicX === undefined ? LOGARITHMIC_FROM : logarithmicX ? 1 : Infinity;
  const x = fittedAxis(across, [area.left, area.right], factor);
  const y = fittedAxis(up, [area.bottom, area.top], LOGARITHMIC_FROM);
  const titled = (title: string, logarithmic: boolean) => (logarithmic ? logarithmicTitle(title) : title);
  const data: LinesPlot = {
    kind: 'lines',
    area,
    height,
    x: plotAxis(x, titled(xTitle, x.logarithmic)),
    y: plotAxis(y, titled(yTitle, y.logarithmic)),
    series,
  };
  return { body: [...linesAxes(data), ...linesContent(data), legend], height, data };
}

function seriesCount({ length }: readonly Series[]): string {
  return length > 1 ? ` of ${counted(length, 'series', 'series')}` : '';
}

function pointCount({ text, points }: Series): string {
  return `${text} (${counted(points.length, 'point')})`;
}

/** First and last value of a series. */
function endsOf({ text, points }: Series): string {
  const finite = points.filter(({ y }) => Number.isFinite(y));
  if (finite.length === 0) return '';
  const [first, last] = [finite[0], finite[finite.length - 1]];
  const start = `${text}: ${formatNumber(first.y)} at ${plain(first.x)}`;
  return finite.length === 1 ? start : `${start}, ${formatNumber(last.y)} at ${plain(last.x)}`;
}

function spoken({ text, points }: Series): string {
  return `${text}: ${points.map(({ x, y }) => `${formatNumber(y)} at ${plain(x)}`).join(', ')}`;
}

/** Whole numbers, such as of latent values, have no decimals. */
function plain(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e6 ? formatCount(value) : formatNumber(value);
}
