import { describe } from 'vitest';
import {
  avgPool2d,
  conv1d,
  conv2d,
  conv2dTranspose,
  depthwiseConv2d,
  maxPool2d,
  upsample2d,
  zeros,
} from '../src/index.js';
import { scatterTiles, type Tiling } from '../src/operations/tiles.js';
import { type Mistakes, refuse } from './support/mistakes.js';

const quarters: Tiling = {
  image: [4, 4],
  grid: [2, 2],
  origin: [0, 0],
  step: [2, 2],
  dilation: [1, 1],
  rows: [[1, 1]],
  columns: [[1, 1]],
  components: 'first',
};

const mistakes: Mistakes = [
  [
    'conv2d of other channels',
    () => conv2d(zeros([8, 28, 28, 3]), zeros([3, 3, 1, 32])),
    RangeError,
    /^conv2d: the input has 3 channels but the weight expects 1 \(input \[8,28,28,3\], weight \[3,3,1,32\]\)\. Weights are height, width, in, out\.$/,
  ],
  [
    'conv2d in groups that do not divide the channels',
    () => conv2d(zeros([1, 8, 8, 6]), zeros([3, 3, 2, 8]), { groups: 4 }),
    RangeError,
    /^conv2d: groups is 4; it must be a whole number from 1 that divides the 6 channels of the input and the 8 filters/,
  ],
  [
    'conv2d in half a group',
    () => conv2d(zeros([1, 8, 8, 6]), zeros([3, 3, 2, 8]), { groups: 0.5 }),
    RangeError,
    /^conv2d: groups is 0\.5/,
  ],
  [
    'conv2d in groups of other channels',
    () => conv2d(zeros([1, 8, 8, 6]), zeros([3, 3, 6, 8]), { groups: 2 }),
    RangeError,
    /^conv2d: the input has 6 channels but the weight expects 6 in each of 2 groups .* in \/ groups, out\.$/,
  ],
  [
    'conv2dTranspose of other channels',
    () => conv2dTranspose(zeros([1, 8, 8, 6]), zeros([3, 3, 6, 2])),
    RangeError,
    /^conv2dTranspose: the input has 6 channels but the weight expects 2 .*Weights are height, width, out, in\.$/,
  ],
  [
    'conv2dTranspose with an output padding as large as the stride',
    () => conv2dTranspose(zeros([1, 8, 8, 6]), zeros([3, 3, 2, 6]), { strides: 2, outputPadding: [1, 2] }),
    RangeError,
    /^conv2dTranspose: outputPadding is \[1,2\]; expected whole numbers from 0 to below the strides, 2 and 2\.$/,
  ],
  [
    'conv2dTranspose of an even kernel without output padding',
    () => conv2dTranspose(zeros([1, 8, 8, 6]), zeros([4, 4, 2, 6]), { strides: 2, padding: 'same', outputPadding: 0 }),
    RangeError,
    /^conv2dTranspose: \[1,8,8,6\] would become \[1,14,14,2\], .*does not give 8x8 pixels/,
  ],
  [
    'conv2dTranspose that cuts all off',
    () => conv2dTranspose(zeros([1, 1, 1, 6]), zeros([2, 2, 2, 6]), { padding: [[1, 1], [0, 0]] }), // biome-ignore format: one line
    RangeError,
    /^conv2dTranspose: \[1,1,1,6\] would become \[1,0,2,2\]/,
  ],
  [
    'conv1d of images',
    () => conv1d(zeros([1, 8, 8, 6]), zeros([3, 6, 2])),
    RangeError,
    /^conv1d: expected an input \[batch, length, channels\].*got \[1,8,8,6\] and \[3,6,2\]\.$/,
  ],
  [
    'conv1d of stride 0',
    () => conv1d(zeros([1, 8, 6]), zeros([3, 6, 2]), { strides: 0 }),
    RangeError,
    /^conv1d: strides is 0; expected a whole number from 1\.$/,
  ],
  [
    'conv1d of a padding that does not exist',
    () => conv1d(zeros([1, 8, 6]), zeros([3, 6, 2]), { padding: [1] as never }),
    RangeError,
    /^conv1d: padding is \[1\]; expected 'valid', 'same', 'causal' or \[before, after\]\.$/,
  ],
  [
    'depthwiseConv2d of other channels',
    () => depthwiseConv2d(zeros([1, 8, 8, 6]), zeros([3, 3, 2, 1])),
    RangeError,
    /^depthwiseConv2d: expected an input .*\[1,8,8,6\] and \[3,3,2,1\]/,
  ],
  [
    'depthwiseConv2d of a window larger than the image',
    () => depthwiseConv2d(zeros([1, 2, 2, 3]), zeros([3, 3, 3, 1])),
    RangeError,
    /^depthwiseConv2d: .*3x3 .*2x2/,
  ],
  [
    'conv2d of one image',
    () => conv2d(zeros([28, 28, 3]), zeros([3, 3, 3, 1])),
    RangeError,
    /^conv2d: .*\[28,28,3\] and \[3,3,3,1\]/,
  ],
  [
    'conv2d of a window larger than the image',
    () => conv2d(zeros([1, 2, 5, 1]), zeros([3, 3, 1, 1])),
    RangeError,
    /^conv2d: .*3x3 .*2x5/,
  ],
  [
    'conv2d dilated beyond the image',
    () => conv2d(zeros([1, 4, 4, 1]), zeros([3, 3, 1, 1]), { dilation: 2 }),
    RangeError,
    /^conv2d: .*3x3 .*4x4/,
  ],
  [
    'conv2d of a kernel without taps',
    () => conv2d(zeros([1, 4, 4, 1]), zeros([0, 3, 1, 1])),
    RangeError,
    /^conv2d: the size of the kernel is 0,3/,
  ],
  [
    'conv2d of stride 0',
    () => conv2d(zeros([1, 4, 4, 1]), zeros([3, 3, 1, 1]), { strides: 0 }),
    RangeError,
    /^conv2d: strides is 0/,
  ],
  [
    'conv2d of half a dilation',
    () => conv2d(zeros([1, 4, 4, 1]), zeros([3, 3, 1, 1]), { dilation: [1, 0.5] }),
    RangeError,
    /^conv2d: dilation is 1,0\.5/,
  ],
  [
    'conv2d of a padding that does not exist',
    () => conv2d(zeros([1, 4, 4, 1]), zeros([3, 3, 1, 1]), { padding: 'full' as 'same' }),
    RangeError,
    /^conv2d: padding is "full"; expected 'same', 'valid'/,
  ],
  [
    'conv2d of negative padding',
    () =>
      conv2d(zeros([1, 4, 4, 1]), zeros([3, 3, 1, 1]), {
        padding: [
          [0, 0],
          [-1, 0],
        ],
      }),
    RangeError,
    /^conv2d: padding is \[\[0,0\],\[-1,0\]\]/,
  ],
  ['maxPool2d of a matrix', () => maxPool2d(zeros([4, 4])), RangeError, /^maxPool2d: .*\[4,4\]/],
  ['maxPool2d of size 0', () => maxPool2d(zeros([1, 4, 4, 1]), 0), RangeError, /^maxPool2d: poolSize is 0/],
  ['avgPool2d larger than the image', () => avgPool2d(zeros([1, 2, 2, 1]), 3), RangeError, /^avgPool2d: .*3x3 .*2x2/],
  [
    'maxPool2d of windows outside of the image',
    () =>
      maxPool2d(zeros([1, 4, 4, 1]), 2, {
        padding: [
          [2, 0],
          [0, 0],
        ],
      }),
    RangeError,
    /^maxPool2d: .*\[\[2,0\],\[0,0\]\].*2x2.*\[1,4,4,1\]/,
  ],
  ['upsample2d of a matrix', () => upsample2d(zeros([4, 4])), RangeError, /^upsample2d: .*\[4,4\]/],
  ['upsample2d by half', () => upsample2d(zeros([1, 4, 4, 1]), 0.5), RangeError, /^upsample2d: size is 0\.5/],
  [
    'scatterTiles of another grid',
    () => scatterTiles(zeros([1, 5, 1]), quarters),
    RangeError,
    /^scatterTiles: \[1,5,1\] .*2x2/,
  ],
];

describe('what cannot be done with images says what was got, and what was expected', () => refuse(mistakes));
