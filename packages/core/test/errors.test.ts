import { describe, expect, it } from 'vitest';
import {
  add,
  affineSample,
  avgPool2d,
  broadcastTo,
  compute,
  concatenate,
  conv1d,
  conv2d,
  conv2dTranspose,
  depthwiseConv2d,
  full,
  gather,
  grad,
  matmul,
  max,
  maxPool2d,
  mean,
  pad,
  placeholder,
  random,
  randomUniform,
  reshape,
  scatterAdd,
  slice,
  softmax,
  sum,
  table,
  takeRows,
  tensor,
  transpose,
  upsample2d,
  where,
  zeros,
} from '../src/index.js';
import { scatterTiles, type Tiling } from '../src/operations/tiles.js';

const bytes = table(new Uint8Array(6), [2, 3]);
const words = table(new Uint32Array(2));
const keys = table(new Uint32Array(4), [2, 2]);
const hole = placeholder({ shape: [2, 3], dtype: 'float32' }, 'x');
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

type Mistakes = readonly (readonly [string, () => unknown, new () => Error, RegExp])[];

/** What is done wrong, the call, the class of the error, and what its message must say. */
const mistakes: Mistakes = [
  [
    'add of shapes that do not broadcast',
    () => add(zeros([2, 3]), zeros([4])),
    RangeError,
    /^add: .*\[2,3\] and \[4\].* 3 and 4 .*axis -1/,
  ],
  [
    'add of shapes that differ in front',
    () => add(zeros([2, 3]), zeros([4, 3])),
    RangeError,
    /^add: .*\[2,3\] and \[4,3\].*axis -2/,
  ],
  [
    'where of shapes that do not broadcast',
    () => where(zeros([2]), zeros([3]), 0),
    RangeError,
    /^where: .*\[2\] and \[3\]/,
  ],
  ['add of a table', () => add(bytes, zeros([2, 3])), TypeError, /^add: expected float32, got uint8 \[2,3\].*cast/],
  ['sum of a table', () => sum(bytes), TypeError, /^sum: expected float32, got uint8 \[2,3\]/],
  ['reshape of a table', () => reshape(bytes, [6]), TypeError, /^reshape: expected float32, got uint8 \[2,3\]/],
  ['matmul of a table', () => matmul(keys, zeros([2, 2])), TypeError, /^matmul: expected float32, got uint32 \[2,2\]/],

  [
    'broadcastTo a shape of fewer axes',
    () => broadcastTo(zeros([2, 3]), [3]),
    RangeError,
    /^broadcastTo: .*\[2,3\].*\[3\]/,
  ],
  [
    'broadcastTo another length',
    () => broadcastTo(zeros([2, 3]), [2, 4]),
    RangeError,
    /^broadcastTo: .*\[2,3\].*\[2,4\]/,
  ],
  ['broadcastTo more than fits into memory', () => full([2 ** 20, 2 ** 11], 1), RangeError, /\[1048576,2048\].*2\^30/],
  ['full of a negative length', () => full([-1], 0), RangeError, /\[-1\]/],
  ['full of half a length', () => full([1.5], 0), RangeError, /\[1\.5\]/],

  ['sum over an axis that is not there', () => sum(zeros([2, 3]), 2), RangeError, /^sum: axis 2 .*2 axes.*-2 to 1/],
  ['mean over an axis too far back', () => mean(zeros([2, 3]), [-3]), RangeError, /axis -3 .*2 axes/],
  ['max over half an axis', () => max(zeros([2, 3]), 0.5), RangeError, /^max: axis 0\.5/],
  ['sum over an axis twice', () => sum(zeros([2, 3]), [1, -1]), RangeError, /^sum: axes \[1,-1\] .*twice/],
  ['max over an empty axis', () => max(zeros([2, 0, 3]), 1), RangeError, /^max: .*\[2,0,3\].*empty/],

  [
    'reshape to another size',
    () => reshape(zeros([2, 3]), [4, 2]),
    RangeError,
    /^reshape: \[2,3\] has 6 elements, \[4,2\] has 8/,
  ],
  [
    'reshape that does not divide',
    () => reshape(zeros([2, 3]), [4, -1]),
    RangeError,
    /^reshape: \[2,3\] cannot become \[4,-1\]/,
  ],
  [
    'reshape with two unknowns',
    () => reshape(zeros([2, 3]), [-1, -1]),
    RangeError,
    /^reshape: \[2,3\] cannot become \[-1,-1\]/,
  ],
  [
    'transpose by too few axes',
    () => transpose(zeros([2, 3]), [0]),
    RangeError,
    /^transpose: \[0\] .*2 axes of \[2,3\]/,
  ],
  ['transpose by an axis twice', () => transpose(zeros([2, 3]), [1, 1]), RangeError, /^transpose: \[1,1\] .*\[2,3\]/],

  [
    'slice of more axes than there are',
    () => slice(zeros([2, 3]), [0, 0, 0]),
    RangeError,
    /^slice: \[2,3\] has 2 axes/,
  ],
  [
    'slice in steps of 0',
    () => slice(zeros([7]), [0], [7], [0]),
    RangeError,
    /^slice: \[0\] to \[7\] in steps of \[0\].*\[7\]/,
  ],
  [
    'slice backwards',
    () => slice(zeros([7]), [5], [1], [-1]),
    RangeError,
    /^slice: \[5\] to \[1\] in steps of \[-1\].*\[7\]/,
  ],
  ['slice from half a position', () => slice(zeros([7]), [0.5]), RangeError, /^slice: \[0\.5\].*\[7\].*whole/],
  ['pad of another number of axes', () => pad(zeros([2, 3]), [[1, 1]]), RangeError, /^pad: \[1\] .*\[2,3\]/],
  ['pad by a negative amount', () => pad(zeros([3]), [[-1, 0]]), RangeError, /^pad: \[-1\] .*\[3\]/],
  ['concatenate of nothing', () => concatenate([]), RangeError, /^concatenate: .*nothing/],
  [
    'concatenate of other lengths',
    () => concatenate([zeros([2, 3]), zeros([2, 4])]),
    RangeError,
    /^concatenate: \[2,3\] and \[2,4\].*axis.* 0/,
  ],
  [
    'concatenate of other ranks',
    () => concatenate([zeros([2, 3]), zeros([2])], 1),
    RangeError,
    /^concatenate: \[2,3\] and \[2\]/,
  ],
  ['concatenate of numbers', () => concatenate([tensor(1), tensor(2)]), RangeError, /^concatenate: axis 0 .* 0 axes/],

  [
    'matmul of inner lengths that differ',
    () => matmul(zeros([2, 3]), zeros([4, 5])),
    RangeError,
    /^matmul: .* 3 and 4 .*\[2,3\] times \[4,5\]/,
  ],
  [
    'matmul that forgets a transposition',
    () => matmul(zeros([2, 3]), zeros([3, 5]), { transposeB: true }),
    RangeError,
    /3 and 5 .*\[3,5\] transposed/,
  ],
  ['matmul of vectors', () => matmul(zeros([3]), zeros([3])), RangeError, /^matmul: \[3\] and \[3\]/],
  [
    'matmul of stacks that differ',
    () => matmul(zeros([2, 3, 4]), zeros([3, 4, 5])),
    RangeError,
    /^matmul: \[2,3,4\] and \[3,4,5\].*stacks/,
  ],
  [
    'matmul of stacks of the same size that differ',
    () => matmul(zeros([2, 3, 4, 5]), zeros([3, 2, 5, 6])),
    RangeError,
    /^matmul: \[2,3,4,5\] and \[3,2,5,6\].*stacks/,
  ],
  [
    'matmul of a matrix and a stack',
    () => matmul(zeros([3, 4]), zeros([2, 4, 5])),
    RangeError,
    /^matmul: \[3,4\] and \[2,4,5\]/,
  ],

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

  [
    'takeRows by numbers that are no keys',
    () => takeRows(zeros([4, 2]), zeros([3])),
    RangeError,
    /^takeRows: .*\[4,2\] and float32 \[3\]/,
  ],
  ['takeRows by a matrix', () => takeRows(zeros([4, 2]), keys), RangeError, /^takeRows: .*\[4,2\] and uint32 \[2,2\]/],
  [
    'takeRows of keys',
    () => takeRows(keys, words),
    TypeError,
    /^takeRows: \[2,2\] of uint32 .*float32, int32 or uint8/,
  ],
  ['takeRows of a number', () => takeRows(tensor(1), words), RangeError, /^takeRows: .*\[\] and uint32 \[2\]/],
  [
    'gather by floats',
    () => gather(zeros([4, 2]), zeros([3])),
    TypeError,
    /^gather: the indices are float32 \[3\]; expected int32\. Convert them with cast/,
  ],
  ['gather along no axis', () => gather(zeros([4, 2]), words, 2), RangeError, /^gather: axis 2 does not exist/],
  [
    'gather beyond the axis',
    () => gather(zeros([2, 3]), tensor(Int32Array.of(0, 1, 2, 3), [2, 2]), 1).toArray(),
    RangeError,
    /^takeRows: the row number at position 3 is 3, but the table \[3,2\] has 3 rows/,
  ],
  [
    'scatterAdd of other elements than indices',
    () => scatterAdd(zeros([3, 4]), words, 5),
    RangeError,
    /^scatterAdd: indices \[2\] do not fit \[3,4\], .* from axis 0 on/,
  ],
  [
    'scatterAdd to no length',
    () => scatterAdd(zeros([2, 4]), words, -1),
    RangeError,
    /^scatterAdd: length is -1; expected a whole number from 0/,
  ],
  [
    'scatterAdd beyond the length',
    () => scatterAdd(zeros([2, 4]), table(Uint32Array.of(0, 5)), 5).toArray(),
    RangeError,
    /^scatterRows: the row number at position 1 is 5, but the table \[5,4\] has 5 rows/,
  ],
  [
    'affineSample of no images',
    () => affineSample(zeros([2, 3, 4]), zeros([2, 3])),
    RangeError,
    /^affineSample: expected images .* and matrices \[batch,2,3\], got \[2,3,4\] and \[2,3\]/,
  ],
  [
    'affineSample by matrices of other images',
    () => affineSample(zeros([2, 3, 4, 1]), zeros([3, 2, 3])),
    RangeError,
    /^affineSample: .*got \[2,3,4,1\] and \[3,2,3\]/,
  ],
  [
    'affineSample to half a pixel',
    () => affineSample(zeros([2, 3, 4, 1]), zeros([2, 3]), { size: [0.5, 1] }),
    RangeError,
    /^affineSample: size is \[0.5,1\]; expected two whole numbers/,
  ],
  [
    'affineSample that continues images without pixels',
    () => affineSample(zeros([2, 0, 4, 1]), zeros([2, 3]), { size: [1, 1], fillMode: 'wrap' }),
    RangeError,
    /^affineSample: images \[2,0,4,1\] have no pixels/,
  ],
  ['softmax of nothing', () => softmax(zeros([3, 0])), RangeError, /^softmax: the axis of \[3,0\] is empty/],
  ['softmax of a number', () => softmax(tensor(1)), RangeError, /^softmax: axis -1 does not exist/],

  [
    'random with keys for other rows',
    () => random('normal', [3, 4], { seed: 1, keys }),
    RangeError,
    /^random: expected keys \[3,2\] .*\[3,4\], got uint32 \[2,2\]/,
  ],
  [
    'random with keys that are numbers',
    () => random('normal', [2], { seed: 1, keys: zeros([2, 2]) }),
    RangeError,
    /^random: .*got float32 \[2,2\]/,
  ],
  [
    'random with a stream that is no word',
    () => random('normal', [2], { seed: 1, stream: 2 ** 32, keys }),
    RangeError,
    /^random: stream is 4294967296/,
  ],
  ['randomUniform with a seed below 0', () => randomUniform([2], { seed: -1 }), RangeError, /^seed: got -1/],
  ['randomUniform with half a seed', () => randomUniform([2], { seed: 0.5 }), RangeError, /^seed: got 0\.5/],

  ['grad of a vector', () => grad(hole, [hole]), RangeError, /^grad: .*one number, got shape \[2,3\]/],
  ['grad in nothing', () => grad(sum(hole), []), RangeError, /^grad: name at least one tensor/],
  ['grad in a table', () => grad(sum(hole), [hole, words]), TypeError, /^grad: .*float32, got uint32/],

  ['ragged arrays', () => tensor([[1, 2], [3]]), RangeError, /^tensor: .*ragged at depth 1/],
  ['arrays beside numbers', () => tensor([[1], 2]), RangeError, /^tensor: .*ragged/],
  ['numbers beside arrays', () => tensor([1, [2]]), RangeError, /^tensor: .*ragged/],
  [
    'values that do not fill a shape',
    () => tensor(new Float32Array(5), [2, 3]),
    RangeError,
    /^tensor: 5 values .*\[2,3\].* 6 elements/,
  ],
  ['a shape that is none', () => tensor(new Float32Array(2), [2, Number.NaN]), RangeError, /^tensor: \[2,NaN\]/],
  [
    'a table that does not fill its shape',
    () => table(new Uint8Array(5), [2, 3]),
    RangeError,
    /^table: 5 elements .*\[2,3\]/,
  ],
  [
    'a table of numbers of 64 bits',
    () => table(new Float64Array(3) as never),
    TypeError,
    /^table: expected a Float32Array, an Int32Array, a Uint8Array or a Uint32Array, got Float64Array of 3\./,
  ],
  ['a table of signed bytes', () => table(new Int8Array(2) as never, [1, 2]), TypeError, /got Int8Array of 2/],
  ['a table of an array', () => table([1, 2] as never), TypeError, /got an array \[1,2\]/],
  ['a table of nothing', () => table(undefined as never), TypeError, /got undefined/],
  [
    'a placeholder of no shape',
    () => placeholder({ shape: [-2], dtype: 'float32' }, 'x'),
    RangeError,
    /^placeholder: \[-2\]/,
  ],
  ['the one value of many', () => zeros([2, 3]).item(), RangeError, /^item: .*\[2,3\].*toArray/],
  ['the one value of none', () => zeros([0]).item(), RangeError, /^item: .*\[0\]/],
  ['the values of a placeholder', () => hole.toArray(), TypeError, /^Tensor\[2,3\] is a placeholder/],
  [
    'the values of what depends on a placeholder',
    () => add(hole, 1).toArray(),
    TypeError,
    /^Tensor\[2,3\] is a placeholder/,
  ],
  [
    'the values of what depends on a placeholder among others',
    () => add(hole, zeros([3])).toArray(),
    TypeError,
    /placeholder/,
  ],
  ['the values of numbers alone', () => add(1, 2).toArray(), TypeError, /^Tensor\[\] .*numbers alone.*tensor\(\)/],
  ['the values of placeholders that are evaluated', () => compute([hole]), TypeError, /placeholder of shape \[2,3\]/],
];

describe('what cannot be done says what was got, and what was expected', () => {
  it.each(mistakes)('%s', (_what, call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });
});
