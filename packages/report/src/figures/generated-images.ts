import { counted } from '../text/numbers.js';
import { requireLength, requireNumber, requireOptions, requireSome } from './checks.js';
import { composeFigure, type FigureHeading, HEADING_OPTIONS } from './compose-figure.js';
import type { DatasetInfo, Figure, Images } from './figure.js';
import { type ImageRow, imageCount, imageGrid, inColoursOf } from './image-grid.js';

export interface SamplesOptions extends FigureHeading {
  readonly dataset: DatasetInfo;
  /** [n, height, width, channels], flat, drawn row by row. */
  readonly images: Images;
  /** A text below each image. */
  readonly captions?: readonly string[];
  /** Images of a row, 1 to 20; default 10. */
  readonly columns?: number;
  /** What the images are, in the singular; default `sample`. */
  readonly noun?: string;
}

/** Images from one to another. */
export interface InterpolationStrip {
  /** Leave it out for none. */
  readonly title?: string;
  /** [n, height, width, channels], flat, in order; 2 to 20 images. */
  readonly images: Images;
}

export interface InterpolationOptions extends FigureHeading {
  readonly dataset: DatasetInfo;
  readonly strips: readonly InterpolationStrip[];
}

const COLUMNS = 10;
const MOST_COLUMNS = 20;
const MOST_SAMPLES = 200;

/**
 * Images row by row, such as samples of a model.
 *
 * @throws RangeError if the images are no whole ones or more than 200, captions are not one for each, or an option is not
 * known or out of bounds
 * @example
 * const dataset = { name: 'mine', synthetic: false, classNames: [], height: 8, width: 8, channels: 1 };
 * const images = new Float32Array(20 * 64); // for twenty images
 * samplesFigure({ name: 'samples', title: 'Samples of the VAE', dataset, images }).name; // 'samples'
 */
export function samplesFigure(options: SamplesOptions): Figure {
  const caller = 'samplesFigure';
  const { dataset, images, captions, columns = COLUMNS, noun = 'sample' } = options;
  requireOptions(caller, options, [...HEADING_OPTIONS, 'images', 'captions', 'columns', 'noun']);
  requireNumber(caller, 'columns', columns, { from: 1, to: MOST_COLUMNS, whole: true });
  const count = imageCount(`${caller}: images`, images, dataset);
  requireNumber(caller, 'the number of images', count, { from: 0, to: MOST_SAMPLES });
  if (captions) requireLength(caller, 'captions', captions, count, 'one for each image');
  const [rows, key] = inColoursOf(dataset, wrapped(images, count, columns, dataset, captions));
  return composeFigure(options, {
    caption: [`${counted(count, noun)} of ${dataset.height} × ${dataset.width} pixels each, row by row.`],
    description: captions ? `${counted(count, noun)}, row by row: ${captions.join(', ')}.` : undefined,
    ...imageGrid(rows, columns, dataset, key),
  });
}

/**
 * Strips of images that lead from one to another. The first and the last have frames; below each stands the share of the
 * last.
 *
 * @throws RangeError if there is no strip, images are no whole ones, strips differ in their number, it is not 2 to 20, or an
 * option is not known
 * @example
 * const dataset = { name: 'mine', synthetic: false, classNames: [], height: 8, width: 8, channels: 1 };
 * const strips = [{ images: new Float32Array(5 * 64) }]; // five steps
 * interpolationFigure({ name: 'path', title: 'From one to the other', dataset, strips }).name; // 'path'
 */
export function interpolationFigure(options: InterpolationOptions): Figure {
  const caller = 'interpolationFigure';
  const { dataset, strips } = options;
  requireOptions(caller, options, [...HEADING_OPTIONS, 'strips']);
  requireSome(caller, 'strips', strips);
  const counts = strips.map(({ images }, index) => imageCount(`${caller}: strips[${index}]`, images, dataset));
  const [count] = counts;
  requireNumber(caller, 'the number of images of a strip', count, { from: 2, to: MOST_COLUMNS });
  const other = counts.findIndex((each) => each !== count);
  if (other !== -1) {
    throw new RangeError(`${caller}: strips[${other}] holds ${counts[other]} images, expected ${count}, as strips[0].`);
  }
  const captions = Array.from({ length: count }, (_, index) => {
    if (index === 0) return 'A';
    return index === count - 1 ? 'B' : String(Number((index / (count - 1)).toFixed(2)));
  });
  const drawn = strips.map((strip): ImageRow => ({ ...strip, captions, framed: [0, count - 1] }));
  const [rows, key] = inColoursOf(dataset, drawn);
  const titles = strips.flatMap(({ title }) => (title ? [title] : []));
  return composeFigure(options, {
    caption: [
      `${counted(strips.length, 'strip')} of ${count} images from A to B, which have frames; the numbers are shares of B.`,
      titles.length > 1 ? `From top to bottom: ${titles.join(', ')}.` : '',
    ],
    ...imageGrid(rows, Math.max(count, 5), dataset, key),
  });
}

/** A stack of images as rows. */
export function wrapped(
  images: Images,
  count: number,
  columns: number,
  { height, width, channels }: DatasetInfo,
  captions?: readonly string[],
): ImageRow[] {
  const size = height * width * channels;
  return Array.from({ length: Math.ceil(count / columns) }, (_, row) => {
    const [start, end] = [row * columns, Math.min(count, (row + 1) * columns)];
    const shown = images.subarray(start * size, end * size);
    return captions ? { images: shown, captions: captions.slice(start, end) } : { images: shown };
  });
}
