import { grad, mean, placeholder } from '@weft/core';
import { countProgram, fuse, lower, trace } from '@weft/core/program';
import { convAutoencoder } from '@weft/models';
import {
  CallContext,
  Conv2D,
  Dense,
  Flatten,
  type Layer,
  MaxPooling2D,
  meanSquaredError,
  Sequential,
  UpSampling2D,
} from '@weft/nn';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nominalWork } from './nominal.js';

/** What the compiled programs of a model multiply, with direct convolutions. */
function counted(model: Sequential, batch: number) {
  const x = placeholder({ shape: [batch, ...model.inputShape], dtype: 'float32' }, 'x');
  const target = placeholder({ shape: [batch, ...model.outputShape], dtype: 'float32' }, 'target');
  const weights = model.weights.map(({ weight }) => weight.tensor);
  const output = model.call(x, new CallContext({ training: true }));
  const loss = mean(meanSquaredError(output, target));
  const productsOf = (outputs: Parameters<typeof trace>[0]) => {
    const { program } = trace(outputs, [x, target, ...weights]);
    return countProgram(fuse(lower(program, { convolution: 'direct' }))).multiplyAccumulates;
  };
  return { forward: productsOf([output]), step: productsOf([loss, ...grad(loss, weights)]) };
}

const convolutions = fc
  .record({ filters: fc.integer({ min: 1, max: 9 }), kernelSize: fc.constantFrom(1, 3, 5) })
  .map((options): Layer => new Conv2D({ ...options, padding: 'same', activation: 'relu' }));
const others = fc.constantFrom<Layer>(new MaxPooling2D({ poolSize: 2 }), new UpSampling2D({ size: 2 }));

describe('nominalWork', () => {
  it('is what the compiled programs with direct convolutions multiply', () => {
    fc.assert(
      fc.property(
        fc.tuple(convolutions, others, convolutions, others, convolutions),
        fc.option(fc.integer({ min: 1, max: 7 }), { nil: undefined }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 3 }),
        (layers, units, channels, batch) => {
          const head = units === undefined ? [] : [new Flatten(), new Dense({ units })];
          const model = new Sequential([...layers, ...head], { inputShape: [4, 8, channels] });
          const { forward, step } = nominalWork(model);
          expect(counted(model, batch)).toEqual({ forward: batch * forward, step: batch * step });
        },
      ),
      { numRuns: 40 },
    );
  });

  it('is 9.5 million products forward for an image of the autoencoder', () => {
    const forward = 9 * (28 * 28 * 32 + 14 * 14 * 32 * 64 + 7 * 7 * 64 * 64 + 14 * 14 * 64 * 32 + 28 * 28 * 32);
    expect(nominalWork(convAutoencoder().model)).toEqual({ forward, step: 3 * forward - 9 * 28 * 28 * 32 });
  });
});
