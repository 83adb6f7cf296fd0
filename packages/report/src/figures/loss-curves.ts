import { extent } from 'd3-array';
import { scaleLinear, scaleLog } from 'd3-scale';
import { line as linePath } from 'd3-shape';
import { counted, formatNumber } from '../text/numbers.js';
import { BELOW_PLOT, bottomAxis, emptyPlot, leftAxis, PLOT } from './axes.js';
import { capitalised, type DatasetInfo, datasetTitle, type Figure, type LossHistory, type Numbers } from './figure.js';
import { LEGEND_Y, type LegendEntry, legendRow } from './legend.js';
import { element, group, type Markup, svgDocument } from './svg.js';
import { FIGURE_WIDTH, INK, PAPER, TRAINING, VALIDATION } from './theme.js';

/** Losses that span more than this factor are drawn on a logarithmic axis. */
const LOGARITHMIC_FROM = 5;
/** Up to so many epochs each one bears a mark. */
const MARKED_EPOCHS = 30;

interface Point {
  readonly epoch: number;
  readonly loss: number;
}

interface Series {
  readonly text: string;
  readonly colour: string;
  readonly dashes?: string;
  readonly points: readonly Point[];
  readonly mark: (x: number, y: number) => Markup;
}

/** Figures 2 and 5: training and validation loss of each epoch. */
export function lossCurves(name: string, model: string, dataset: DatasetInfo, history: LossHistory): Figure {
  const series = [
    { text: 'training', colour: TRAINING, points: points(history.loss), mark: disc },
    { text: 'validation', colour: VALIDATION, dashes: '7 4', points: points(history.valLoss), mark: square },
  ].filter(({ points }) => points.length > 0);
  const epochs = history.loss.length;
  const finite = series.flatMap(({ points }) => points.filter(({ loss }) => Number.isFinite(loss)));
  const judged = series.at(-1);
  const best = judged && lowest(judged.points);
  const title = `${model}: loss over the epochs`;
  const bestText = best ? `lowest ${judged.text} loss ${formatNumber(best.loss)} (epoch ${best.epoch})` : '';
  const missing = series.reduce((sum, { points }) => sum + points.length, 0) - finite.length;
  const caption = [
    `Mean squared error of the ${model} in ${epochs === 1 ? 'its only epoch' : `each of ${counted(epochs, 'epoch')}`}: ${series.map(({ text }) => text).join(' and ')}.`,
    best ? `The ring marks the ${bestText}.` : '',
    missing > 0
      ? `${counted(missing, 'loss is', 'losses are')} not a finite number and ${missing === 1 ? 'is' : 'are'} left out.`
      : '',
  ];
  return {
    name,
    title,
    caption: caption.filter(Boolean).join(' '),
    svg: svgDocument({
      name,
      title,
      subtitle: capitalised(datasetTitle(dataset.name)),
      description: series.map(({ text, points }) => `${text}: ${listed(points)}`).join('. '),
      synthetic: dataset.synthetic,
      width: FIGURE_WIDTH,
      height: PLOT.bottom + BELOW_PLOT,
      body: finite.length === 0 ? [emptyPlot('No epoch has a finite loss')] : plot(series, finite, epochs, best),
    }),
  };
}

function plot(series: readonly Series[], finite: readonly Point[], epochs: number, best: Point | undefined): Markup[] {
  const padding = epochs === 1 ? 0.5 : (epochs - 1) * 0.02;
  const x = scaleLinear([1 - padding, epochs + padding], [PLOT.left, PLOT.right]);
  const [low, high] = extent(finite, ({ loss }) => loss) as [number, number];
  const logarithmic = low > 0 && high / low > LOGARITHMIC_FROM;
  const y = logarithmic ? logarithmicAxis(low, high) : linearAxis(low, high);
  const path = linePath<Point>()
    .defined(({ loss }) => Number.isFinite(loss))
    .x(({ epoch }) => x(epoch))
    .y(({ loss }) => y.scale(loss));
  const curves = series.map(({ colour, dashes, points, mark, text }) => {
    const marked = epochs <= MARKED_EPOCHS ? points.filter(({ loss }) => Number.isFinite(loss)) : [];
    return group({ 'data-series': text, fill: colour }, [
      element('path', {
        d: path(points) ?? '',
        fill: 'none',
        stroke: colour,
        'stroke-width': 2.2,
        'stroke-linejoin': 'round',
        'stroke-dasharray': dashes,
      }),
      ...marked.map(({ epoch, loss }) => mark(x(epoch), y.scale(loss))),
    ]);
  });
  const entries: LegendEntry[] = series.map(({ text, colour, dashes, mark }) => ({
    text,
    sample: (centreX, centreY) =>
      group({ fill: colour }, [
        element('path', {
          d: `M${centreX - 18} ${centreY}h36`,
          stroke: colour,
          'stroke-width': 2.2,
          'stroke-dasharray': dashes,
        }),
        ...(epochs <= MARKED_EPOCHS ? [mark(centreX, centreY)] : []),
      ]),
  }));
  const marks: Markup[] = [];
  if (best) {
    marks.push(ring(x(best.epoch), y.scale(best.loss)));
    entries.push({ text: `lowest (epoch ${best.epoch})`, sample: ring });
  }
  const unit = `Mean squared error (squared pixel intensity${logarithmic ? ', log scale' : ''})`;
  return [
    leftAxis({ scale: y.scale, ticks: y.ticks, title: unit }),
    bottomAxis({ scale: x, ticks: epochTicks(epochs), title: 'Epoch' }),
    ...curves,
    ...marks,
    legendRow(PLOT.right, LEGEND_Y, entries),
  ];
}

function linearAxis(low: number, high: number) {
  // A flat history must look flat: at least a tenth of its height is shown.
  const span = Math.max(high - low, Math.abs(high) * 0.1, Number.MIN_VALUE * 1e10);
  const middle = (low + high) / 2;
  const bottom = middle - span * 0.58;
  const domain = [low >= 0 ? Math.max(0, bottom) : bottom, middle + span * 0.58];
  const scale = scaleLinear(domain, [PLOT.bottom, PLOT.top]).nice(6);
  return { scale, ticks: scale.ticks(6) };
}

function logarithmicAxis(low: number, high: number) {
  const decades = Math.log10(high / low);
  const steps = decades > 4 ? [1] : decades > 1.5 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 7];
  const first = Math.floor(Math.log10(low));
  const powers = Array.from({ length: Math.ceil(decades) + 2 }, (_, index) => first + index);
  const candidates = powers.flatMap((power) => steps.map((step) => Number(`${step}e${power}`)));
  const bottom = candidates.findLast((tick) => tick <= low) ?? low;
  const top = candidates.find((tick) => tick >= high) ?? high;
  return {
    scale: scaleLog([bottom, top], [PLOT.bottom, PLOT.top]),
    ticks: candidates.filter((tick) => tick >= bottom && tick <= top),
  };
}

/** Whole epochs only: each up to 20, beyond that the first and round ones. */
function epochTicks(epochs: number): number[] {
  if (epochs <= 20) return Array.from({ length: epochs }, (_, index) => index + 1);
  return [
    1,
    ...scaleLinear([0, epochs], [0, 1])
      .ticks(10)
      .filter((tick) => tick > 1 && Number.isInteger(tick)),
  ];
}

function points(losses: Numbers): Point[] {
  return Array.from(losses, (loss, index) => ({ epoch: index + 1, loss }));
}

function lowest(points: readonly Point[]): Point | undefined {
  const finite = points.filter(({ loss }) => Number.isFinite(loss));
  return finite.length === 0 ? undefined : finite.reduce((best, point) => (point.loss < best.loss ? point : best));
}

function listed(points: readonly Point[]): string {
  return points.map(({ epoch, loss }) => `epoch ${epoch} ${formatNumber(loss)}`).join(', ');
}

function disc(x: number, y: number): Markup {
  return element('circle', { cx: x, cy: y, r: 4 });
}

function square(x: number, y: number): Markup {
  return element('rect', { x: x - 4, y: y - 4, width: 8, height: 8, stroke: PAPER, 'stroke-width': 0.8 });
}

function ring(x: number, y: number): Markup {
  return element('circle', { cx: x, cy: y, r: 9, fill: 'none', stroke: INK, 'stroke-width': 1.8 });
}
