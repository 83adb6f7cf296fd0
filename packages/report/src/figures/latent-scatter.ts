import { extent, mean, rollup } from 'd3-array';
import { scaleLinear } from 'd3-scale';
import { counted, formatNumber, formatPercent } from '../text/numbers.js';
import { BELOW_PLOT, bottomAxis, emptyPlot, leftAxis, line, PLOT, type PlotArea } from './axes.js';
import { requireOptions } from './checks.js';
import { composeFigure, type FigureHeading, HEADING_OPTIONS } from './compose-figure.js';
import {
  capitalised,
  className,
  type DatasetInfo,
  datasetTitle,
  type Figure,
  type FigureInputs,
  type Numbers,
} from './figure.js';
import { legendColumn, legendHeight } from './legend.js';
import { MARKER_SHAPES, markerPath } from './markers.js';
import { coordinate, element, group, label, type Markup, shortened } from './svg.js';
import { CLASS_COLOURS, FIGURE_WIDTH, GRID, INK, MUTED_INK, PAPER, SMALL_TEXT_SIZE, TRAINING } from './theme.js';

const LEGEND_WIDTH = 216;
/** The classes take turns in so many layers, so that no class hides the others. */
const LAYERS = 10;
/** Beyond it every k-th point is drawn; keeps the file near a megabyte. */
const MOST_POINTS = 20_000;

interface Point {
  readonly x: number;
  readonly y: number;
  readonly label: number;
}

/** Where images lie in the plane of their latents. */
export interface LatentScatterOptions extends FigureHeading {
  readonly dataset: DatasetInfo;
  /** The model's name, such as `VAE`. */
  readonly model: string;
  /** Two numbers for each image, [n, 2], flat: scores of principal components, or latents of two dimensions. */
  readonly scores: Numbers;
  /** Class index of each image; leave them out, and all have one colour. */
  readonly labels?: Numbers;
  /** Fraction of the variance along each component, at least two; leave it out if the scores are no principal components. */
  readonly explainedVarianceRatio?: Numbers;
  /** Mean fraction of an image's nearest neighbours in latent space that bear its class, in [0, 1]. */
  readonly nearestNeighbourPurity?: number | undefined;
  /** The first images of the set, which the purity is of, if not all. */
  readonly sampleSize?: number | undefined;
}

const OPTIONS = [
  ...HEADING_OPTIONS,
  'model',
  'scores',
  'labels',
  'explainedVarianceRatio',
  'nearestNeighbourPurity',
  'sampleSize',
];

/** Figure 7: first two principal components of the CAE's test latents, coloured by class. */
export function latentScatter(dataset: DatasetInfo, latent: NonNullable<FigureInputs['latent']>): Figure {
  return latentScatterFigure({
    name: 'figure-7',
    title: 'CAE: latent space of the test set',
    dataset,
    model: 'CAE',
    ...latent,
  });
}

/**
 * Test images in the plane of their latents, coloured by class if classes are known.
 *
 * @throws RangeError if scores are not two for each label, or an odd number, or an option is not known
 * @example
 * latentScatterFigure({ name: 'vae-latents', title: 'VAE: latents of the test set', dataset, model: 'VAE', scores, labels });
 */
export function latentScatterFigure(options: LatentScatterOptions): Figure {
  requireOptions('latentScatterFigure', options, OPTIONS);
  const { dataset, model, scores, labels, explainedVarianceRatio: ratio, sampleSize } = options;
  requireScores(scores, labels);
  const all = Array.from({ length: scores.length / 2 }, (_, index) => ({
    x: scores[index * 2],
    y: scores[index * 2 + 1],
    label: labels?.[index] ?? 0,
  }));
  const finite = all.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  const stride = Math.max(1, Math.ceil(finite.length / MOST_POINTS));
  const points = finite.filter((_, index) => index % stride === 0);
  const classes = labels ? [...new Set(points.map((point) => point.label))].sort((a, b) => a - b) : [];
  const names = classes.map((value) => className(dataset, value));
  const bottom = Math.max(600, 16 + legendHeight(classes.length + 1) + 90);
  const right = labels ? FIGURE_WIDTH - LEGEND_WIDTH - 40 : PLOT.right;
  const area: PlotArea = { left: 112, right, top: 16, bottom };
  const purity = labels && options.nearestNeighbourPurity;
  const chance = purityByChance(all);
  const sample =
    sampleSize !== undefined && sampleSize < all.length ? `first ${counted(sampleSize, 'test image')}` : '';
  const share = ratio && formatPercent(ratio[0] + ratio[1]);
  const caption = [
    `The ${share ? 'first two principal components of the ' : ''}${model}'s latents of ${counted(points.length, 'test image')}${share ? `, which explain ${share} of the variance` : ''}${labels ? "; large marks are the classes' means" : ''}.`,
    stride > 1 ? `Drawn is one in ${stride} images.` : '',
    finite.length < all.length
      ? `${counted(all.length - finite.length, 'image')} without a finite score left out.`
      : '',
    purity === undefined
      ? ''
      : `Of an image's nearest neighbours in the whole latent space${sample && `, among the ${sample},`} ${formatPercent(purity)} bear its class; by chance it would be ${formatPercent(chance)}.`,
  ].filter(Boolean);
  const body =
    points.length === 0
      ? [emptyPlot('No latent has finite scores', area)]
      : [
          ...plot(
            points,
            classes,
            area,
            [1, 2].map((component) => axisTitle(component, ratio)),
          ),
          ...(labels ? [key(names, classes, area, purity, chance, sample)] : []),
        ];
  const subtitle = `${capitalised(datasetTitle(dataset.name))}${share ? ` · first two principal components, ${share} of the variance` : ''}`;
  return composeFigure(
    { subtitle, ...options },
    {
      caption,
      description: `Scatter plot. ${caption.join(' ')}${labels ? ` Classes: ${names.join(', ')}.` : ''}`,
      body,
      height: bottom + BELOW_PLOT,
    },
  );
}

function requireScores(scores: Numbers, labels: Numbers | undefined): void {
  if (labels && scores.length !== labels.length * 2) {
    throw new RangeError(
      `latentScatterFigure: scores holds ${scores.length} values for ${labels.length} labels, expected two for each. Scores are n x 2.`,
    );
  }
  if (scores.length % 2 === 0) return;
  throw new RangeError(`latentScatterFigure: scores holds ${scores.length} values, expected two for each image.`);
}

function plot(points: readonly Point[], classes: readonly number[], area: PlotArea, titles: readonly string[]) {
  const x = componentScale(points, 'x', area.left, area.right);
  const y = componentScale(points, 'y', area.bottom, area.top);
  const radius = points.length > 4000 ? 2.4 : points.length > 800 ? 3.2 : 4.5;
  const layers = Array.from({ length: LAYERS }, (_, layer) => points.filter((_, index) => index % LAYERS === layer));
  // Without classes all points are of one style.
  const styles = classes.length === 0 ? [{ value: 0, colour: TRAINING }] : classes.map(styleOf);
  const clouds = layers.flatMap((layer) =>
    styles.map(({ value, colour }, style) => {
      const marker = markerPath(style, radius);
      const places = layer.filter((point) => point.label === value);
      const d = places.map((point) => `M${short(x(point.x))} ${short(y(point.y))}${marker}`).join('');
      return element('path', { d, fill: colour, 'data-count': places.length });
    }),
  );
  const centres = classes.map((value, style) => {
    const members = points.filter((point) => point.label === value);
    const [centreX, centreY] = [mean(members, (point) => point.x)!, mean(members, (point) => point.y)!];
    return bigMarker(style, x(centreX), y(centreY), 9);
  });
  const [ticksX, ticksY] = [x.ticks(7), y.ticks(7)];
  const upright = ticksX.map((tick) => line(x(tick), area.top, x(tick), area.bottom, GRID));
  return [
    ...upright,
    leftAxis({ scale: y, ticks: ticksY, title: titles[1], area }),
    bottomAxis({ scale: x, ticks: ticksX, title: titles[0], area }),
    group({ 'data-series': 'points', 'fill-opacity': 0.72 }, clouds),
    group({ 'data-series': 'means' }, centres),
  ];
}

function key(
  names: readonly string[],
  classes: readonly number[],
  area: PlotArea,
  purity: number | undefined,
  chance: number,
  sample: string,
): Markup {
  const left = area.right + 16;
  const entries = classes.map((_, style) => ({
    text: shortened(names[style], LEGEND_WIDTH - 46, SMALL_TEXT_SIZE),
    sample: (x: number, y: number) => bigMarker(style, x, y, 7),
  }));
  const below = area.top + 20 + legendHeight(entries.length);
  const notes = ['large marks: class means'];
  if (purity !== undefined) {
    notes.push('', 'nearest-neighbour purity', `${formatNumber(purity)} (by chance ${formatNumber(chance, 2)})`);
    if (sample) notes.push(`of the ${sample}`);
  }
  return group({}, [
    legendColumn(left, area.top + 10, entries),
    group(
      { 'font-size': SMALL_TEXT_SIZE, fill: MUTED_INK },
      notes.map((note, row) => label(left + 8, below + row * 20, note)),
    ),
  ]);
}

function bigMarker(style: number, x: number, y: number, radius: number): Markup {
  const d = `M${coordinate(x)} ${coordinate(y)}${markerPath(style, radius)}`;
  return group({ 'stroke-linejoin': 'round' }, [
    element('path', { d, fill: PAPER, stroke: PAPER, 'stroke-width': 5 }),
    element('path', { d, fill: colourOf(style), stroke: INK, 'stroke-width': 1.4 }),
  ]);
}

/** Past the tenth class the colours shift against the shapes, so that no pair of both comes twice up to a hundred. */
function colourOf(style: number): string {
  return CLASS_COLOURS[(style + Math.floor(style / MARKER_SHAPES)) % CLASS_COLOURS.length];
}

function styleOf(value: number, style: number) {
  return { value, colour: colourOf(style) };
}

function componentScale(points: readonly Point[], axis: 'x' | 'y', from: number, to: number) {
  const [low, high] = extent(points, (point) => point[axis]) as [number, number];
  const padding = high > low ? (high - low) * 0.03 : Math.abs(high) || 1;
  return scaleLinear([low - padding, high + padding], [from, to]);
}

function axisTitle(component: number, ratio: Numbers | undefined): string {
  if (ratio === undefined) return `Latent ${component}`;
  return `Principal component ${component} (${formatPercent(ratio[component - 1])} of variance)`;
}

/** The share of same-class neighbours if neighbours were drawn at random: the sum of the squared class shares. */
function purityByChance(points: readonly Point[]): number {
  const shares = rollup(
    points,
    (members) => members.length / points.length,
    (point) => point.label,
  );
  return [...shares.values()].reduce((sum, share) => sum + share * share, 0);
}

function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}
