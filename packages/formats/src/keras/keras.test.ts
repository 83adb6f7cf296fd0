import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { compute, type Tensor, tensor } from '@weft/core';
import { type BaseModel, BatchNormalization, Conv2D, Dense, Dropout, GELU, l2, maxNorm, Sequential } from '@weft/nn';
import { describe, expect, test } from 'vitest';
import { decodeModel } from '../model.js';
import { packZip, unpackZip } from '../zip/zip.js';
import { decodeKeras, setKerasWeights } from './decode.js';
import { encodeKeras } from './encode.js';
import { KerasError } from './error.js';
import { readHdf5, type WantedArray } from './hdf5.js';
import { classInSnakeCase } from './names.js';

interface Case {
  readonly keras: string;
  readonly weights: string;
  readonly inputShape: readonly number[];
  readonly output: readonly number[];
}

/** Models as Keras has saved them, and what it says that they give; `keras-models.py` beside it made it. */
const { cases }: { cases: Readonly<Record<string, Case>> } = JSON.parse(
  readFileSync(new URL('../../test/fixtures/keras-models.json', import.meta.url), 'utf8'),
);
const unpacked = (base64: string) => new Uint8Array(gunzipSync(Buffer.from(base64, 'base64')));
const saved = (name: string) => unpacked(cases[name].keras);

/** What a model gives for the input that the script makes, too. */
function outputOf(model: BaseModel, shape: readonly number[]): Float32Array {
  const count = shape.reduce((product, length) => product * length, 1);
  const values = Float32Array.from({ length: count }, (_, at) => ((37 * at) % 101) / 101);
  const [{ dtype }] = model.inputs;
  const input = dtype === 'int32' ? Int32Array.from(values, (value) => Math.floor(value * 11)) : values;
  return compute([model.call(tensor(input, shape)) as Tensor])[0] as Float32Array;
}

const largest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  a.length === b.length ? Math.max(...Array.from(a, (value, at) => Math.abs(value - b[at]))) : Number.NaN;

describe('a .keras file of Keras 3', () => {
  test.each(['cae', 'cdae', 'functional', 'many', 'tokens'])('%s gives what Keras gives, to 1e-5', async (name) => {
    const { inputShape, output } = cases[name];
    expect(largest(outputOf(await decodeKeras(saved(name)), inputShape), output)).toBeLessThan(1e-5);
  });

  test('keeps names, options, penalties and constraints', async () => {
    const functional = await decodeKeras(saved('functional'));
    expect(functional.name).toBe('functional');
    expect(functional.inputs).toMatchObject([{ name: 'x', shape: [6], dtype: 'float32' }]);
    expect(functional.weights.map(({ path }) => path)).toContain('inner/slopes/alpha');
    const layerNamed = (model: BaseModel, name: string) =>
      model.layers.find((layer) => model.nameOf(layer) === name)?.config() as Record<string, unknown>;
    expect(layerNamed(functional, 'shared')).toMatchObject({ activation: 'leakyRelu', kernelRegularizer: l2(0.01) });
    expect(layerNamed(functional, 'first')).toMatchObject({
      useBias: false,
      kernelConstraint: maxNorm({ maxValue: 3 }),
    });
    const many = await decodeKeras(saved('many'));
    expect(layerNamed(many, 'conv2d_transpose')).toMatchObject({ kernelInitializer: 'heNormal', strides: [2, 2] });
    expect(layerNamed(many, 'conv2d')).toMatchObject({ groups: 2, kernelRegularizer: { l1: 0.1, l2: 0.2 } });
  });

  test('with layers that Weft does not have is refused with all of them', async () => {
    await expect(decodeKeras(saved('unknown'))).rejects.toThrow(
      "Weft does not have these layers: LSTM 'memory', UnitNormalization 'unit'.",
    );
  });

  /** The small model of one convolution and more, with options of that. */
  const withOptions = (options: object) => {
    const files = unpackZip(saved('cae'));
    const config = JSON.parse(new TextDecoder().decode(files.get('config.json')));
    const layer = config.config.layers.find(({ class_name: type }: { class_name: string }) => type === 'Conv2D');
    Object.assign(layer.config, options);
    files.set('config.json', new TextEncoder().encode(JSON.stringify(config)));
    return decodeKeras(packZip(files, { compress: false }));
  };

  test('with a layer that is not trained keeps it so', async () => {
    const frozen = ({ weights }: BaseModel) => weights.filter(({ trainable }) => !trainable).length;
    expect(frozen(await withOptions({}))).toBe(0);
    expect(frozen(await withOptions({ trainable: false }))).toBe(2);
  });

  test('with options that would change what it gives is refused', async () => {
    await expect(withOptions({ data_format: 'channels_first' })).rejects.toThrow('Weft has no data_format');
    await expect(withOptions({ dtype: 'float16' })).rejects.toThrow('computes in "float16"; Weft has float32.');
    await expect(withOptions({ lora_rank: 4 })).rejects.toThrow('Weft has no lora_rank, which is 4.');
  });

  test('without its parts, or damaged, is refused', async () => {
    await expect(decodeKeras(packZip(new Map(), { compress: false }))).rejects.toThrow('The file has no config.json');
    await expect(decodeKeras(saved('tokens').subarray(0, 2000))).rejects.toThrow(KerasError);
    const text = new TextEncoder().encode('{"class_name": "Sequential"}');
    const file = packZip(new Map([['config.json', text], ['model.weights.h5', text]]), { compress: false }); // biome-ignore format: short
    await expect(decodeKeras(file)).rejects.toThrow('A layer is not described by class_name and config with a name.');
    // Found by the fuzzer: what lies deep in a list overflowed the stack where the message was to show it.
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const layer = `{"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, ${deep}]}}`;
    const config = `{"class_name": "Sequential", "config": {"name": "m", "layers": [${layer}]}, "module": ${deep}}`;
    const nested = new Map([['config.json', new TextEncoder().encode(config)], ['model.weights.h5', text]]); // biome-ignore format: short
    await expect(decodeKeras(packZip(nested, { compress: true }))).rejects.toThrow(
      "Input 'x' has the shape [null,[...]]",
    );
    await expect(decodeKeras(saved('tokens'), { maxBytes: 100 })).rejects.toThrow('at most 100 are unpacked');
  });
});

describe('a .weights.h5 file', () => {
  test.each(['cae', 'many'])('gives a Sequential the weights that are in the .keras file: %s', async (name) => {
    const model = await decodeKeras(saved(name));
    const { name: _, ...config } = model.config() as Record<string, unknown>;
    const { modelFromConfig } = await import('@weft/nn');
    const fresh = modelFromConfig({ ...config, name: 'other', seed: 9 });
    await setKerasWeights(fresh, unpacked(cases[name].weights));
    expect(fresh.weights.map(({ path, data }) => [path, data])).toEqual(
      model.weights.map(({ path, data }) => [path, data]),
    );
  });

  test('for other layers changes nothing', async () => {
    const model = new Sequential([new Conv2D({ filters: 4, kernelSize: 5 })], { inputShape: [28, 28, 1] });
    const before = model.weights.map(({ data }) => [...data]);
    const weights = unpacked(cases.cae.weights);
    await expect(setKerasWeights(model, weights)).rejects.toThrow(
      "layers/conv2d/vars/0 is [3,3,1,4]; the layer's weight is [5,5,1,4].",
    );
    const dense = new Sequential([new Dense({ units: 1 })], { inputShape: [2] });
    await expect(setKerasWeights(dense, weights)).rejects.toThrow('has no array layers/dense/vars/0');
    expect(model.weights.map(({ data }) => [...data])).toEqual(before);
    await expect(setKerasWeights(await decodeKeras(saved('functional')), weights)).rejects.toThrow('is no Sequential');
  });

  test('that claims arrays larger than itself is refused', () => {
    const shape = [1000, 1000];
    expect(() => readHdf5(unpacked(cases.tokens.weights), [{ path: 'layers/dense/vars/0', shape }])).toThrow(
      "the layer's weight is [1000,1000]",
    );
    const often = new Array<WantedArray>(5000).fill({ path: 'layers/dense/vars/0', shape: [15, 2] });
    expect(() => readHdf5(unpacked(cases.tokens.weights), often)).toThrow('is cut short or damaged');
  });
});

describe('what is exported for Keras', () => {
  const layers = () => [
    new Conv2D({ filters: 2, kernelSize: 3, name: 'c', kernelRegularizer: l2(0.5), activation: 'leakyRelu' }),
    new BatchNormalization({ name: 'b', trainable: false }),
    new GELU({ name: 'g' }),
  ];

  test('is a file of Weft with a plan of the layers as Keras has them, and the order of its weights', () => {
    const model = new Sequential(layers(), { inputShape: [5, 5, 1], name: 'm' });
    const { weights, script } = encodeKeras(model, { author: 'me' });
    const { model: back, metadata } = decodeModel(weights);
    expect(back.config()).toEqual(model.config());
    expect(metadata.author).toBe('me');
    expect(JSON.parse(metadata['keras.weights'])).toEqual(model.weights.map(({ path }) => path));
    const plan = JSON.parse(metadata['keras.model']);
    expect(plan).toMatchObject({ name: 'm', input_shape: [5, 5, 1], dtype: 'float32' });
    expect(plan.layers[0].config).toMatchObject({
      kernel_size: [3, 3],
      activation: 'leaky_relu',
      kernel_initializer: { module: 'keras.initializers', class_name: 'GlorotUniform', config: {} },
      kernel_regularizer: { module: 'keras.regularizers', class_name: 'L1L2', config: { l2: 0.5 } },
    });
    expect(plan.layers[1].config).toMatchObject({ trainable: false, momentum: 0.99 });
    expect(plan.layers[2]).toMatchObject({ class_name: 'Activation', config: { activation: 'gelu' } });
    expect(script).toContain('def load(');
  });

  test('lists the layers that Keras does not have', () => {
    const more = [new GELU({ name: 'old', approximate: true }), new Dropout({ rate: 0.1 })];
    const transposed = new Conv2D({ name: 'far', filters: 1, kernelSize: 2, strides: 2, dilationRate: 2 });
    const model = new Sequential([...layers(), ...more, transposed], { inputShape: [9, 9, 1] });
    expect(() => encodeKeras(model)).toThrow("Keras does not have these layers: GELU 'old', Conv2D 'far'.");
  });
});

test('classes are called as Keras calls them', () => {
  const names = ['Conv2D', 'MaxPooling2D', 'PReLU', 'ReLU', 'UpSampling2D', 'Conv2DTranspose', 'ELU', 'LeakyReLU'];
  expect(names.map(classInSnakeCase)).toEqual([
    ...['conv2d', 'max_pooling2d', 'p_re_lu', 're_lu', 'up_sampling2d', 'conv2d_transpose', 'elu', 'leaky_re_lu'],
  ]);
});
