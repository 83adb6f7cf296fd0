import { describe, expect, it } from 'vitest';
import {
  add,
  clip,
  compute,
  conv2d,
  flip,
  grad,
  matmul,
  maxPool2d,
  neg,
  pad,
  randomBernoulli,
  randomNormal,
  randomUniform,
  reshape,
  roll,
  split,
  stack,
  sum,
  table,
  takeRows,
  tensor,
  transpose,
  zeros,
} from '../src/index.js';

type Mistakes = readonly (readonly [string, () => unknown, new () => Error, RegExp])[];

const none = undefined as never;
const two = tensor([1, 2]);
const image = zeros([1, 4, 4, 1]);
const kernel = zeros([3, 3, 1, 1]);

/** What types forbid, but plain JavaScript and parsed data do not. */
const misuses: Mistakes = [
  ['a tensor of strings', () => tensor(['a'] as never), TypeError, /^tensor: expected numbers .* the string 'a'/],
  ['a tensor of nothing', () => tensor(none), TypeError, /^tensor: expected numbers .*undefined/],
  ['a tensor of truths', () => tensor([true, false] as never), TypeError, /^tensor: .*got true.*Convert/],
  ['a tensor of bigints', () => tensor([1n] as never), TypeError, /^tensor: .*got the bigint 1/],
  ['a tensor of an array of bigints', () => tensor(BigInt64Array.of(1n) as never), TypeError, /BigInt64Array of 1/],
  ['a tensor of a tensor', () => tensor(two as never), TypeError, /^tensor: .*a tensor Tensor\[2\]\. .*as it is/],
  [
    'add of an array',
    () => add(two, [1, 2] as never),
    TypeError,
    /^add: .*or a number, got an array \[1,2\].*tensor\(\)/,
  ],
  ['add of a string', () => add(two, 'a' as never), TypeError, /^add: .*the string 'a'/],
  ['add of nothing', () => add(two, none), TypeError, /^add: .*undefined/],
  ['neg of an array', () => neg([1] as never), TypeError, /^neg: expected a tensor, got an array \[1\]/],
  ['sum of an array', () => sum([1] as never), TypeError, /^sum: expected a tensor/],
  ['conv2d of an array', () => conv2d([1] as never, kernel), TypeError, /^conv2d: expected a tensor/],
  ['matmul of an array', () => matmul([[1]] as never, two), TypeError, /^matmul: expected a tensor/],
  ['reshape of an array', () => reshape([1] as never, [1]), TypeError, /^reshape: expected a tensor/],
  ['transpose of an array', () => transpose([1] as never), TypeError, /^transpose: expected a tensor/],
  [
    'zeros of a length',
    () => zeros(3 as never),
    TypeError,
    /^zeros: a shape is an array of lengths, such as \[3\], got 3/,
  ],
  ['reshape to a length', () => reshape(two, 2 as never), TypeError, /^reshape: .*such as \[2\], got 2/],
  ['roll along an axis by name', () => roll(two, 1, 'x' as never), TypeError, /^roll: axes must be .*the string 'x'/],
  ['roll by nothing', () => roll(two, none, 0), RangeError, /^roll: shift is undefined/],
  ['flip of an array', () => flip([1] as never), TypeError, /^flip: expected a tensor/],
  ['stack of a tensor', () => stack(two as never), TypeError, /^stack: .*array of tensors.*brackets/],
  ['split by name', () => split(two, 'x' as never), RangeError, /^split: parts is 'x'/],
  ['pad by a number', () => pad(two, 1 as never), TypeError, /^pad: expected .*\[before, after\].*got 1/],
  [
    'sum with axes as an option',
    () => sum(two, { axes: [0] } as never),
    TypeError,
    /^sum: axes .*an object \{ axes \}/,
  ],
  [
    'sum with another option',
    () => sum(two, 0, { keepdims: true } as never),
    RangeError,
    /^sum: .*'keepdims'.*keepDims/,
  ],
  ['grad in a single tensor', () => grad(sum(two), two as never), TypeError, /^grad: .*array of tensors.*brackets/],
  ['compute of a single tensor', () => compute(two as never), TypeError, /^compute: .*array of tensors.*brackets/],
  [
    'compute by a GPU',
    () => compute([two], { kernels: 'gpu' as never }),
    RangeError,
    /^compute: kernels is 'gpu'; .*'wasm'/,
  ],
  [
    'maxPool2d with its size as an option',
    () => maxPool2d(image, { poolSize: 2 } as never),
    RangeError,
    /^maxPool2d: poolSize is an object \{ poolSize \}; it must be/,
  ],
  [
    'maxPool2d of a misspelt option',
    () => maxPool2d(image, 2, { stride: 1 } as never),
    RangeError,
    /'stride'.*mean 'strides'/,
  ],
  [
    "conv2d with the layer's option",
    () => conv2d(image, kernel, { dilationRate: 2 } as never),
    RangeError,
    /^conv2d: there is no option 'dilationRate'\. The options are strides, dilation, padding, groups\. Did you mean 'dilation'/,
  ],
  [
    'conv2d of a misspelt option',
    () => conv2d(image, kernel, { paddding: 'same' } as never),
    RangeError,
    /'paddding'.*padding/,
  ],
  [
    'matmul of a misspelt option',
    () => matmul(two, two, { transpose: true } as never),
    RangeError,
    /transposeA, transposeB/,
  ],
  [
    'randomNormal of a deviation by another name',
    () => randomNormal([1], { seed: 1, stddev: 2 } as never),
    RangeError,
    /deviation/,
  ],
  [
    'randomUniform of a bound by another name',
    () => randomUniform([1], { seed: 1, min: 2 } as never),
    RangeError,
    /low, high/,
  ],
  ['randomUniform without options', () => randomUniform([1], none), TypeError, /Give \{ seed \}/],
  [
    'randomUniform without a seed',
    () => randomUniform([1], {} as never),
    RangeError,
    /^seed: got undefined.*Give \{ seed \}/,
  ],
  [
    'randomUniform upside down',
    () => randomUniform([1], { seed: 1, low: 2, high: 1 }),
    RangeError,
    /low is 2 and high is 1/,
  ],
  [
    'randomNormal of a negative deviation',
    () => randomNormal([1], { seed: 1, deviation: -1 }),
    RangeError,
    /deviation is -1/,
  ],
  [
    'randomBernoulli beyond certainty',
    () => randomBernoulli([1], { seed: 1, probability: 2 }),
    RangeError,
    /probability is 2/,
  ],
  ['reshape that leaves a rest', () => reshape(zeros([5]), [2, -1]), RangeError, /5 elements are no multiple of 2/],
  ['reshape with two open lengths', () => reshape(zeros([4]), [-1, -1]), RangeError, /only one length may be -1/],
  ['reshape to a negative length', () => reshape(zeros([4]), [-2, -2]), RangeError, /-2 is no length/],
  ['clip upside down', () => clip(two, 3, 1), RangeError, /^clip: low is 3 and high is 1/],
  [
    'a row beyond a table',
    () => takeRows(zeros([4, 2]), table(Uint32Array.of(3, 4))).toArray(),
    RangeError,
    /^takeRows: the row number at position 1 is 4, .*\[4,2\] has 4 rows/,
  ],
];

describe('what types forbid says so, too', () => {
  it.each(misuses)('%s', (_what, call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });
});
