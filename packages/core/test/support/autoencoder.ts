import { Conv2D } from '../../src/layers/conv2d.js';
import { MaxPooling2D } from '../../src/layers/pooling2d.js';
import { Sequential } from '../../src/layers/sequential.js';
import { UpSampling2D } from '../../src/layers/upsampling2d.js';
import { placeholder } from '../../src/operations/definition.js';
import { add, mul } from '../../src/operations/elementwise.js';
import { grad } from '../../src/operations/gradient.js';
import { trace } from '../../src/trace/trace.js';
import { meanSquaredError } from '../../src/training/losses.js';

/** The convolutional autoencoder for 28x28 images: 74,497 parameters. */
function autoencoder(): Sequential {
  const convolution = (filters: number) =>
    new Conv2D({ filters, kernelSize: 3, padding: 'same', activation: filters === 1 ? 'sigmoid' : 'relu' });
  return new Sequential(
    [
      ...[32, 64].flatMap((filters) => [convolution(filters), new MaxPooling2D({ poolSize: 2 })]),
      ...[64, 32].flatMap((filters) => [convolution(filters), new UpSampling2D({ size: 2 })]),
      convolution(1),
    ],
    { inputShape: [28, 28, 1] },
  );
}

/**
 * Its training program as a trainer builds it: inputs are the images, the weights, and sums to which gradients and
 * loss are added; outputs are the new sums.
 */
export function autoencoderTraining(count: number) {
  const model = autoencoder();
  const input = (shape: readonly number[], name: string) => placeholder({ shape, dtype: 'float32' }, name);
  const x = input([count, 28, 28, 1], 'x');
  const weights = model.parameterSpecifications.map(({ shape, name }) => input(shape, name));
  const sums = [...weights.map(({ shape }) => input(shape, 'sum')), input([], 'loss')];
  const loss = mul(meanSquaredError(model.call(x, { training: true }, weights), x), count);
  const results = [...grad(loss, weights), loss];
  const outputs = results.map((result, which) => add(sums[which], result));
  const { program } = trace(outputs, [x, ...weights, ...sums]);
  return { program, weights: weights.map((_, which) => 1 + which) };
}
