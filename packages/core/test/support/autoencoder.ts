import { square } from '../../src/compositions/arithmetic.js';
import { mean } from '../../src/compositions/reductions.js';
import { conv2d } from '../../src/operations/conv2d.js';
import { placeholder } from '../../src/operations/definition.js';
import { add, mul, relu, sigmoid, sub } from '../../src/operations/elementwise.js';
import { grad } from '../../src/operations/gradient.js';
import { maxPool2d } from '../../src/operations/pooling.js';
import { upsample2d } from '../../src/operations/upsample2d.js';
import type { Tensor } from '../../src/tensor/tensor.js';
import { trace } from '../../src/trace/trace.js';

/** Channels of the images before and behind each convolution. */
const CHANNELS = [1, 32, 64, 64, 32, 1];
/** What comes behind each convolution. */
const ACTIVATIONS = [relu, relu, relu, relu, sigmoid];
const RESIZES = [maxPool2d, maxPool2d, upsample2d, upsample2d, (x: Tensor) => x];

/** Kernels and biases, in their order: 74,497 parameters. */
const SHAPES = ACTIVATIONS.flatMap((_, which) => [[3, 3, ...CHANNELS.slice(which, which + 2)], [CHANNELS[which + 1]]]);

/** The convolutional autoencoder for 28x28 images. */
function autoencoder(x: Tensor, weights: readonly Tensor[]): Tensor {
  return ACTIVATIONS.reduce((image, activation, which) => {
    const [kernel, bias] = weights.slice(2 * which);
    return RESIZES[which](activation(add(conv2d(image, kernel, { padding: 'same' }), bias)));
  }, x);
}

/**
 * Its training program as a trainer builds it: inputs are the images, the weights, and sums to which gradients and
 * loss are added; outputs are the new sums.
 */
export function autoencoderTraining(count: number) {
  const input = (shape: readonly number[], name: string) => placeholder({ shape, dtype: 'float32' }, name);
  const x = input([count, 28, 28, 1], 'x');
  const weights = SHAPES.map((shape) => input(shape, 'weight'));
  const sums = [...weights.map(({ shape }) => input(shape, 'sum')), input([], 'loss')];
  const loss = mul(mean(square(sub(autoencoder(x, weights), x))), count);
  const results = [...grad(loss, weights), loss];
  const outputs = results.map((result, which) => add(sums[which], result));
  const { program } = trace(outputs, [x, ...weights, ...sums]);
  return { program, weights: weights.map((_, which) => 1 + which) };
}
