import {
  avgPool2d,
  compute,
  conv2d,
  div,
  exp,
  grad,
  log,
  matmul,
  max,
  maxPool2d,
  mean,
  random,
  randomNormal,
  sub,
  sum,
  type Tensor,
  table,
  tanh,
  upsample2d,
} from '@weft/core';
import { hasSimd } from '@weft/core/program';
import type { Examination } from './examination.js';

const noise = (shape: readonly number[], seed: number) => randomNormal([...shape], { seed });
const image = () => noise([2, 14, 14, 16], 1);
const filters = () => noise([3, 3, 16, 16], 2);
const convolve = () => conv2d(image(), filters(), { padding: 'same' });

/** Small programs, built anew each time: a tensor that was computed is not computed again. */
const PROGRAMS: Readonly<Record<string, { build: () => Tensor; options?: Parameters<typeof compute>[1] }>> = {
  'a matrix product': { build: () => matmul(noise([37, 53], 1), noise([53, 41], 2)) },
  'a direct convolution': { build: convolve, options: { convolution: 'direct' } },
  ...Object.fromEntries(
    (['winograd2', 'winograd4', 'winograd6', 'winograd7'] as const).map((convolution) => [
      `a convolution by ${convolution}`,
      { build: convolve, options: { convolution } },
    ]),
  ),
  'a convolution after upsampling': { build: () => conv2d(upsample2d(image()), filters(), { padding: 'same' }) },
  'gradients of a convolution': {
    build: () => {
      const weight = filters();
      return grad(mean(tanh(conv2d(image(), weight, { padding: 'same' }))), [weight])[0];
    },
  },
  'pooling by maxima': { build: () => maxPool2d(image()) },
  'pooling by means': { build: () => avgPool2d(image()) },
  'a softmax': {
    build: () => {
      const logits = noise([16, 10], 3);
      const powers = exp(sub(logits, max(logits, [1], { keepDims: true })));
      return log(div(powers, sum(powers, [1], { keepDims: true })));
    },
  },
  'random numbers': { build: () => random('normal', [64, 4], { seed: 4, stream: 5, keys: keys() }) },
};

function keys(): Tensor {
  return table(
    Uint32Array.from({ length: 128 }, (_, index) => index),
    [64, 2],
  );
}

/** Float32 adds up with about seven digits, and Winograd's large tiles lose two of them. */
const TOLERANCE = 1e-3;

/** Computes small programs with emitted and with reference kernels: they are to agree but for rounding. */
export function selfTest(): Examination {
  if (!hasSimd()) return { text: 'not run without SIMD: there is nothing to compare', facts: {}, findings: [] };
  const differing: string[] = [];
  let largest = 0;
  for (const [name, { build, options }] of Object.entries(PROGRAMS)) {
    const difference = relativeDifference(
      compute([build()], { ...options, kernels: 'wasm' })[0],
      compute([build()], { kernels: 'reference' })[0],
    );
    largest = Math.max(largest, difference);
    if (!(difference <= TOLERANCE)) differing.push(name);
  }
  const count = Object.keys(PROGRAMS).length;
  const finding = {
    problem: `The emitted kernels compute something else than the reference kernels: ${differing.join(', ')}.`,
    advice:
      'Do not trust what this machine trains. Try another version of Node, and report this with "weft doctor --json".',
  };
  return {
    text: `${count - differing.length} of ${count} small programs agree with the reference kernels, to ${largest.toExponential(1)}`,
    facts: { programs: count, agreeing: count - differing.length, largestDifference: largest, tolerance: TOLERANCE },
    findings: differing.length > 0 ? [finding] : [],
  };
}

/** The largest difference, as a part of the largest value; NaN if there is one. */
function relativeDifference(values: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [difference, scale] = [0, 0];
  for (let index = 0; index < expected.length; index++) {
    difference = Math.max(difference, Math.abs(values[index] - expected[index]));
    scale = Math.max(scale, Math.abs(expected[index]));
  }
  return difference / scale;
}
