import { describe, expect, test } from 'vitest';
import { CallContext, modelFromConfig } from '../src/index.js';
import { batchOf, layerCases, layersWithoutCase, modelOf } from './cases/layers.js';

const inference = new CallContext({ training: false });

test('every layer has a case', () => {
  expect(layersWithoutCase()).toEqual([]);
});

describe.each(Object.entries(layerCases))('%s', (_, each) => {
  test('gives the shape that it announces, with and without training', () => {
    const model = modelOf(each);
    const inputs = [...batchOf(each, 3)];
    const shape = [3, ...model.outputShape];
    expect(model.call(inputs, inference).shape).toEqual(shape);
    const output = model.call(inputs, new CallContext({ training: true }));
    expect(output.toArray()).toHaveLength(shape.reduce((size, length) => size * length, 1));
  });

  test('comes back from its config, as JSON, and computes the same', () => {
    const model = modelOf(each);
    const config = JSON.parse(JSON.stringify(model.config()));
    const again = modelFromConfig(config);
    expect(again.config()).toEqual(model.config());
    expect(again.layers[0]).toBeInstanceOf(model.layers[0].constructor);
    const [wanted, got] = [model, again].map((of) => of.callNamed(inputsOf(of.inputs.map(({ name }) => name))));
    expect(Object.values(got)[0].toArray()).toEqual(Object.values(wanted)[0].toArray());
  });

  test('stands in a summary with its shape and weights', () => {
    const model = modelOf(each);
    const text = model.summary();
    expect(text).toContain(model.layers[0].type);
    expect(text).toContain(String(model.countWeights()));
  });

  const inputsOf = (names: readonly string[]) => {
    const tensors = batchOf(each, 2);
    return Object.fromEntries(names.map((name, which) => [name, tensors[which]]));
  };
});
