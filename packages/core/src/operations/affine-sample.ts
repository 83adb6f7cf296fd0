import { checkTensor } from '../tensor/describe.js';
import { checkKnownOptions, oneOf, refuse } from '../tensor/options.js';
import { formatShape, type Shape, sizeOf } from '../tensor/shape.js';
import type { Attributes, Tensor } from '../tensor/tensor.js';
import { broadcastTo } from './broadcast.js';
import { apply, float32, type OperationDefinition } from './definition.js';
import { shardRows } from './sharding.js';

const FILL_MODES = ['constant', 'nearest', 'reflect', 'wrap'] as const;
const INTERPOLATIONS = ['bilinear', 'nearest'] as const;

/** What pixels beyond an image are. */
export type FillMode = (typeof FILL_MODES)[number];
/** How a place between pixels is read. */
export type Interpolation = (typeof INTERPOLATIONS)[number];

export interface AffineAttributes extends Attributes {
  /** Height and width of the images that are read. */
  readonly image: readonly [number, number];
  /** Height and width of the results. */
  readonly size: readonly [number, number];
  readonly fillMode: FillMode;
  readonly fillValue: number;
  readonly interpolation: Interpolation;
}

/** Places are kept within this distance of the image's corner, so that they are whole numbers in every kernel. */
export const FARTHEST = 2 ** 22;

/** A pixel that is read for a result: its place in memory without channels, -1 for the fill value, and its weight. */
type Visit = (result: number, pixel: number, weight: number) => void;

/** The pixel along one axis that stands for one that may lie beyond the image; -1 for none. */
function within(at: number, length: number, mode: FillMode): number {
  if (at >= 0 && at < length) return at;
  if (mode === 'constant') return -1;
  if (mode === 'nearest') return at < 0 ? 0 : length - 1;
  const period = mode === 'wrap' ? length : 2 * length;
  const turned = ((at % period) + period) % period;
  return turned < length ? turned : period - 1 - turned;
}

/** The pixels along one axis that are read for a place, and their weights. Rounded to float32 as kernels do it. */
function tapsOf(place: number, length: number, { fillMode, interpolation }: AffineAttributes) {
  const kept = Math.min(FARTHEST, Math.max(-FARTHEST, place));
  if (interpolation === 'nearest') {
    const at = Math.floor(Math.fround(kept + 0.5)) || 0;
    return [{ pixel: within(at, length, fillMode), weight: 1 }];
  }
  const at = Math.floor(kept);
  const weight = Math.fround(kept - at);
  return [
    { pixel: within(at || 0, length, fillMode), weight: Math.fround(1 - weight) },
    { pixel: within((at || 0) + 1, length, fillMode), weight },
  ];
}

/** Calls for every pixel that is read for every result, images and results in their order. */
function forEachTap(batch: number, matrices: ArrayLike<number>, attributes: AffineAttributes, visit: Visit): void {
  const { image, size } = attributes;
  const round = Math.fround;
  for (let n = 0; n < batch; n++) {
    for (let i = 0; i < size[0]; i++) {
      for (let j = 0; j < size[1]; j++) {
        const [x, y] = [6 * n, 6 * n + 3].map((m) =>
          round(round(round(matrices[m] * j) + round(matrices[m + 1] * i)) + matrices[m + 2]),
        );
        const columns = tapsOf(x, image[1], attributes);
        for (const row of tapsOf(y, image[0], attributes)) {
          for (const column of columns) {
            const isFill = row.pixel < 0 || column.pixel < 0;
            const pixel = isFill ? -1 : (n * image[0] + row.pixel) * image[1] + column.pixel;
            visit((n * size[0] + i) * size[1] + j, pixel, row.weight * column.weight);
          }
        }
      }
    }
  }
}

/** @throws RangeError if these are no images of a height and width with a matrix for each */
function checkOperands(name: string, [x, matrices]: readonly Shape[], [height, width]: readonly number[]): void {
  const isFit = x.length === 4 && x[1] === height && x[2] === width && matrices.join() === [x[0], 2, 3].join();
  if (isFit) return;
  throw new RangeError(
    `${name}: expected images [batch,${height},${width},channels] and matrices [batch,2,3], got ${formatShape(x)} and ` +
      `${formatShape(matrices)}.`,
  );
}

const NO_GRADIENT = 'in its matrices. Make them of data, or put stopGradient() around them';

export const affineSampleDefinition: OperationDefinition<AffineAttributes> = {
  name: 'affineSample',
  kind: 'alone',
  exact: false,
  noGradient: NO_GRADIENT,
  shard: shardRows(['rows', 'rows']),
  infer([x, matrices], { image, size }) {
    checkOperands('affineSample', [x.shape, matrices.shape], image);
    return [float32([x.shape[0], ...size, x.shape[3]])];
  },
  gradient: ({ inputs: [, matrices], gradient, attributes }) => [
    apply(affineScatterDefinition, [gradient, matrices], attributes),
    undefined,
  ],
  reference({ inputs: [x, matrices], outputs: [out], inputTypes: [{ shape }], attributes }) {
    const [batch, , , channels] = shape;
    const total = new Float64Array(out.length);
    forEachTap(batch, matrices, attributes, (result, pixel, weight) => {
      for (let c = 0; c < channels; c++) {
        total[result * channels + c] += weight * (pixel < 0 ? attributes.fillValue : x[pixel * channels + c]);
      }
    });
    out.set(total);
  },
};

/** The adjoint in the images: each result is added, by weight, to the pixels that it was read from. */
export const affineScatterDefinition: OperationDefinition<AffineAttributes> = {
  name: 'affineScatter',
  kind: 'alone',
  exact: false,
  noGradient: NO_GRADIENT,
  shard: shardRows(['rows', 'rows']),
  infer([x, matrices], { image, size }) {
    checkOperands('affineScatter', [x.shape, matrices.shape], size);
    return [float32([x.shape[0], ...image, x.shape[3]])];
  },
  gradient: ({ inputs: [, matrices], gradient, attributes }) => [
    apply(affineSampleDefinition, [gradient, matrices], { ...attributes, fillValue: 0 }),
    undefined,
  ],
  reference({ inputs: [x, matrices], outputs: [out], inputTypes: [{ shape }], attributes }) {
    const [batch, , , channels] = shape;
    const total = new Float64Array(out.length);
    forEachTap(batch, matrices, attributes, (result, pixel, weight) => {
      for (let c = 0; c < channels && pixel >= 0; c++) {
        total[pixel * channels + c] += weight * x[result * channels + c];
      }
    });
    out.set(total);
  },
};

/** Options of `affineSample`, with the names that Keras has for them. */
export interface AffineSampleOptions {
  /** Height and width of the results. Default: those of the images. */
  readonly size?: readonly [number, number];
  /**
   * What pixels beyond an image are: `constant` has `fillValue`, `nearest` the pixel at the edge, `reflect` mirrors with the
   * edge repeated (d c b a | a b c d | d c b a), `wrap` begins again. Default `constant`.
   */
  readonly fillMode?: FillMode;
  /** Default 0. */
  readonly fillValue?: number;
  /** `bilinear` (the default) weighs the four pixels around a place; `nearest` takes one, the later of two as near. */
  readonly interpolation?: Interpolation;
}

/**
 * Images read at places that an affine map gives. Resizing, rotation, zoom, translation and flips are cases of it.
 *
 * Row i and column j of the result are read at column `x = m[0][0] j + m[0][1] i + m[0][2]` and row
 * `y = m[1][0] j + m[1][1] i + m[1][2]` of the image, counted in pixels: 0 is the middle of the first pixel. So the matrix
 * leads from the result to the image, as in Keras's `affine_transform`. There is no gradient in the matrices.
 *
 * @param images   [batch, height, width, channels]
 * @param matrices [batch, 2, 3], or [2, 3] for all images
 * @returns [batch, ...size, channels]
 * @throws RangeError if a shape or an option does not fit
 * @example
 * const image = tensor([1, 2, 3], [1, 1, 3, 1]);
 * // One pixel to the right; the first column is 0.
 * affineSample(image, tensor([[1, 0, -1], [0, 1, 0]])).reshape([3]); // [0, 1, 2]
 */
export function affineSample(images: Tensor, matrices: Tensor, options: AffineSampleOptions = {}): Tensor {
  checkTensor('affineSample', images);
  checkTensor('affineSample', matrices, 'a tensor of matrices');
  checkKnownOptions('affineSample', options, ['size', 'fillMode', 'fillValue', 'interpolation']);
  const [batch, height, width] = images.shape;
  const { size = [height, width], fillMode = 'constant', fillValue = 0, interpolation = 'bilinear' } = options;
  const isSize = Array.isArray(size) && size.length === 2 && size.every((n) => Number.isSafeInteger(n) && n >= 0);
  if (images.shape.length === 4 && !isSize) {
    refuse('affineSample', 'size', size, 'two whole numbers, height and width');
  }
  if (!Number.isFinite(fillValue)) refuse('affineSample', 'fillValue', fillValue, 'a number');
  oneOf('affineSample', 'fillMode', fillMode, FILL_MODES);
  oneOf('affineSample', 'interpolation', interpolation, INTERPOLATIONS);
  if (sizeOf([height, width]) === 0 && fillMode !== 'constant') {
    throw new RangeError(`affineSample: images ${formatShape(images.shape)} have no pixels. Use fillMode 'constant'.`);
  }
  const isShared = matrices.shape.join() === '2,3' && images.shape.length === 4;
  const each = isShared ? broadcastTo(matrices, [batch, 2, 3]) : matrices;
  const attributes: AffineAttributes = { image: [height, width], size, fillMode, fillValue, interpolation };
  return apply(affineSampleDefinition, [images, each], attributes);
}
