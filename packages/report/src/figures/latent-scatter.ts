import { extent, group as grouped, mean, rollup } from 'd3-array';
import { scaleLinear } from 'd3-scale';
import { counted, formatNumber, formatPercent } from '../text/numbers.js';
import { BELOW_PLOT, emptyPlot, PLOT, type PlotArea } from './axes.js';
import { requireOptions } from './checks.js';
import { composeFigure, type Drawing, type FigureHeading, HEADING_OPTIONS } from './compose-figure.js';
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
import { plotScales } from './plot.js';
import { bigMarker, meansMarkup, POINT_OPACITY, type PointClass, type PointsPlot, pointsAxes } from './points-plot.js';
import { element, group, label, type Markup, shortened } from './svg.js';
import { CLASS_COLOURS, FIGURE_WIDTH, MUTED_INK, SMALL_TEXT_SIZE, TRAINING } from './theme.js';

const LEGEND_WIDTH = 216;
/** The classes take turns in so many layers, so that no class hides the others. */
const LAYERS = 10;
/** Beyond it every k-th point is drawn; keeps the file near a megabyte. */
const MOST_POINTS = 20_000;

interface Point {
  readonly image: number;
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
 * const dataset = { name: 'mine', synthetic: false, classNames: ['a', 'b'], height: 8, width: 8, channels: 1 };
 * const [scores, labels] = [[0, 0, 1, 1, 2, 0], [0, 1, 1]]; // a pair of scores for each label
 * latentScatterFigure({ name: 'latents', title: 'Latents', dataset, model: 'VAE', scores, labels }).name; // 'latents'
 */
export function latentScatterFigure(options: LatentScatterOptions): Figure {
  requireOptions('latentScatterFigure', options, OPTIONS);
  const { dataset, model, scores, labels, explainedVarianceRatio: ratio, sampleSize } = options;
  requireScores(scores, labels);
  const all = Array.from({ length: scores.length / 2 }, (_, index) => ({
    image: index,
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
  const titles = [1, 2].map((component) => axisTitle(component, ratio));
  const drawn: Pick<Drawing, 'body' | 'data'> =
    points.length === 0
      ? { body: [emptyPlot('No latent has finite scores', area)] }
      : plot(points, classesOf(points, classes, names), area, titles);
  const legend = labels && points.length > 0 ? [key(names, area, purity, chance, sample)] : [];
  const subtitle = `${capitalised(datasetTitle(dataset.name))}${share ? ` · first two principal components, ${share} of the variance` : ''}`;
  return composeFigure(
    { subtitle, ...options },
    {
      caption,
      description: `Scatter plot. ${caption.join(' ')}${labels ? ` Classes: ${names.join(', ')}.` : ''}`,
      body: [...drawn.body, ...legend],
      height: bottom + BELOW_PLOT,
      data: drawn.data,
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

/** The classes with their styles and means; one without a name where there are none. */
function classesOf(points: readonly Point[], classes: readonly number[], names: readonly string[]): LabelledClass[] {
  const middle = (members: readonly Point[]) => [mean(members, ({ x }) => x)!, mean(members, ({ y }) => y)!] as const;
  if (classes.length === 0) return [{ value: 0, colour: TRAINING, shape: 0, mean: middle(points) }];
  const byClass = grouped(points, ({ label }) => label);
  return classes.map((value, style) => ({
    value,
    name: names[style],
    colour: colourOf(style),
    shape: style,
    mean: middle(byClass.get(value)!),
  }));
}

interface LabelledClass extends PointClass {
  /** What labels hold. */
  readonly value: number;
}

function plot(
  points: readonly Point[],
  classes: readonly LabelledClass[],
  area: PlotArea,
  titles: readonly string[],
): Pick<Drawing, 'body' | 'data'> {
  const x = componentScale(points, 'x', area.left, area.right);
  const y = componentScale(points, 'y', area.bottom, area.top);
  const radius = points.length > 4000 ? 2.4 : points.length > 800 ? 3.2 : 4.5;
  const axis = (scale: typeof x, title: string) => {
    return { title, domain: scale.domain() as [number, number], ticks: scale.ticks(7), logarithmic: false };
  };
  const members = new Map(classes.map(({ value }, index) => [value, index]));
  const data: PointsPlot = {
    kind: 'points',
    area,
    height: area.bottom + BELOW_PLOT,
    x: axis(x, titles[0]),
    y: axis(y, titles[1]),
    classes: classes.map(({ value: _, ...each }) => each),
    across: points.map((point) => rounded(point.x)),
    up: points.map((point) => rounded(point.y)),
    members: points.map((point) => members.get(point.label)!),
    ...(points.some(({ image }, index) => image !== index) && { images: points.map(({ image }) => image) }),
    radius,
  };
  const body = [
    ...pointsAxes(data),
    group({ 'data-series': 'points', 'fill-opacity': POINT_OPACITY }, clouds(points, classes, data)),
    meansMarkup(data, classes),
  ];
  return { body, data };
}

/** The points in layers, of which each has a path for each class. */
function clouds(points: readonly Point[], classes: readonly LabelledClass[], data: PointsPlot): Markup[] {
  const { x, y } = plotScales(data);
  const layers = Array.from({ length: LAYERS }, (_, layer) => points.filter((_, index) => index % LAYERS === layer));
  return layers.flatMap((layer) =>
    classes.map(({ value, colour, shape }) => {
      const marker = markerPath(shape, data.radius);
      const places = layer.filter((point) => point.label === value);
      const d = places.map((point) => `M${short(x(point.x))} ${short(y(point.y))}${marker}`).join('');
      return element('path', { d, fill: colour, 'data-count': places.length });
    }),
  );
}

function key(
  names: readonly string[],
  area: PlotArea,
  purity: number | undefined,
  chance: number,
  sample: string,
): Markup {
  const left = area.right + 16;
  const entries = names.map((name, style) => ({
    text: shortened(name, LEGEND_WIDTH - 46, SMALL_TEXT_SIZE),
    sample: (x: number, y: number) => bigMarker({ shape: style, colour: colourOf(style) }, x, y, 7),
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

/** Past the tenth class the colours shift against the shapes, so that no pair of both comes twice up to a hundred. */
function colourOf(style: number): string {
  return CLASS_COLOURS[(style + Math.floor(style / MARKER_SHAPES)) % CLASS_COLOURS.length];
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

/** Coordinates of the data have digits enough for a plot that is enlarged forty times. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
