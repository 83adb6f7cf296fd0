import {
  Add,
  BaseLayer,
  type BaseModel,
  BatchNormalization,
  Dense,
  input,
  type LayerOptions,
  Model,
  modelFromConfig,
  Sequential,
} from '@weft/nn';
import { expect, test } from 'vitest';
import {
  ArchitectureMismatchError,
  decodeModel,
  encodeModel,
  encodeSafetensors,
  SafetensorsError,
  setWeights,
} from './index.js';

const model = (seed: number, units = 3) => new Sequential([new Dense({ units })], { inputShape: [2], seed, name: 'm' });
const valuesOf = (of: BaseModel) => of.weights.map(({ path, data }) => [path, data]);

test('a model comes back from its bytes, with the texts that were saved with it', () => {
  const { model: back, metadata } = decodeModel(encodeModel(model(1), { epoch: '2' }));
  expect(back.config()).toEqual(model(1).config());
  expect(valuesOf(back)).toEqual(valuesOf(model(1)));
  expect(metadata).toEqual({ epoch: '2' });
});

test('weights are set from bytes, and tensors built before keep the old ones', () => {
  const other = model(2);
  const before = other.weights[0].weight.tensor;
  expect(setWeights(other, encodeModel(model(1), { epoch: '2' }))).toEqual({ epoch: '2' });
  expect(valuesOf(other)).toEqual(valuesOf(model(1)));
  expect(before.toArray()).toEqual(model(2).weights[0].data);
});

test('messages begin with the source, where there is one', () => {
  const cut = encodeModel(model(1)).subarray(0, -1);
  expect(() => decodeModel(cut)).toThrow(SafetensorsError);
  expect(() => decodeModel(cut)).toThrow(/^the file is cut short/);
  expect(() => decodeModel(cut, {}, 'a.safetensors')).toThrow(/^a\.safetensors: the file is cut short/);
  const larger = encodeModel(model(1, 4));
  expect(() => setWeights(model(1), larger)).toThrow(ArchitectureMismatchError);
  expect(() => setWeights(model(1), larger)).toThrow(/^the weights are for another architecture than m\./);
  expect(() => setWeights(model(1), larger, 'b')).toThrow(/^b: the weights are for another/);
});

test('a functional model comes back, with inner models, custom layers, state and what is not trainable', () => {
  class Mine extends BaseLayer {
    constructor(options: LayerOptions = {}) {
      super('Mine', options, []);
    }
    outputShape(inputShape: readonly number[]) {
      return inputShape;
    }
    call<T>(x: T): T {
      return x;
    }
    protected options() {
      return {};
    }
  }
  const x = input({ shape: [2], name: 'x' });
  const inner = new Sequential([new Dense({ units: 2 }), new BatchNormalization()], { inputShape: [2], name: 'inner' });
  inner.trainable = false;
  const functional = new Model({ inputs: x, outputs: { y: new Mine().apply(new Add().apply([x, inner.apply(x)])) } });
  functional.weights.forEach(({ weight, data }, i) => {
    weight.assign(data.map((value) => value + i));
  });
  const bytes = encodeModel(functional);
  const { model: back } = decodeModel(bytes, { Mine });
  expect(back.config()).toEqual(functional.config());
  expect(valuesOf(back)).toEqual(valuesOf(functional));
  expect(back.weights.map(({ path, trainable }) => [path, trainable])).toEqual(
    functional.weights.map(({ path }) => [path, false]),
  );
  expect(back.weights.at(-1)?.path).toBe('inner/batch_normalization/movingVariance');
  expect(() => decodeModel(bytes)).toThrow("there is no layer 'Mine'");
});

test('what is no model is refused, and told which model it holds', () => {
  const held = { encoder: model(1), model: model(1) };
  expect(() => encodeModel(held as never)).toThrow(
    'encodeModel: expected a model, got an object of Object. It holds models: give one of them, such as .model.',
  );
  expect(() => encodeModel(undefined as never)).toThrow(
    'expected a model, got undefined. Give a Sequential or a Model.',
  );
  expect(() => setWeights({} as never, encodeModel(model(1)))).toThrow('setWeights: expected a model');
});

test('a file of before this package knew functional models is read, and its weights are what they were', () => {
  // What version 0.1.0 wrote as the configuration, and the bits of the first weights that it drew, in hexadecimal.
  const config =
    '{"name":"small","inputShape":[5,5,1],"seed":7,"purpose":3,"layers":[{"type":"Conv2D","config":{"name":"conv2d","filters":2,"kernelSize":[2,2],"strides":[1,1],"padding":"valid","dilationRate":[1,1],"activation":"relu","useBias":true,"kernelInitializer":"glorotUniform","biasInitializer":"zeros"}},{"type":"MaxPooling2D","config":{"name":"max_pooling2d","poolSize":[2,2],"strides":[2,2],"padding":"valid"}},{"type":"Flatten","config":{"name":"flatten"}},{"type":"Dropout","config":{"name":"dropout","rate":0.25}},{"type":"Dense","config":{"name":"out","units":2,"activation":"linear","useBias":true,"kernelInitializer":"heNormal","biasInitializer":"zeros"}}]}';
  const bits = {
    'conv2d/kernel': '3ea31b98 bd2351cf 3e9094fc beafa78a 3f0a44bd bf1ce34e 3df5bbee be6e9a34',
    'conv2d/bias': '0 0',
    'out/kernel':
      '3efdbcea 3eaeed72 3e936394 3ee13d06 bf022b61 3f4e5408 bf4dfccd 3e2bd811 bd61014d bd149a8d 3e617b81 bd2a3cb9 beb99e98 3e93a227 3f371857 3f196431',
    'out/bias': '0 0',
  };
  const values = Object.entries(bits).map(([path, words]) => {
    const data = new Float32Array(Uint32Array.from(words.split(' '), (word) => Number.parseInt(word, 16)).buffer);
    return [path, data] as const;
  });
  const shapes = [[2, 2, 1, 2], [2], [8, 2], [2]];
  const tensors = values.map(([path, data], i) => [path, { dtype: 'F32' as const, shape: shapes[i], data }] as const);
  const bytes = encodeSafetensors(new Map(tensors), { note: 'x', 'weft.version': '1', 'weft.config': config });
  const { model: back, metadata } = decodeModel(bytes);
  expect(metadata).toEqual({ note: 'x' });
  expect(valuesOf(back)).toEqual(values);
  const { purpose, ...others } = JSON.parse(config);
  // Options that came later have their defaults.
  const [first, ...layers] = others.layers;
  const convolution = { ...first, config: { ...first.config, groups: 1 } };
  expect(back.config()).toEqual({ ...others, layers: [convolution, ...layers], stream: purpose });
  // Without the weights, the same are drawn again.
  expect(valuesOf(modelFromConfig(JSON.parse(config)))).toEqual(values);
});
