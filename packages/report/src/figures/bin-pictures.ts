import { histogram } from '@weft/analysis';
import { ascending } from 'd3-array';
import { encode } from 'fast-png';
import { type BinPictures, binOf, MOST_IMAGES } from './bars-plot.js';
import { requireLength, requireSome } from './checks.js';
import { COLOUR_MAPS, colourMapOf, imageColours, isMapped, MAGMA } from './colour-map.js';
import { className, type DatasetInfo, type ErrorExamples, type Numbers } from './figure.js';
import { reducedColours } from './picture.js';

/** Bins of the histogram of errors. */
export const ERROR_BINS = 30;
/** Most bytes of the pictures of a figure before they are compressed: larger pictures are shown smaller. */
const MOST_BYTES = 1_200_000;

/**
 * The images that a histogram of errors shows of its bins: at most eight of each, evenly spread from the smallest error of
 * the bin to the largest. Errors that are not finite are in no bin.
 *
 * @param errors of all images, in squared pixel intensity
 * @returns places among the errors, from 0, bin by bin
 * @example
 * errorExamples([0.01, 0.02, Number.NaN]); // [0, 1]
 */
export function errorExamples(errors: Numbers): number[] {
  const finite = Array.from(errors, (_, index) => index).filter((index) => Number.isFinite(errors[index]));
  if (finite.length === 0) return [];
  const { edges } = histogram(
    finite.map((index) => errors[index]),
    ERROR_BINS,
  );
  const bins: number[][] = Array.from({ length: ERROR_BINS }, () => []);
  for (const index of finite) bins[binOf(edges, errors[index])].push(index);
  return bins.flatMap((members) => {
    members.sort((a, b) => ascending(errors[a], errors[b]) || a - b);
    const shown = Math.min(MOST_IMAGES, members.length);
    const step = (members.length - 1) / Math.max(1, shown - 1);
    return Array.from({ length: shown }, (_, at) => members[Math.round(at * step)]);
  });
}

/**
 * The pictures of some images in one PNG.
 *
 * @throws RangeError if images and indices differ in number, or there are fewer than two rows
 */
export function binPictures(examples: ErrorExamples, errors: Numbers, dataset: DatasetInfo): BinPictures | undefined {
  const { indices, rows, labels } = examples;
  const { height, width, channels } = dataset;
  if (indices.length === 0) return undefined;
  requireSome('errorHistogram', 'rows of examples after the first', rows.slice(1));
  for (const { title, images } of rows) {
    const expected = indices.length * height * width * channels;
    requireLength('errorHistogram', `images of ${title}`, images, expected, 'as there are examples');
  }
  const mapped = isMapped(channels);
  const bytes = indices.length * rows.length * height * width * (mapped ? 1 : 3);
  const magnification = Math.min(1, Math.sqrt(MOST_BYTES / bytes));
  const pictures = rows.map(({ images }) =>
    indices.map((_, at) => {
      const size = height * width * channels;
      const pixels = images.subarray(at * size, (at + 1) * size);
      const colours = imageColours(pixels, channels, { map: 'grey', width });
      return reducedColours(colours, height, width, magnification);
    }),
  );
  const [{ rows: shownHeight, columns: shownWidth }] = pictures[0];
  return {
    titles: rows.map(({ title }) => title),
    height: shownHeight,
    width: shownWidth,
    png: sheetOf(
      pictures.map((row) => row.map(({ data }) => data)),
      shownHeight,
      shownWidth,
      mapped ? 1 : 3,
    ),
    ...(mapped && { colours: hexColours(COLOUR_MAPS[colourMapOf(dataset)]) }),
    errorColours: hexColours(MAGMA),
    images: indices.map((index, at) => ({
      index,
      error: errors[index],
      ...(labels && dataset.classNames.length > 1 && { className: className(dataset, labels[at]) }),
    })),
  };
}

/** A PNG in base64 of pictures side by side in rows; with one channel, of the red ones. */
function sheetOf(rows: readonly (readonly Uint8Array[])[], height: number, width: number, channels: 1 | 3): string {
  const sheetWidth = rows[0].length * width;
  const data = new Uint8Array(rows.length * height * sheetWidth * channels);
  rows.forEach((pictures, row) => {
    pictures.forEach((colours, column) => {
      for (let y = 0; y < height; y++) {
        const to = ((row * height + y) * sheetWidth + column * width) * channels;
        for (let index = 0; index < width * channels; index++) {
          data[to + index] = colours[y * width * 3 + (channels === 3 ? index : index * 3)];
        }
      }
    });
  });
  const png = encode({ data, width: sheetWidth, height: rows.length * height, depth: 8, channels });
  return Buffer.from(png).toString('base64');
}

/** 256 colours as `rrggbb`. */
function hexColours(table: Uint8Array): string {
  return Buffer.from(table).toString('hex');
}
