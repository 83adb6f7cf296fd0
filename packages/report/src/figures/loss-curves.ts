import { max as largest, median, min as smallest } from 'd3-array';
import { counted, formatNumber } from '../text/numbers.js';
import { BELOW_PLOT, emptyPlot, logarithmicTitle, PLOT, withoutUnit } from './axes.js';
import { requireLength, requireOptions, requireSome } from './checks.js';
import { composeFigure, type Drawing, type FigureHeading, HEADING_OPTIONS, subtitleOf } from './compose-figure.js';
import { capitalised, type DatasetInfo, type Figure, type LossHistory, lowered, type Numbers } from './figure.js';
import { type LegendEntry, placeLegend } from './legend.js';
import { type LinesPlot, linesAxes, linesContent, plotMark } from './lines-plot.js';
import { epochAxis, fittedAxis, plotAxis } from './scales.js';
import { type Point, type Series, seriesEntry, seriesStyle } from './series.js';
import { TRAINING, VALIDATION } from './theme.js';

/** What the losses are if nobody says otherwise. */
const LOSS_NAME = 'Mean squared error (squared pixel intensity)';
/** Up to so many runs the caption lists each one's lowest loss. */
const LISTED_RUNS = 6;

/** The losses of one configuration: of one run, or of repeated ones that differ in their seeds. */
export interface LossRun {
  readonly name: string;
  /** An entry for each seed. */
  readonly histories: readonly LossHistory[];
}

export interface LossCurvesOptions extends FigureHeading {
  readonly runs: readonly LossRun[];
  /** Quantity and unit along the left axis; default: mean squared error. */
  readonly lossName?: string;
  /** Names of the runs that stand out from the others, which are grey then. Default: each run has a colour. */
  readonly highlighted?: readonly string[];
}

/** Up to so many series the values of an epoch can be read beside a pointer. */
const MOST_EXPLORED = 12;
/** Series behind those that stand out. */
const FAINT = { colour: '#b7b8bf', mark: 'disc' } as const;

const OPTIONS = [...HEADING_OPTIONS, 'runs', 'lossName', 'highlighted'];

/**
 * Losses over the epochs. One run shows its training and validation loss, several show the validation loss of each,
 * or the training loss where nothing was held out. Repeated runs are drawn as their median with a band from the lowest
 * to the highest. The axis is logarithmic where losses span more than a factor of five.
 *
 * @throws RangeError if there is no run, a highlighted one is none of them, a run has no history, a validation loss is of another number of epochs than the
 * training loss, or an option is not known
 * @example
 * lossCurvesFigure({
 *   name: 'losses',
 *   title: 'Validation loss by model',
 *   runs: [
 *     { name: 'CAE', histories: [{ loss: [0.02, 0.01], valLoss: [0.021, 0.012] }] },
 *     { name: 'VAE', histories: [{ loss: [0.04, 0.03], valLoss: [0.041, 0.032] }] },
 *   ],
 * }).name; // 'losses'
 */
export function lossCurvesFigure(options: LossCurvesOptions): Figure {
  const caller = 'lossCurvesFigure';
  const { runs, lossName = LOSS_NAME } = options;
  requireOptions(caller, options, OPTIONS);
  requireSome(caller, 'runs', runs);
  const unknown = options.highlighted?.find((name) => !runs.some((run) => run.name === name));
  if (unknown !== undefined) throw new RangeError(`${caller}: highlighted names ${unknown}, expected names of runs.`);
  for (const { name, histories } of runs) {
    requireSome(caller, `histories of ${name}`, histories);
    for (const { loss, valLoss } of histories) {
      if (valLoss.length > 0) requireLength(caller, `valLoss of ${name}`, valLoss, loss.length, 'as loss does');
    }
  }
  const [first] = runs;
  if (runs.length === 1 && first.histories.length === 1) {
    return composeFigure(options, oneRun(first.name, first.histories[0], lossName, subtitleOf(options)));
  }
  return composeFigure(options, manyRuns(options, lossName, subtitleOf(options)));
}

/** Figures 2 and 5: training and validation loss of each epoch. */
export function lossCurves(name: string, model: string, dataset: DatasetInfo, history: LossHistory): Figure {
  return lossCurvesFigure({
    name,
    title: `${model}: loss over the epochs`,
    dataset,
    runs: [{ name: model, histories: [history] }],
  });
}

function oneRun(model: string, history: LossHistory, lossName: string, subtitle: string): Drawing {
  const both: Series[] = [
    { text: 'training', colour: TRAINING, points: points(history.loss), mark: 'disc' },
    { text: 'validation', colour: VALIDATION, dashes: '7 4', points: points(history.valLoss), mark: 'square' },
  ];
  const series = both.filter(({ points }) => points.length > 0);
  const epochs = history.loss.length;
  const judged = series.at(-1);
  const best = judged && lowest(judged.points);
  const bestText = best ? `lowest ${judged.text} loss ${formatNumber(best.y)} (epoch ${best.x})` : '';
  return {
    caption: [
      `${withoutUnit(lossName)} of the ${model} in ${epochs === 1 ? 'its only epoch' : `each of ${counted(epochs, 'epoch')}`}: ${series.map(({ text }) => text).join(' and ')}.`,
      best ? `The ring marks the ${bestText}.` : '',
      missingSentence(series),
    ],
    description: series.map(({ text, points }) => `${text}: ${listed(points)}`).join('. '),
    ...plot(series, epochs, lossName, subtitle, { best }),
  };
}

function manyRuns({ runs, highlighted }: LossCurvesOptions, lossName: string, subtitle: string): Drawing {
  const epochs = Math.max(...runs.flatMap(({ histories }) => histories.map(({ loss }) => loss.length)));
  const kinds = runs.map(judgedKind);
  const kind = new Set(kinds).size === 1 ? KINDS[kinds[0]] : '';
  const all =
    runs.length === 1
      ? (['loss', 'valLoss'] as const).flatMap((of, index) =>
          runs[0].histories.every((history) => history[of].length > 0)
            ? [seriesOf(KINDS[of], runs[0].histories, of, index, 2)]
            : [],
        )
      : runs.map(({ name, histories }, index) => {
          const text = kind ? name : `${name} (${KINDS[kinds[index]]})`;
          return seriesOf(text, histories, kinds[index], index, runs.length);
        });
  const { series, legend } = standingOut(all, runs, highlighted);
  const repeats = [...new Set(runs.map(({ histories }) => histories.length))];
  const kindsText = runs.length === 1 ? series.map(({ text }) => text).join(' and ') : kind;
  const whose = runs.length === 1 ? runs[0].name : counted(runs.length, 'configuration');
  return {
    caption: [
      `${capitalised(`${kindsText} loss`.trim())} over ${counted(epochs, 'epoch')} of ${whose}: ${lowered(withoutUnit(lossName))}.`,
      repeats.some((count) => count > 1)
        ? `Lines are the medians of ${repeats.length === 1 ? counted(repeats[0], 'run') : 'repeated runs'}, bands reach from the lowest to the highest.`
        : '',
      lowestSentence(series),
      missingSentence(series),
    ],
    description: `Line chart. ${series.map(({ text, points }) => `${text}: ${listed(points)}`).join('. ')}.`,
    ...plot(series, epochs, lossName, subtitle, { legend }),
  };
}

/** Series with those that stand out last, above the others, and what the legend has of them. */
function standingOut(all: readonly Series[], runs: readonly LossRun[], names: readonly string[] | undefined) {
  if (names === undefined || runs.length === 1) return { series: all, legend: all };
  const highlighted = names.map((name, index) => ({
    ...all[runs.findIndex((run) => run.name === name)],
    ...seriesStyle(index, names.length),
  }));
  const others = all
    .filter((_, index) => !names.includes(runs[index].name))
    .map(({ dashes: _, ...each }) => ({ ...each, ...FAINT, unmarked: each.points.length > 1 }));
  const rest = others.length === 0 ? [] : [{ ...others[0], text: counted(others.length, 'other') }];
  return { series: [...others, ...highlighted], legend: [...highlighted, ...rest] };
}

type Kind = 'loss' | 'valLoss';
const KINDS = { loss: 'training', valLoss: 'validation' } as const;

function judgedKind({ histories }: LossRun): Kind {
  return histories.every(({ valLoss }) => valLoss.length > 0) ? 'valLoss' : 'loss';
}

/** Medians of some histories, with a band if there are several. */
function seriesOf(text: string, histories: readonly LossHistory[], kind: Kind, index: number, count: number): Series {
  const style = seriesStyle(index, count);
  const epochs = Math.max(...histories.map((history) => history[kind].length));
  const values = Array.from({ length: epochs }, (_, epoch) =>
    histories.map((history) => history[kind][epoch]).filter(Number.isFinite),
  );
  const points = values.map((losses, epoch) => ({ x: epoch + 1, y: median(losses) ?? Number.NaN }));
  if (histories.length === 1) return { ...style, text, points };
  const band = values.map((losses, epoch) => ({
    x: epoch + 1,
    low: smallest(losses) ?? Number.NaN,
    high: largest(losses) ?? Number.NaN,
  }));
  return { ...style, text, points, band };
}

function plot(
  series: readonly Series[],
  epochs: number,
  lossName: string,
  subtitle: string,
  { best, legend: listed = series }: { readonly best?: Point | undefined; readonly legend?: readonly Series[] } = {},
): Pick<Drawing, 'body' | 'height' | 'data'> {
  const finite = series.flatMap(({ points, band = [] }) => [
    ...points.map(({ y }) => y),
    ...band.flatMap(({ low, high }) => [low, high]),
  ]);
  const entries: LegendEntry[] = listed.map(seriesEntry);
  const lowestText = best && `lowest (epoch ${best.x})`;
  if (lowestText) entries.push({ text: lowestText, sample: (x, y) => plotMark('ring', x, y) });
  const { area, legend, height } = placeLegend(entries, subtitle);
  if (!finite.some(Number.isFinite))
    return { body: [emptyPlot('No epoch has a finite loss')], height: PLOT.bottom + BELOW_PLOT };
  const x = epochAxis(epochs, [area.left, area.right]);
  const y = fittedAxis(finite, [area.bottom, area.top]);
  const data: LinesPlot = {
    kind: 'lines',
    area,
    height,
    x: plotAxis(x, 'Epoch', true),
    y: plotAxis(y, y.logarithmic ? logarithmicTitle(lossName) : lossName),
    series,
    ...(best && lowestText && { marks: [{ kind: 'ring', ...best, text: lowestText }] }),
  };
  const body = [...linesAxes(data), ...linesContent(data), legend];
  return { body, height, ...(series.length <= MOST_EXPLORED && { data }) };
}

function lowestSentence(series: readonly Series[]): string {
  const found = series.flatMap(({ text, points }) => {
    const best = lowest(points);
    return best ? [{ text, best }] : [];
  });
  if (found.length === 0) return '';
  const said = ({ text, best }: (typeof found)[number]) => `${text} ${formatNumber(best.y)} (epoch ${best.x})`;
  if (found.length <= LISTED_RUNS) return `Lowest: ${found.map(said).join(', ')}.`;
  const ordered = found.toSorted((a, b) => a.best.y - b.best.y);
  return `The lowest is that of ${said(ordered[0])}, the highest minimum that of ${said(ordered[ordered.length - 1])}.`;
}

function missingSentence(series: readonly Pick<Series, 'points'>[]): string {
  const missing = series.flatMap(({ points }) => points.filter(({ y }) => !Number.isFinite(y))).length;
  if (missing === 0) return '';
  return `${counted(missing, 'loss is', 'losses are')} not a finite number and ${missing === 1 ? 'is' : 'are'} left out.`;
}

function points(losses: Numbers): Point[] {
  return Array.from(losses, (loss, index) => ({ x: index + 1, y: loss }));
}

function lowest(points: readonly Point[]): Point | undefined {
  const finite = points.filter(({ y }) => Number.isFinite(y));
  return finite.length === 0 ? undefined : finite.reduce((best, point) => (point.y < best.y ? point : best));
}

function listed(points: readonly Point[]): string {
  return points.map(({ x, y }) => `epoch ${x} ${formatNumber(y)}`).join(', ');
}
