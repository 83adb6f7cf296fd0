import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compute, type Tensor, tensor } from '../packages/core/src/index.js';
import { decodeNpz, encodeNpz } from '../packages/formats/src/arrays.js';
import { decodeKeras, encodeKeras, KerasError } from '../packages/formats/src/keras.js';
import { AUTOENCODERS, buildAutoencoder, type ModelKey } from '../packages/models/src/index.js';
import type { BaseModel } from '../packages/nn/src/index.js';
import { batchOf, layerCases, modelOf, setWeights } from '../packages/nn/test/cases/layers.js';
import { findPython, runPython } from './support/python.js';

/** Loads each model by the module that Weft has written, says what it gives, and saves it as Keras does. */
const LOAD = `
import importlib.util, json, os, sys
os.environ.setdefault("KERAS_BACKEND", "torch" if importlib.util.find_spec("torch") else "tensorflow")
import keras
import numpy as np
folder = sys.argv[1]
results, failures = {}, {}
for number in range(int(sys.argv[2])):
    path = os.path.join(folder, f"m{number}")
    try:
        spec = importlib.util.spec_from_file_location(f"m{number}", path + ".py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        model = module.load()
        with np.load(path + ".npz") as file:
            inputs = {name: file[name] for name in file.files}
        results[f"m{number}"] = keras.ops.convert_to_numpy(model(inputs if len(inputs) > 1 else inputs["x0"], training=False))
        model.save(path + ".keras")
    except Exception as error:
        failures[f"m{number}"] = str(error)[-300:]
np.savez(os.path.join(folder, "results.npz"), **results)
print(json.dumps(failures))
`;

interface Example {
  readonly name: string;
  readonly model: BaseModel;
  readonly inputs: readonly Tensor[];
}

const layers = Object.entries(layerCases).map(([name, layerCase]): Example => {
  const model = modelOf(layerCase) as unknown as BaseModel;
  setWeights(model.weights);
  return { name, model, inputs: batchOf(layerCase, 2) };
});

const autoencoders = (Object.keys(AUTOENCODERS) as ModelKey[]).map((name): Example => {
  const { reconstructor } = buildAutoencoder(name, { height: 28, width: 28, seed: 5 });
  const pixels = Float32Array.from({ length: 2 * 784 }, (_, at) => ((37 * at) % 101) / 101);
  return { name, model: reconstructor, inputs: [tensor(pixels, [2, 28, 28, 1])] };
});

const examples = [...autoencoders, ...layers];

function exported({ model }: Example) {
  try {
    return encodeKeras(model);
  } catch (error) {
    if (error instanceof KerasError) return undefined;
    throw error;
  }
}

function outputOf({ model, inputs }: Example): Float32Array {
  const named = Object.fromEntries(model.inputs.map(({ name }, at) => [name, inputs[at]]));
  const output = model.call((inputs.length > 1 ? named : inputs[0]) as never) as Tensor;
  return compute([output])[0] as Float32Array;
}

const difference = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  a.length === b.length ? Array.from(a).reduce((most, value, at) => Math.max(most, Math.abs(value - b[at])), 0) : NaN;

it('exports every layer that Keras has, and every autoencoder of such layers', () => {
  const missing = examples.filter((each) => !exported(each)).map(({ name }) => name);
  // Keras has neither the polynomial of GELU as a layer, nor strides with gaps; its Normalization is adapted, not built.
  // Operations are pieces of programs, which Keras does not know.
  expect(missing.sort()).toEqual([
    'Conv2DTranspose with all options',
    'DepthwiseConv2D with all options',
    'GELU approximate',
    'Normalization',
    'Operations',
  ]);
});

const python = findPython('keras');
const folder = mkdtempSync(join(tmpdir(), 'weft-keras-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf('missing' in python)(`with Keras${'missing' in python ? `: ${python.missing}` : ''}`, () => {
  it('what Weft exports gives the same there, and comes back, to 1e-5', async () => {
    const possible = examples.filter((each) => exported(each));
    for (const [number, example] of possible.entries()) {
      const { weights, script } = encodeKeras(example.model);
      writeFileSync(join(folder, `m${number}.safetensors`), weights);
      writeFileSync(join(folder, `m${number}.py`), script);
      const inputs = example.inputs.map((x, at) => [
        `x${at}`,
        { data: compute([x])[0] as Float32Array, shape: x.shape },
      ]);
      writeFileSync(join(folder, `m${number}.npz`), encodeNpz(Object.fromEntries(inputs)));
    }
    const told = runPython(python as { path: string }, LOAD, [folder, String(possible.length)]);
    const failures = Object.entries(JSON.parse(told.trim().split('\n').at(-1) ?? '{}'));
    expect(failures.map(([key, failure]) => [possible[Number(key.slice(1))].name, failure])).toEqual([]);
    const results = decodeNpz(readFileSync(join(folder, 'results.npz')));
    const far: unknown[] = [];
    for (const [number, example] of possible.entries()) {
      const expected = outputOf(example);
      const there = difference(expected, results.get(`m${number}`)?.data as Float32Array);
      const back = await decodeKeras(readFileSync(join(folder, `m${number}.keras`)));
      const here = difference(expected, outputOf({ ...example, model: back }));
      if (!(there < 1e-5 && here < 1e-5)) far.push([example.name, there, here]);
    }
    expect(far).toEqual([]);
  });
});
