import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as core from '../packages/core/src/index.js';
import { decodeModel, encodeModel } from '../packages/formats/src/index.js';
import { handlers } from '../packages/formats/src/onnx/import/handlers.js';
import { fromOnnx, OnnxError, toOnnx } from '../packages/formats/src/onnx.js';
import { AUTOENCODERS, buildAutoencoder, type ModelKey } from '../packages/models/src/index.js';
import {
  Add,
  AveragePooling2D,
  type BaseModel,
  BatchNormalization,
  Concatenate,
  Conv2D,
  Conv2DTranspose,
  Dense,
  Flatten,
  GroupNormalization,
  input,
  MaxPooling2D,
  Model,
  PReLU,
  Resizing,
  Sequential,
  Softmax,
  UpSampling2D,
} from '../packages/nn/src/index.js';
import { batchOf, layerCases, modelOf, setWeights } from '../packages/nn/test/cases/layers.js';
import { Adam, meanSquaredError, fit as train } from '../packages/pool/src/index.js';

/** What a model gives for inputs in its order: shapes and values, whatever the outputs are called. */
function results(model: BaseModel, batch: readonly core.Tensor[]) {
  const inputs = Object.fromEntries(model.inputs.map(({ name }, which) => [name, batch[which]]));
  return Object.values(model.callNamed(inputs)).map((y) => ({ shape: y.shape, values: y.toArray() }));
}

const imported = (model: BaseModel) => fromOnnx(toOnnx(model)).model;
const weightsOf = ({ weights }: BaseModel) => weights.map(({ path, data }) => [path, data] as const);

/** Paths as an import names them: layers have no slash in their names. */
const flat = (path: string) => path.split('/').slice(0, -1).join('.') + path.slice(path.lastIndexOf('/'));

describe('what was exported and imported gives the same bits', () => {
  it.each(Object.keys(layerCases))('%s', (name) => {
    const each = layerCases[name];
    const model = modelOf(each);
    setWeights(model.weights);
    const again = imported(model);
    for (const examples of [1, 3]) {
      const batch = batchOf(each, examples);
      expect(results(again, batch)).toEqual(results(model, batch));
    }
  });

  it.each(Object.keys(AUTOENCODERS) as ModelKey[])('%s, weight by weight', async (key) => {
    const { model, encoder } = buildAutoencoder(key, { height: 12, width: 12 });
    for (const part of [model, encoder]) {
      const again = imported(part);
      const x = core.randomUniform([3, 12, 12, 1], { seed: 1 });
      expect(results(again, [x])).toEqual(results(part, [x]));
      const known = new Map(part.weights.map(({ path, data }) => [flat(path), data]));
      for (const [path, data] of weightsOf(again)) expect(data).toEqual(known.get(path));
    }
  });

  it('layers of images one after the other, whatever they are', () => {
    const layers = {
      convolution: () => new Conv2D({ filters: 2, kernelSize: 3, padding: 'same' }),
      transposed: () => new Conv2DTranspose({ filters: 2, kernelSize: 2, padding: 'same' }),
      largest: () => new MaxPooling2D({ poolSize: 2, strides: 1, padding: 'same' }),
      mean: () => new AveragePooling2D({ poolSize: 2, strides: 1, padding: 'same' }),
      normal: () => new BatchNormalization({ movingMeanInitializer: 'ones' }),
      group: () => new GroupNormalization({ groups: 1 }),
      activation: () => new PReLU({ alphaInitializer: 'heNormal', sharedAxes: [1, 2] }),
      larger: () => new UpSampling2D(),
      resized: () => new Resizing({ height: 3, width: 5 }),
      classes: () => new Softmax(),
    };
    const x = core.randomNormal([2, 4, 4, 2], { seed: 1 });
    for (const first of Object.values(layers)) {
      for (const second of Object.values(layers)) {
        const model = new Sequential([first(), second(), layers.convolution(), second()], { inputShape: [4, 4, 2] });
        expect(results(imported(model), [x])).toEqual(results(model, [x]));
      }
    }
  });

  it('after a second export, too', () => {
    const { model } = buildAutoencoder('cae', { height: 12, width: 12 });
    const once = imported(model);
    const x = core.randomUniform([2, 12, 12, 1], { seed: 1 });
    expect(results(imported(once), [x])).toEqual(results(model, [x]));
  });
});

describe('an imported model', () => {
  const x = Float32Array.from({ length: 8 * 64 }, (_, i) => ((i * 37) % 101) / 101);
  const training = (threads: number) => ({
    loss: meanSquaredError,
    optimizer: new Adam({ learningRate: 0.003 }),
    epochs: 3,
    batchSize: 4,
    threads,
  });

  it('trains as the model did, to the same bits for any number of threads', async () => {
    const { model } = buildAutoencoder('cae', { height: 8, width: 8, filters: [4, 8] });
    const bytes = toOnnx(model);
    const { history: wanted } = await train(model, { x, y: x }, training(1));
    for (const threads of [1, 3]) {
      const { model: again } = fromOnnx(bytes);
      const { history } = await train(again, { x, y: x }, training(threads));
      expect(history).toEqual(wanted);
      expect(weightsOf(again)).toEqual(weightsOf(model));
    }
    expect(wanted.loss[2]).toBeLessThan(wanted.loss[0]);
  });

  it('is saved and comes back', () => {
    const { model } = buildAutoencoder('unet', { height: 8, width: 8 });
    const again = imported(model);
    const { model: loaded } = decodeModel(encodeModel(again));
    const batch = [core.randomUniform([2, 8, 8, 1], { seed: 1 })];
    expect(loaded.config()).toEqual(again.config());
    expect(results(loaded, batch)).toEqual(results(model, batch));
  });

  it('knows which weights training does not change', () => {
    const frozen = new Dense({ units: 2, name: 'fixed', trainable: false });
    const model = new Sequential(
      [frozen, new BatchNormalization({ name: 'normal' }), new Dense({ units: 1, name: 'top' })],
      {
        inputShape: [3],
      },
    );
    const trainable = imported(model).weights.map(({ path, trainable }) => [path, trainable]);
    expect(Object.fromEntries(trainable)).toEqual({
      'fixed/kernel': false,
      'fixed/bias': false,
      'normal/gamma': true,
      'normal/beta': true,
      'normal/movingMean': false,
      'normal/movingVariance': false,
      'top/kernel': true,
      'top/bias': true,
    });
  });

  it('has a layer once that is used twice, whose weight is trained once', () => {
    const [a, b] = [input({ shape: [3] }), input({ shape: [3] })];
    const shared = new Dense({ units: 3, name: 'shared' });
    const model = new Model({ inputs: { a, b }, outputs: new Add().apply([shared.apply(a), shared.apply(b)]) });
    const again = imported(model);
    expect(again.weights.map(({ path }) => path)).toEqual(['shared/kernel', 'shared/bias']);
    const batch = [core.tensor([[1, 2, 3]]), core.tensor([[4, 5, 6]])];
    expect(results(again, batch)).toEqual(results(model, batch));
  });

  it('keeps a weight one that different operators use', () => {
    class Tied extends Dense {
      override call(x: core.Tensor, [kernel]: readonly core.Tensor[]) {
        return core.matmul(core.matmul(x, kernel), kernel, { transposeB: true });
      }
      override outputShape(shape: readonly number[]) {
        return shape;
      }
    }
    const model = new Sequential([new Tied({ units: 2, useBias: false, name: 'tied' }), new Dense({ units: 1 })], {
      inputShape: [3],
    });
    const again = imported(model);
    expect(again.weights.map(({ shape }) => shape)).toEqual(model.weights.map(({ shape }) => shape));
    const batch = [core.randomNormal([2, 3], { seed: 1 })];
    expect(results(again, batch)).toEqual(results(model, batch));
  });

  it('has several inputs and outputs by their names, with their metadata', () => {
    const [image, row] = [input({ shape: [4, 4, 1], name: 'image' }), input({ shape: [3], name: 'row' })];
    const flat = new Flatten().apply(new Conv2D({ filters: 2, kernelSize: 3 }).apply(image));
    const both = new Concatenate().apply([flat, row]);
    const outputs = { first: new Dense({ units: 2 }).apply(both), second: new Dense({ units: 1 }).apply(row) };
    const model = new Model({ inputs: [image, row], outputs, name: 'both' });
    const { model: again, metadata, channelsLast } = fromOnnx(toOnnx(model, { metadata: { author: 'me' } }));
    expect(metadata).toEqual({ author: 'me' });
    expect(channelsLast).toEqual([]);
    expect(again.name).toBe('both');
    expect(again.inputs).toEqual(model.inputs);
    expect(again.outputs).toEqual(model.outputs);
    const batch = [core.randomNormal([2, 4, 4, 1], { seed: 1 }), core.randomNormal([2, 3], { seed: 2 })];
    expect(results(again, batch)).toEqual(results(model, batch));
  });

  it('is refused where it is for one batch alone, or no model', () => {
    const model = new Sequential([new Dense({ units: 2 }), new Flatten()], { inputShape: [3] });
    const fixed = toOnnx(model, { batch: 2 });
    expect(() => fromOnnx(fixed)).not.toThrow(TypeError);
    expect(() => fromOnnx(new Uint8Array(0))).toThrow(OnnxError);
    expect(() => fromOnnx(Uint8Array.of(1, 2, 3))).toThrow('the bytes are no ONNX model');
  });
});

it('the table of docs/INTERCHANGE.md names every operator that is known', () => {
  const text = readFileSync(new URL('../docs/INTERCHANGE.md', import.meta.url), 'utf8');
  const rows = text.split('\n## ONNX, in\n')[1].split('\n| Kind ')[1].split('\n\n')[0];
  for (const operator of handlers.keys()) expect(rows).toMatch(new RegExp(`\\b${operator}\\b`));
});
