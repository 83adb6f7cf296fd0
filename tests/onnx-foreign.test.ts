import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Tensor, tensor, transpose } from '../packages/core/src/index.js';
import { fromOnnx, type ImportedModel, toOnnx } from '../packages/formats/src/onnx.js';
import { Adam, meanSquaredError, fit as train } from '../packages/pool/src/index.js';
import { relativeDifference, valuesOf } from './support/onnx-difference.js';
import { hasOnnxRuntime, type RuntimeTensor, runOnnx } from './support/onnx-runtime.js';

// Files that `torch_models.py` and `keras_models.py` made, and what ONNX Runtime made of them there.
const folder = new URL('./fixtures/onnx/', import.meta.url);
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.onnx'))
  .map((file) => file.slice(0, -5));
const EXAMPLES = 3;

const bytesOf = (name: string) => readFileSync(new URL(`${name}.onnx`, folder));
const expectedOf = (name: string): Readonly<Record<string, RuntimeTensor>> =>
  JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));

/** Channels from last to first and back, for images and for sequences. */
const toFirst = (x: Tensor) => transpose(x, x.shape.length === 4 ? [0, 3, 1, 2] : [0, 2, 1]);
const toLast = (x: Tensor) => transpose(x, x.shape.length === 4 ? [0, 2, 3, 1] : [0, 2, 1]);

/** The input of a file as `expected.py` makes it, in the order of its axes. */
function inputOf(name: string, { model, channelsLast }: ImportedModel, examples = EXAMPLES): Tensor {
  const [{ shape }] = model.inputs;
  const isLast = channelsLast.length > 0 && shape.length > 1 && !name.startsWith('keras');
  const given = isLast ? [shape[shape.length - 1], ...shape.slice(0, -1)] : shape;
  const size = given.reduce((product, length) => product * length, examples);
  return tensor(
    Float32Array.from({ length: size }, (_, i) => ((i * 37) % 101) / 101),
    [examples, ...given],
  );
}

/** What the model gives, in the file's order of axes and by its names. */
function resultsOf(imported: ImportedModel, x: Tensor, outputs: readonly string[]): Readonly<Record<string, Tensor>> {
  const { model, channelsLast } = imported;
  const [{ name }] = model.inputs;
  const isTurned = x.shape.slice(1).join() !== model.inputs[0].shape.join() || channelsLast.includes('input');
  const given = isTurned ? toLast(x) : x;
  const results = Object.values(model.callNamed({ [name]: given }));
  return Object.fromEntries(
    outputs.map((output, which) => [output, channelsLast.includes(output) ? toFirst(results[which]) : results[which]]),
  );
}

it('there are at least ten, of three exporters', () => {
  expect(names.length).toBeGreaterThanOrEqual(10);
  for (const kind of [/^torch_\w+(?<!dynamo)$/, /^torch_\w+_dynamo$/, /^keras_/]) {
    expect(names.filter((name) => kind.test(name)).length).toBeGreaterThan(1);
  }
});

describe.each(names)('%s', (name) => {
  it('gives what ONNX Runtime gives', () => {
    const imported = fromOnnx(bytesOf(name));
    const expected = expectedOf(name);
    const results = resultsOf(imported, inputOf(name, imported), Object.keys(expected));
    for (const [output, wanted] of Object.entries(expected)) {
      const difference = relativeDifference(valuesOf(results[output]), wanted);
      expect(difference).toBeLessThan(1e-4);
    }
  });

  it.skipIf(!hasOnnxRuntime)('is exported again, and still does', async () => {
    const imported = fromOnnx(bytesOf(name));
    const { model } = imported;
    const x = inputOf(name, imported, 2);
    const [{ name: input }] = model.inputs;
    const given =
      x.shape.slice(1).join() === model.inputs[0].shape.join() && !imported.channelsLast.includes('input')
        ? x
        : toLast(x);
    const again = await runOnnx(toOnnx(model), { [input]: valuesOf(given) });
    for (const [output, y] of Object.entries(model.callNamed({ [input]: given }))) {
      expect(relativeDifference(again[output], valuesOf(y))).toBeLessThan(1e-5);
    }
  });
});

describe('an autoencoder of another tool is trained further', () => {
  it.each(names.filter((name) => /cae|strided|tied/.test(name)))('%s', async (name) => {
    const imported = fromOnnx(bytesOf(name));
    const { model } = imported;
    const first = inputOf(name, imported, 8);
    const [{ shape }] = model.inputs;
    const x = (imported.channelsLast.includes('input') ? toLast(first) : first)
      .mul(0.2)
      .reshape([8, ...shape])
      .toArray();
    const options = { loss: meanSquaredError, optimizer: new Adam({ learningRate: 0.01 }), batchSize: 4, threads: 2 };
    const { history } = await train(model, { x, y: x }, { ...options, epochs: 8 });
    expect(history.loss[7]).toBeLessThan(0.8 * history.loss[0]);
    expect(model.weights.every(({ data }) => data.every(Number.isFinite))).toBe(true);
  });
});
