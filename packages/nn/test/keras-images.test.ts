import { readFileSync } from 'node:fs';
import { grad, mul, sum, table, tensor } from '@weft/core';
import { sizeOf } from '@weft/core/program';
import { describe, expect, it } from 'vitest';
import * as nn from '../src/index.js';

interface Golden {
  readonly layer: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly shape: readonly number[];
  readonly adapt?: readonly number[];
  readonly outputShape: readonly number[];
  readonly output: readonly number[];
  readonly gradient: readonly number[];
}

const golden: {
  readonly cases: readonly Golden[];
  readonly embedding: {
    readonly tokens: readonly number[];
    readonly output: readonly number[];
    readonly gradient: readonly number[];
  };
} = JSON.parse(readFileSync(new URL('./fixtures/keras-images.json', import.meta.url), 'utf8'));

/** The script's numbers: three decimals of a sine. */
const numbers = (shape: readonly number[], phase: number) =>
  tensor(
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.round(Math.sin(i * 1.7 + phase) * 2000) / 1000),
    shape,
  );

/** Within 1e-5 of the largest magnitude: images, places and weights are rounded to float32 on the way. */
function expectClose(got: ArrayLike<number>, want: readonly number[]): void {
  expect(got.length).toBe(want.length);
  const allowed = 1e-5 * Math.max(...want.map(Math.abs));
  want.forEach((value, i) => {
    expect(Math.abs(got[i] - value), `element ${i}: ${got[i]}, expected ${value}`).toBeLessThanOrEqual(allowed);
  });
}

/** A context of training in which images are numbered from 0. */
const trainingOf = (batch: number) =>
  new nn.CallContext({
    training: true,
    random: {
      seed: table(Uint32Array.of(1, 0)),
      keys: table(
        Uint32Array.from({ length: 2 * batch }, (_, i) => (i % 2 === 0 ? i / 2 : 1)),
        [batch, 2],
      ),
    },
  });

describe('values and gradients are those of Keras', () => {
  it.each(golden.cases.map((each) => [`${each.layer} ${JSON.stringify(each.options)}`, each] as const))(
    '%s',
    (_name, { layer: type, options, shape, adapt, outputShape, output, gradient }) => {
      const Layer = (nn as unknown as Record<string, new (options: object) => nn.BaseLayer>)[type];
      const layer = new Layer(options);
      if (adapt) (layer as nn.Normalization).adapt(numbers(adapt, 2));
      const x = numbers(shape, 1);
      const y = layer.invoke(x, trainingOf(shape[0]));
      expect(y.shape).toEqual(outputShape);
      expect([shape[0], ...layer.outputShape(shape.slice(1))]).toEqual(outputShape);
      expectClose(y.toArray(), output);
      expectClose(grad(sum(mul(y, numbers(outputShape, 3))), [x])[0].toArray(), gradient);
    },
  );

  it('Embedding', () => {
    const { tokens, output, gradient } = golden.embedding;
    const layer = new nn.Embedding({ inputDim: 5, outputDim: 3 });
    const x = tensor(Int32Array.from(tokens), [2, 4]);
    const weights = numbers([5, 3], 1);
    const y = layer.call(x, [weights]);
    expect(y.shape).toEqual([2, ...layer.outputShape([4])]);
    expectClose(y.toArray(), output);
    expectClose(grad(sum(mul(y, numbers([2, 4, 3], 3))), [weights])[0].toArray(), gradient);
  });
});
