import { meanSquaredErrors } from '@weft/analysis';
import { counted, formatNumber } from '../text/numbers.js';
import { requireNumber, requireOptions, requireSome } from './checks.js';
import { composeFigure, type FigureHeading, HEADING_OPTIONS } from './compose-figure.js';
import { capitalised, type DatasetInfo, datasetTitle, type Figure, type Images, lowered } from './figure.js';
import { type ImageRow, imageCount, imageGrid, inColoursOf } from './image-grid.js';

/** Images of a row, if nobody says how many. */
const COLUMNS = 10;
/** Fewer images than this would each be large. */
const FEWEST_COLUMNS = 5;
const MOST_COLUMNS = 20;

/** A row of images with a name. */
export interface NamedImages {
  readonly title: string;
  /** [n, height, width, channels], flat; rows may differ in n, if there is no target. */
  readonly images: Images;
  /** A text below each image; default: its error against the target, if there is one. */
  readonly captions?: readonly string[];
}

export interface ImageGridOptions extends FigureHeading {
  readonly dataset: DatasetInfo;
  /** Drawn one below the other. */
  readonly rows: readonly NamedImages[];
  /** Images of a row, 1 to 20; default: as many as there are, at most 10. What a row holds beyond is not drawn. */
  readonly columns?: number;
  /** Title of the row that the others were meant to equal: below them stands their mean squared error. */
  readonly target?: string;
  /** What the images are, in the singular; default `image`. */
  readonly noun?: string;
}

const OPTIONS = [...HEADING_OPTIONS, 'rows', 'columns', 'target', 'noun'];

/**
 * Rows of images: originals and reconstructions, noisy and denoised ones, samples, or anything else. Images of one channel
 * are drawn in grey (in magma if they are of Fashion-MNIST), of three channels in their colours, of four over a board of
 * grey squares.
 *
 * @throws RangeError if a row does not hold whole images, captions or rows do not fit in number, the target is no row, or
 * an option is not known or out of bounds
 * @example
 * const [clean, denoised] = [new Float32Array(4 * 64), new Float32Array(4 * 64).fill(0.1)];
 * imageGridFigure({
 *   name: 'denoised',
 *   title: 'Screws: clean and denoised',
 *   dataset: { name: 'screws', synthetic: false, classNames: [], height: 8, width: 8, channels: 1 },
 *   rows: [{ title: 'Clean', images: clean }, { title: 'Denoised', images: denoised }],
 *   target: 'Clean',
 * }).name; // 'denoised'
 */
export function imageGridFigure(options: ImageGridOptions): Figure {
  requireOptions('imageGridFigure', options, OPTIONS);
  requireSome('imageGridFigure', 'rows', options.rows);
  const { dataset, rows, target, noun = 'image' } = options;
  const counts = rows.map((row) => imageCount(`imageGridFigure: the row ${row.title}`, row.images, dataset));
  const columns = options.columns ?? Math.min(COLUMNS, Math.max(FEWEST_COLUMNS, ...counts));
  requireNumber('imageGridFigure', 'columns', columns, { from: 1, to: MOST_COLUMNS, whole: true });
  requireCaptions(rows, counts);
  const of = target === undefined ? undefined : targetOf(rows, counts, target);
  const drawn = captioned(rows, of, Math.min(columns, Math.max(...counts)), dataset);
  const shown = Math.min(columns, Math.max(...counts));
  const order = rows.map(({ title }) => lowered(title)).join(', ');
  const against = of ? `mean squared error against the ${lowered(of.title)} image` : '';
  const subtitle = [capitalised(datasetTitle(dataset.name)), against && `below the images: ${against}`];
  const [coloured, key] = inColoursOf(dataset, drawn);
  return composeFigure(
    { subtitle: subtitle.filter(Boolean).join(' · '), ...options },
    {
      caption: [
        `${counted(shown, noun)}${rows.length > 1 ? ` from top to bottom: ${order}` : `: ${order}`}.`,
        against && `The number below an image is its ${against}, in squared pixel intensity.`,
        counts.some((count) => count > columns) ? `Drawn are the first ${columns} of ${Math.max(...counts)}.` : '',
      ],
      description: `${counted(shown, 'column')} of images, from top to bottom: ${order}. ${spoken(drawn)}`,
      ...imageGrid(shown === 0 ? [] : coloured, columns, dataset, key),
    },
  );
}

interface Comparison {
  readonly name: string;
  readonly title: string;
  readonly dataset: DatasetInfo;
  readonly rows: readonly NamedImages[];
  readonly target: NamedImages;
}

/** Figures 3 and 6: ten test images in several versions, with each version's error against the target. */
export function imageComparison({ name, title, dataset, rows, target }: Comparison): Figure {
  const shown = Math.min(
    COLUMNS,
    ...rows.map((row) => imageCount(`drawFigures: ${name}, ${row.title}`, row.images, dataset)),
  );
  const size = dataset.height * dataset.width * dataset.channels;
  return imageGridFigure({
    name,
    title,
    dataset,
    subtitle: `${capitalised(datasetTitle(dataset.name))}, test set · below the images: mean squared error against the ${lowered(target.title)} image`,
    rows: rows.map((row) => ({ ...row, images: row.images.subarray(0, shown * size) })),
    columns: COLUMNS,
    target: target.title,
    noun: 'test image',
  });
}

function captioned(
  rows: readonly NamedImages[],
  target: NamedImages | undefined,
  shown: number,
  dataset: DatasetInfo,
): ImageRow[] {
  return rows.map((row) => {
    if (!target || row === target || row.captions) return row;
    const [images, wanted] = [row, target].map((each) => unitIntensities(each.images, shown, dataset));
    const errors = meanSquaredErrors(images, wanted, dataset.height * dataset.width * dataset.channels);
    return { ...row, captions: Array.from(errors, (error) => formatNumber(error, 2)) };
  });
}

function requireCaptions(rows: readonly NamedImages[], counts: readonly number[]): void {
  rows.forEach(({ title, captions }, index) => {
    if (captions === undefined || captions.length === counts[index]) return;
    throw new RangeError(
      `imageGridFigure: the row ${title} has ${captions.length} captions for ${counted(counts[index], 'image')}. Give one for each.`,
    );
  });
}

function targetOf(rows: readonly NamedImages[], counts: readonly number[], target: string): NamedImages {
  const at = rows.findIndex(({ title }) => title === target);
  if (at === -1) {
    const titles = rows.map(({ title }) => title).join(', ');
    throw new RangeError(`imageGridFigure: the target is ${target}, expected the title of a row (${titles}).`);
  }
  const other = counts.findIndex((count) => count !== counts[at]);
  if (other === -1) return rows[at];
  throw new RangeError(
    `imageGridFigure: the row ${rows[other].title} holds ${counted(counts[other], 'image')}, expected ${counts[at]}, as the target ${target}.`,
  );
}

function spoken(rows: readonly ImageRow[]): string {
  const lines = rows.flatMap(({ title, captions }) => (captions ? [`${title}: ${captions.join(', ')}.`] : []));
  return lines.length === 0 ? '' : `Below the images: ${lines.join(' ')}`;
}

function unitIntensities(images: Images, count: number, { height, width, channels }: DatasetInfo): Float32Array {
  const values = images.subarray(0, count * height * width * channels);
  return values instanceof Float32Array ? values : Float32Array.from(values, (value) => value / 255);
}
