import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tensor } from '@weft/core';
import {
  ArchitectureMismatchError,
  decodeSafetensors,
  encodeModel,
  encodeSafetensors,
  SafetensorsError,
} from '@weft/formats';
import {
  type BaseModel,
  BatchNormalization,
  Conv2D,
  Dense,
  Flatten,
  input,
  MaxPooling2D,
  Model,
  Sequential,
} from '@weft/nn';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadModel, loadWeights, saveModel } from '../index.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-models-'));
  path = join(folder, 'model.safetensors');
});
afterEach(() => rm(folder, { recursive: true }));

const small = (seed = 42, units = 3) =>
  new Sequential(
    [
      new Conv2D({ filters: 2, kernelSize: 3, activation: 'relu' }),
      new MaxPooling2D(),
      new Flatten(),
      new Dense({ units }),
    ],
    { inputShape: [6, 6, 1], seed, name: 'small' },
  );

/** Paths and values of a model's weights. */
const valuesOf = (model: BaseModel) => model.weights.map(({ path, data }) => [path, [...data]]);

describe('a saved model', () => {
  test('is loaded with its layers, its weights as they were, and its metadata', async () => {
    const model = small();
    for (const { weight } of model.weights) weight.assign(weight.data.map((_, i) => Math.sin(i)));
    await saveModel(path, model, { epoch: '7', note: 'ü "quoted"' });
    const loaded = await loadModel(path);
    expect(loaded.metadata).toEqual({ epoch: '7', note: 'ü "quoted"' });
    expect(loaded.model.config()).toEqual(model.config());
    expect(valuesOf(loaded.model)).toEqual(valuesOf(model));
    const x = tensor(
      Float32Array.from({ length: 36 }, (_, i) => i / 36),
      [1, 6, 6, 1],
    );
    expect((loaded.model as Sequential).call(x).toArray()).toEqual(model.call(x).toArray());
  });

  test('may have several inputs, and state', async () => {
    const [a, b] = [input({ shape: [3], name: 'a' }), input({ shape: [3], name: 'b' })];
    const normal = new BatchNormalization({ name: 'normal' });
    const outputs = { first: normal.apply(a), second: new Dense({ units: 2, name: 'dense' }).apply(b) };
    const model = new Model({ inputs: { a, b }, outputs });
    for (const { weight } of model.weights) weight.assign(weight.data.map((_, i) => Math.cos(i)));
    await saveModel(path, model);
    const loaded = await loadModel(path);
    expect(loaded.model.config()).toEqual(model.config());
    expect(valuesOf(loaded.model)).toEqual(valuesOf(model));
    expect(valuesOf(model).map(([name]) => name)).toContain('normal/movingMean');
  });

  test('is written whole or not at all, and leaves nothing beside', async () => {
    await saveModel(path, small(1));
    await saveModel(path, small(2));
    expect(valuesOf((await loadModel(path)).model)).toEqual(valuesOf(small(2)));
    const taken = join(folder, 'taken');
    await mkdir(join(taken, 'inside'), { recursive: true });
    await expect(saveModel(taken, small())).rejects.toThrow();
    await expect(saveModel(join(folder, 'nowhere', 'x'), small())).rejects.toThrow('ENOENT');
    expect((await readdir(folder)).sort()).toEqual(['model.safetensors', 'taken']);
  });

  test('several at once to one path leave one of them', async () => {
    await Promise.all([1, 2, 3].map((seed) => saveModel(path, small(seed))));
    const { model } = await loadModel(path);
    expect([1, 2, 3].map((seed) => valuesOf(small(seed)))).toContainEqual(valuesOf(model));
    expect(await readdir(folder)).toHaveLength(1);
  });

  test("keeps Weft's own names in the metadata for itself", async () => {
    await expect(saveModel(path, small(), { 'weft.config': '{}' })).rejects.toThrow(SafetensorsError);
  });
});

describe('weights are loaded into a model', () => {
  test('that shares its layers with its parts, which have them too', async () => {
    await saveModel(path, small(1), { epoch: '2' });
    const model = small(2);
    const part = model.slice('dense');
    expect(await loadWeights(path, model)).toEqual({ epoch: '2' });
    expect(valuesOf(model)).toEqual(valuesOf(small(1)));
    expect(part.weights[0].data).toEqual(small(1).weights[2].data);
  });

  test('of another architecture: all differences are listed, and nothing is changed', async () => {
    const weights = decodeSafetensors(encodeModel(small())).tensors;
    weights.set('extra/kernel', { dtype: 'F32', shape: [1], data: new Float32Array(1) });
    weights.set('conv2d/bias', { dtype: 'F64', shape: [2], data: new Float64Array(2) });
    weights.delete('conv2d/kernel');
    await writeFile(path, encodeSafetensors(weights));
    const model = small(3, 5);
    const error = await loadWeights(path, model).catch((error) => error);
    expect(error).toBeInstanceOf(ArchitectureMismatchError);
    expect(error.missing).toEqual(['conv2d/kernel']);
    expect(error.unexpected).toEqual(['extra/kernel']);
    expect(error.differing).toEqual([
      { name: 'conv2d/bias', found: 'F64 [2]', expected: 'F32 [2]' },
      { name: 'dense/kernel', found: 'F32 [8,3]', expected: 'F32 [8,5]' },
      { name: 'dense/bias', found: 'F32 [3]', expected: 'F32 [5]' },
    ]);
    expect(error.message).toBe(
      [
        `${path}: the weights are for another architecture than small.`,
        'Missing: conv2d/kernel.',
        'Unexpected: extra/kernel.',
        'conv2d/bias is F64 [2]; expected F32 [2].',
        'dense/kernel is F32 [8,3]; expected F32 [8,5].',
        'dense/bias is F32 [3]; expected F32 [5].',
        'Use loadModel to build the model that the file describes, or a file saved from this model.',
      ].join('\n'),
    );
    expect(valuesOf(model)).toEqual(valuesOf(small(3, 5)));
  });
});

describe('a file that is no model is refused by name', () => {
  const load = async (bytes: Uint8Array) => {
    await writeFile(path, bytes);
    return loadModel(path).catch((error) => error);
  };
  const weights = decodeSafetensors(encodeModel(small())).tensors;
  const config = (change: object) => JSON.stringify({ ...small().config(), ...change });

  test('cut short', async () => {
    const error = await load(encodeModel(small()).subarray(0, -10));
    expect(error).toBeInstanceOf(SafetensorsError);
    expect(error.message).toMatch(`${path}: the file is cut short: its tensors take`);
  });

  test('missing', async () => {
    await expect(loadModel(path)).rejects.toThrow('ENOENT');
  });

  test('a folder, or on Unix a device, which has no end', async () => {
    for (const other of [folder, ...(process.platform === 'win32' ? [] : ['/dev/zero'])]) {
      const error = await loadModel(other).catch((error) => error);
      expect(error).toBeInstanceOf(SafetensorsError);
      expect(error.message).toBe(`${other}: it is not a file. Give a .safetensors file.`);
    }
  });

  test('without layers', async () => {
    expect(String(await load(encodeSafetensors(weights)))).toContain('the file holds weights but no layers');
  });

  test('of a later version', async () => {
    const later = encodeSafetensors(weights, { 'weft.version': '3', 'weft.config': config({}) });
    expect(String(await load(later))).toContain('format version 3; this Weft reads 1 and 2. Use a newer Weft.');
  });

  test('with layers that make no model', async () => {
    for (const text of ['{', 'null', config({ layers: [] }), config({ inputShape: [1, 1, 1] })]) {
      const error = await load(encodeSafetensors(weights, { 'weft.version': '1', 'weft.config': text }));
      expect(error).toBeInstanceOf(SafetensorsError);
      expect(error.message).toContain('the layers in the file make no model');
    }
  });

  test('with names without number: some are listed, the others counted', async () => {
    const many = new Map(
      Array.from(
        { length: 5000 },
        (_, index) => [`${'n'.repeat(200)}${index}`, { dtype: 'U8', shape: [0], data: new Uint8Array(0) }] as const,
      ),
    );
    const error = await load(encodeSafetensors(many, { 'weft.version': '1', 'weft.config': config({}) }));
    expect(error).toBeInstanceOf(ArchitectureMismatchError);
    expect(error.unexpected).toHaveLength(5000);
    expect(error.message).toContain('and 4980 more');
    expect(error.message.length).toBeLessThan(5000);
  });

  test('with arrays too deep to be shown where numbers must be', async () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    for (const key of ['seed', 'stream', 'inputShape', 'name', 'layers']) {
      const text = config({ [key]: 0 }).replace(new RegExp(`"${key}":0`), `"${key}":${deep}`);
      const error = await load(encodeSafetensors(weights, { 'weft.version': '1', 'weft.config': text }));
      expect(error).toBeInstanceOf(SafetensorsError);
      expect(error.message).toContain('make no model');
      expect(error.message).not.toContain('call stack');
    }
  });

  test('with layers of other weights, however large they claim to be', async () => {
    const layers = [{ type: 'Dense', config: { name: 'dense', units: 2 ** 20 } }];
    const huge = config({ layers, inputShape: [2 ** 10] });
    const error = await load(encodeSafetensors(weights, { 'weft.version': '1', 'weft.config': huge }));
    expect(error).toBeInstanceOf(ArchitectureMismatchError);
    expect(error.differing[0].expected).toBe('F32 [1024,1048576]');
  });
});

describe('what was given in a wrong place is named', () => {
  const holder = { model: small(), encoder: small() };

  test.each([
    [
      () => saveModel(small() as never, path as never),
      "saveModel: the path is the model small; expected a text. The path comes first: saveModel('model.safetensors', model).",
    ],
    [
      () => saveModel(holder as never, 'a' as never),
      'saveModel: the path is a value of Object; expected a text. The path comes first',
    ],
    [
      () => saveModel(path, holder as never),
      'saveModel: the model is an object of model, encoder; expected a Sequential or a Model. Give its property model.',
    ],
    [
      () => saveModel(path, undefined as never),
      'saveModel: the model is undefined; expected a Sequential or a Model. Make one',
    ],
    [
      () => saveModel('', small()),
      'saveModel: the path is empty; expected a text. Give the path of a file: saveModel(',
    ],
    [
      () => loadModel(7 as never),
      "loadModel: the path is 7; expected a text. Give the path of a file: loadModel('model.safetensors').",
    ],
    [
      () => loadWeights(small() as never, path as never),
      'loadWeights: the path is the model small; expected a text. The path comes first',
    ],
    [() => loadWeights(path, holder as never), 'loadWeights: the model is an object of model, encoder'],
  ])('%#', async (call, message) => {
    const failure = await call().catch((error: Error) => error);
    expect(failure).toBeInstanceOf(TypeError);
    expect((failure as Error).message).toContain(message);
    expect(await readdir(folder)).toEqual([]);
  });
});
