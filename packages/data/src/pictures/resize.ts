import { checkPicture } from './check-picture.js';
import { type Picture, valuesOf } from './picture.js';

/** What becomes of a picture whose sides are in another proportion. */
export type Fit = 'stretch' | 'crop' | 'pad';

/** Part of a picture along an axis, in pixels. */
interface Interval {
  readonly from: number;
  readonly length: number;
}

/** What each new pixel of an axis is made of: `count` old pixels from `first`, and their weights. */
interface Weights {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** `most` for each new pixel. */
  readonly weights: Float64Array;
  readonly most: number;
}

/**
 * Resizes a picture with a bilinear filter that is widened when the picture becomes smaller, so that every old pixel
 * counts (antialiasing). Along each axis, with s old pixels for a new one, the new pixel x is the mean of the old pixels i
 * with weights max(0, 1 - |i + 0.5 - (x + 0.5) s| / max(1, s)). It is Pillow's `resize` with `BILINEAR`, computed in
 * floating point and rounded once. Alpha is multiplied into the colours for it, so that colours of transparent pixels do
 * not show.
 *
 * @param height new rows
 * @param width  new columns
 * @param fit    `stretch` (the default) changes the proportion of the sides, and loses nothing; `crop` keeps the
 *               proportion and takes the largest part from the middle; `pad` keeps it and puts black, transparent where
 *               there is alpha, around the whole picture
 * @returns a picture of `width` x `height`
 * @throws TypeError or RangeError if it is no picture, or a size is no whole number of at least 1
 * @example
 * const picture = { width: 4, height: 2, channels: 1, depth: 8, data: new Uint8Array(8).fill(9) } as const;
 * const small = resizeImage(picture, 2, 2, { fit: 'crop' });
 * small.data; // [9, 9, 9, 9]
 */
export function resizeImage<Some extends Picture>(
  picture: Some,
  height: number,
  width: number,
  { fit = 'stretch' }: { readonly fit?: Fit } = {},
): Some {
  checkPicture('resizeImage', picture);
  for (const [name, size] of Object.entries({ height, width })) {
    if (Number.isSafeInteger(size) && size >= 1) continue;
    throw new RangeError(`resizeImage: the ${name} is ${size}, expected a whole number of pixels of at least 1.`);
  }
  if (!['stretch', 'crop', 'pad'].includes(fit)) {
    throw new RangeError(`resizeImage: fit is '${fit}', expected 'stretch', 'crop' or 'pad'.`);
  }
  if (picture.width === width && picture.height === height) return picture;
  if (fit === 'pad') return padded(picture, height, width);
  const [rows, columns] = fit === 'crop' ? middle(picture, height, width) : whole(picture);
  return resample(picture, rows, columns, height, width);
}

const whole = ({ width, height }: Picture): [Interval, Interval] => [
  { from: 0, length: height },
  { from: 0, length: width },
];

/** The largest part in the middle that has the proportion of the new sides. */
function middle(picture: Picture, height: number, width: number): [Interval, Interval] {
  const scale = Math.min(picture.width / width, picture.height / height);
  const [rows, columns] = [height * scale, width * scale];
  return [
    { from: (picture.height - rows) / 2, length: rows },
    { from: (picture.width - columns) / 2, length: columns },
  ];
}

function padded<Some extends Picture>(picture: Some, height: number, width: number): Some {
  const scale = Math.max(picture.width / width, picture.height / height);
  const rows = Math.max(1, Math.min(height, Math.round(picture.height / scale)));
  const columns = Math.max(1, Math.min(width, Math.round(picture.width / scale)));
  const [allRows, allColumns] = whole(picture);
  const inner = resample(picture, allRows, allColumns, rows, columns);
  const { channels, depth } = picture;
  const data = valuesOf(depth, width * height * channels);
  const [top, left] = [(height - rows) >> 1, (width - columns) >> 1];
  for (let row = 0; row < rows; row++) {
    const from = inner.data.subarray(row * columns * channels, (row + 1) * columns * channels);
    data.set(from, ((top + row) * width + left) * channels);
  }
  return { ...picture, width, height, data };
}

function weightsOf({ from, length }: Interval, oldSize: number, newSize: number): Weights {
  const scale = length / newSize;
  const support = Math.max(1, scale);
  const most = 2 * Math.ceil(support) + 1;
  const [first, count] = [new Int32Array(newSize), new Int32Array(newSize)];
  const weights = new Float64Array(newSize * most);
  for (let at = 0; at < newSize; at++) {
    const centre = from + (at + 0.5) * scale;
    const begin = Math.max(0, Math.floor(centre - support + 0.5));
    const end = Math.min(oldSize, Math.floor(centre + support + 0.5));
    let sum = 0;
    for (let i = begin; i < end; i++) {
      const weight = Math.max(0, 1 - Math.abs(i + 0.5 - centre) / support);
      weights[at * most + i - begin] = weight;
      sum += weight;
    }
    for (let i = 0; i < end - begin; i++) weights[at * most + i] /= sum;
    first[at] = begin;
    count[at] = end - begin;
  }
  return { first, count, weights, most };
}

/** Rows first, one at a time, then columns of these. */
function resample<Some extends Picture>(
  picture: Some,
  rows: Interval,
  columns: Interval,
  height: number,
  width: number,
): Some {
  const { channels, depth } = picture;
  const across = weightsOf(columns, picture.width, width);
  const down = weightsOf(rows, picture.height, height);
  const rowLength = width * channels;
  const narrow = new Float32Array(picture.height * rowLength);
  for (let row = 0; row < picture.height; row++) narrowRow(picture, row, across, narrow.subarray(row * rowLength));
  const data = valuesOf(depth, width * height * channels);
  const sums = new Float64Array(rowLength);
  for (let row = 0; row < height; row++) {
    sums.fill(0);
    for (let i = 0; i < down.count[row]; i++) {
      const weight = down.weights[row * down.most + i];
      const from = (down.first[row] + i) * rowLength;
      for (let at = 0; at < rowLength; at++) sums[at] += weight * narrow[from + at];
    }
    store(sums, data.subarray(row * rowLength, (row + 1) * rowLength), channels, depth);
  }
  return { ...picture, width, height, data };
}

/** A row with its new number of columns; colours are multiplied by alpha, if there is one. */
function narrowRow({ width, channels, depth, data }: Picture, row: number, across: Weights, to: Float32Array): void {
  const begin = row * width * channels;
  // A loop for each kind is four times as fast as one for all.
  if (channels === 1) narrowGrey(data, begin, across, to);
  else if (channels === 3) narrowColours(data, begin, across, to);
  else narrowWithAlpha(data, begin, across, to, channels, depth === 8 ? 255 : 65535);
}

function narrowGrey(data: Picture['data'], begin: number, { first, count, weights, most }: Weights, to: Float32Array) {
  for (let column = 0; column < first.length; column++) {
    let grey = 0;
    let at = begin + first[column];
    const end = column * most + count[column];
    for (let i = column * most; i < end; i++, at++) grey += weights[i] * data[at];
    to[column] = grey;
  }
}

function narrowColours(
  data: Picture['data'],
  begin: number,
  { first, count, weights, most }: Weights,
  to: Float32Array,
) {
  for (let column = 0; column < first.length; column++) {
    let red = 0;
    let green = 0;
    let blue = 0;
    let at = begin + first[column] * 3;
    const end = column * most + count[column];
    for (let i = column * most; i < end; i++, at += 3) {
      const weight = weights[i];
      red += weight * data[at];
      green += weight * data[at + 1];
      blue += weight * data[at + 2];
    }
    to[column * 3] = red;
    to[column * 3 + 1] = green;
    to[column * 3 + 2] = blue;
  }
}

function narrowWithAlpha(
  data: Picture['data'],
  begin: number,
  { first, count, weights, most }: Weights,
  to: Float32Array,
  channels: 2 | 4,
  opaque: number,
): void {
  const colours = channels - 1;
  for (let column = 0; column < first.length; column++) {
    let [red, green, blue, alphas] = [0, 0, 0, 0];
    let at = begin + first[column] * channels;
    const end = column * most + count[column];
    for (let i = column * most; i < end; i++, at += channels) {
      const alpha = weights[i] * data[at + colours];
      alphas += alpha;
      const weight = alpha / opaque;
      red += weight * data[at];
      if (colours === 3) {
        green += weight * data[at + 1];
        blue += weight * data[at + 2];
      }
    }
    const write = column * channels;
    to[write] = red;
    if (colours === 3) {
      to[write + 1] = green;
      to[write + 2] = blue;
    }
    to[write + colours] = alphas;
  }
}

/** Rounds values; colours are divided by alpha again. */
function store(sums: Float64Array, to: Uint8Array | Uint16Array, channels: number, depth: 8 | 16): void {
  const opaque = depth === 8 ? 255 : 65535;
  const hasAlpha = channels % 2 === 0;
  for (let at = 0; at < to.length; at++) {
    const channel = at % channels;
    const alpha = hasAlpha && channel < channels - 1 ? sums[at - channel + channels - 1] / opaque : 1;
    to[at] = alpha === 0 ? 0 : Math.min(opaque, Math.floor(sums[at] / alpha + 0.5));
  }
}
