import { counted, formatNumber } from '../text/numbers.js';
import { requireLength, requireNumber, requireOptions } from './checks.js';
import type { ColourKey } from './colour-key.js';
import { DIVERGING, MAGMA, mappedColours } from './colour-map.js';
import { composeFigure, type FigureHeading, HEADING_OPTIONS } from './compose-figure.js';
import type { Figure, Images, Numbers } from './figure.js';
import { type ImageRow, imageGrid } from './image-grid.js';

export interface FiltersOptions extends FigureHeading {
  /** Weights of a convolution, [height, width, in, out], flat. */
  readonly kernels: Numbers;
  /** Height, width, input channels, filters. */
  readonly shape: readonly [number, number, number, number];
}

export interface FeatureMapsOptions extends FigureHeading {
  /** What a layer gives for one image, [height, width, channels], flat. */
  readonly activations: Numbers;
  /** Height, width, channels. */
  readonly shape: readonly [number, number, number];
}

/** So many are drawn. */
const MOST = 64;

/**
 * The filters of a first layer. Those of one input channel are drawn blue for negative weights and red for positive ones,
 * those of three or four as colours in which grey is 0, others as the mean of their input channels.
 *
 * @throws RangeError if the kernels are not of their shape, or an option is not known
 * @example
 * const kernels = new Float32Array(3 * 3 * 1 * 32);
 * filtersFigure({ name: 'filters', title: 'First layer', kernels, shape: [3, 3, 1, 32] }).name; // 'filters'
 */
export function filtersFigure(options: FiltersOptions): Figure {
  const caller = 'filtersFigure';
  const { kernels, shape } = options;
  requireOptions(caller, options, [...HEADING_OPTIONS, 'kernels', 'shape']);
  requireShape(caller, 'kernels', kernels, shape, 4);
  const [height, width, inputs, filters] = shape;
  const shown = Math.min(MOST, filters);
  const channels = inputs === 3 || inputs === 4 ? 3 : 1;
  const weight = (filter: number, pixel: number, input: number) => kernels[(pixel * inputs + input) * filters + filter];
  const images = stack(shown, height * width, channels, (filter, pixel, channel) => {
    if (channels === 3 || inputs === 1) return weight(filter, pixel, channel);
    return Array.from({ length: inputs }, (_, input) => weight(filter, pixel, input)).reduce((a, b) => a + b) / inputs;
  });
  const span = largest(images);
  const colours = (image: Images) =>
    channels === 3 ? aroundGrey(image, span) : mappedColours(image, -span, span, DIVERGING);
  const shape3 = { height, width, channels };
  const key = { title: 'Weight', low: formatNumber(-span), high: formatNumber(span), table: DIVERGING };
  return composeFigure(options, {
    caption: [
      `${filters > shown ? `The first ${shown} of ${counted(filters, 'filter')}` : `The ${counted(filters, 'filter')}`} of ${height} × ${width} pixels on ${counted(inputs, 'channel')}.`,
      channels === 3
        ? `Grey is 0, and colours reach to weights of ±${formatNumber(span)}.`
        : `Weights are within ±${formatNumber(span)}.`,
      channels === 1 && inputs > 1 ? `Drawn is the mean over the ${inputs} channels.` : '',
      inputs === 4 ? 'The fourth channel is not drawn.' : '',
    ],
    ...imageGrid(rowsOf(images, shown, shape3, colours), columnsOf(shown), shape3, channels === 1 ? key : undefined),
  });
}

/**
 * What the channels of a layer give for one image, all on one scale of colours.
 *
 * @throws RangeError if the activations are not of their shape, or an option is not known
 * @example
 * const activations = new Float32Array(28 * 28 * 8);
 * featureMapsFigure({ name: 'features', title: 'First layer', activations, shape: [28, 28, 8] }).name; // 'features'
 */
export function featureMapsFigure(options: FeatureMapsOptions): Figure {
  const caller = 'featureMapsFigure';
  const { activations, shape } = options;
  requireOptions(caller, options, [...HEADING_OPTIONS, 'activations', 'shape']);
  requireShape(caller, 'activations', activations, shape, 3);
  const [height, width, channels] = shape;
  const shown = Math.min(MOST, channels);
  const maps = stack(channels, height * width, 1, (channel, pixel) => activations[pixel * channels + channel]);
  const images = maps.subarray(0, shown * height * width);
  const span = largest(images);
  const signed = images.some((value) => value < 0);
  const [low, table] = signed ? [-span, DIVERGING] : [0, MAGMA];
  const colours = (image: Images) => mappedColours(image, low, span, table);
  const key: ColourKey = { title: 'Activation', low: formatNumber(low), high: formatNumber(span), table };
  const dead = Array.from({ length: channels }, (_, channel) =>
    maps.subarray(channel * height * width, (channel + 1) * height * width).every((value) => value === 0),
  ).filter(Boolean).length;
  return composeFigure(options, {
    caption: [
      `${channels > shown ? `The first ${shown} of ${counted(channels, 'channel')}` : `The ${counted(channels, 'channel')}`} of ${height} × ${width} pixels for one image; the largest activation is ${formatNumber(span)} in size.`,
      dead > 0 ? `${counted(dead, 'channel is', 'channels are')} 0 throughout.` : '',
    ],
    ...imageGrid(
      rowsOf(images, shown, { height, width, channels: 1 }, colours),
      columnsOf(shown),
      { height, width, channels: 1 },
      key,
    ),
  });
}

function requireShape(caller: string, what: string, values: Numbers, shape: readonly number[], rank: number): void {
  requireLength(caller, 'shape', shape, rank, rank === 4 ? 'height, width, in, out' : 'height, width, channels');
  for (const size of shape) requireNumber(caller, 'a size of shape', size, { from: 1, whole: true });
  const size = shape.reduce((product, each) => product * each, 1);
  requireLength(caller, what, values, size, `as its shape ${shape.join(' x ')} has`);
}

function stack(
  count: number,
  pixels: number,
  channels: number,
  value: (image: number, pixel: number, channel: number) => number,
): Float32Array {
  return Float32Array.from({ length: count * pixels * channels }, (_, index) => {
    const pixel = Math.floor(index / channels) % pixels;
    return value(Math.floor(index / channels / pixels), pixel, index % channels);
  });
}

function rowsOf(
  images: Float32Array,
  count: number,
  { height, width, channels }: { height: number; width: number; channels: number },
  colours: (image: Images) => Uint8Array,
): ImageRow[] {
  const [columns, size] = [columnsOf(count), height * width * channels];
  return Array.from({ length: Math.ceil(count / columns) }, (_, row) => ({
    images: images.subarray(row * columns * size, Math.min(count, (row + 1) * columns) * size),
    colours,
  }));
}

function columnsOf(count: number): number {
  return count > 32 ? 16 : 8;
}

/** Weights of three channels as a colour, with grey for 0. */
function aroundGrey(weights: Images, span: number): Uint8Array {
  return Uint8Array.from(weights, (weight) =>
    Number.isNaN(weight) ? 128 : Math.round(255 * (0.5 + Math.min(0.5, Math.max(-0.5, weight / span / 2)))),
  );
}

/** The largest size of a finite number; 1 if all are 0. */
function largest(values: Float32Array): number {
  const most = values.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0);
  return most > 0 ? most : 1;
}
