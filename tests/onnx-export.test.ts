import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as core from '../packages/core/src/index.js';
import { operationTable } from '../packages/core/src/operations/table.js';
import { OnnxError, toOnnx } from '../packages/formats/src/onnx.js';
import { AUTOENCODERS, buildAutoencoder, type ModelKey } from '../packages/models/src/index.js';
import {
  BaseLayer,
  Conv2D,
  Dense,
  input,
  Model,
  ReLU,
  Resizing,
  Sequential,
  type SequentialOptions,
} from '../packages/nn/src/index.js';
import { batchOf, layerCases, modelOf, setWeights } from '../packages/nn/test/cases/layers.js';
import { differenceOf, relativeDifference, valuesOf } from './support/onnx-difference.js';
import { hasOnnxRuntime, runOnnx } from './support/onnx-runtime.js';
import { findPython, runPython } from './support/python.js';

const { RandomStream, tensor, zeros } = core;
type Tensor = core.Tensor;

/** The oldest that is promised, and the newest that ONNX Runtime knows. */
const OPSETS = [17, 26];

describe.skipIf(!hasOnnxRuntime)('ONNX Runtime gives what the model gives, for any batch', () => {
  describe.each(OPSETS)('opset %i', (opset) => {
    it.each(Object.keys(layerCases))('%s', async (name) => {
      const each = layerCases[name];
      const model = modelOf(each);
      setWeights(model.weights);
      const bytes = toOnnx(model, { opset });
      for (const examples of [1, 3]) {
        expect(await differenceOf(model, batchOf(each, examples), bytes)).toBeLessThan(1e-5);
      }
      const fixed = toOnnx(model, { opset, batch: 2 });
      expect(await differenceOf(model, batchOf(each, 2), fixed)).toBeLessThan(1e-5);
    });

    it.each(Object.keys(AUTOENCODERS) as ModelKey[])('%s', async (key) => {
      const { model, encoder, decoder } = buildAutoencoder(key, { height: 12, width: 12 });
      const random = new RandomStream(1, 0);
      const batch = (shape: readonly number[]) => {
        const size = shape.reduce((product, length) => product * length, 1);
        return [
          tensor(
            Float32Array.from({ length: 3 * size }, () => random.uniform()),
            [3, ...shape],
          ),
        ];
      };
      for (const part of [model, encoder, ...(decoder ? [decoder] : [])]) {
        const difference = await differenceOf(part, batch(part.inputShape), toOnnx(part, { opset }));
        expect(difference).toBeLessThan(1e-5);
      }
    });
  });
});

/** A layer of one's own: a function. */
class Own extends BaseLayer {
  constructor(private readonly f: (x: Tensor) => Tensor) {
    super('Own', {}, []);
  }
  outputShape(shape: readonly number[]) {
    return this.f(zeros([2, ...shape])).shape.slice(1);
  }
  call(x: Tensor) {
    return this.f(x);
  }
  protected options() {
    return {};
  }
}

/** An image model: a convolution, so that channels come first in the file, and then some function. */
const afterConvolution = (f: (x: Tensor) => Tensor, options: Partial<SequentialOptions> = {}) =>
  new Sequential([new Conv2D({ filters: 3, kernelSize: 2, padding: 'same' }), new Own(f)], {
    inputShape: [4, 5, 2],
    seed: 5,
    name: 'own',
    ...options,
  });

const FUNCTIONS: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  'element by element': (x) => core.floor(core.sin(core.cos(core.erf(core.exp(core.neg(x)))))),
  powers: (x) => core.pow(core.abs(x), 1.5),
  'comparisons of floats': (x) => core.add(core.greater(x, 0), core.greaterEqual(core.mul(x, 2), core.abs(x))),
  'comparisons of int32': (x) => core.equal(core.cast(core.mul(x, 3), 'int32'), tensor(Int32Array.of(0, 1, 2))),
  'arithmetic of int32': (x) => core.cast(core.maximum(core.mul(core.cast(core.mul(x, 9), 'int32'), 3), 2), 'float32'),
  'a choice by a truth': (x) => core.where(core.greater(x, 0.1), core.sqrt(core.abs(x)), -2),
  'a choice by a number, repeated': (x) => core.where(tensor([0, 0.5, 1]), x, core.mul(x, tensor([1, 2, 3]))),
  'operands of fewer axes': (x) => core.mul(core.add(x, tensor([1, 2, 3])), tensor([[1], [2], [3], [4], [5]])),
  'nothing that is as large as the result': (x) =>
    core.mul(core.add(core.sum(x, [1, 2], { keepDims: true }), 1), core.max(x, 3, { keepDims: true })),
  'a value of the file, for each example': (x) =>
    core.concatenate([x, core.broadcastTo(tensor([1, 2, 3]), [...x.shape.slice(0, 3), 3])], 3),
  'axes in another order': (x) => core.transpose(x, [0, 3, 2, 1]),
  'axes in another order, and back': (x) => core.relu(core.transpose(core.transpose(x, [0, 3, 1, 2]), [0, 2, 3, 1])),
  'elements in reverse': (x) => core.flip(x, [1, 3]),
  'some of the elements': (x) => core.slice(x, [0, 1, 0, 0], [x.shape[0], 4, 5, 2], [1, 2, 2, 1]),
  'zeros around': (x) =>
    core.pad(x, [
      [0, 0],
      [1, 0],
      [0, 2],
      [1, 1],
    ]),
  'sums over channels and over all': (x) => core.add(core.sum(x, 3), core.reshape(core.sum(x, [1, 2, 3]), [-1, 1, 1])),
  'largest over rows': (x) => core.max(x, [1]),
  'softmax over channels and over rows': (x) => core.add(core.softmax(x), core.logSoftmax(x, 1)),
  'products of stacks': (x) => {
    const rows = core.reshape(x, [x.shape[0], 20, 3]);
    return core.matmul(rows, rows, { transposeB: true });
  },
  'products with one matrix': (x) =>
    core.matmul(
      x,
      tensor([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
    ),
  'a weight that is transposed': (x) =>
    core.matmul(
      x,
      tensor([
        [1, 2, 3],
        [4, 5, 6],
      ]),
      { transposeB: true },
    ),
  'numbered elements': (x) => core.cumsum(x, 2),
  'means over windows that overlap': (x) => core.avgPool2d(x, 3, { strides: 2, padding: 'same' }),
  'images in another size': (x) =>
    core.conv2dTranspose(core.upsample2d(x, [1, 3]), core.ones([2, 2, 1, 3]), { strides: 2 }),
  'without a gradient': (x) => core.mul(core.stopGradient(x), x),
  'not a number and infinities': (x) => core.div(core.sub(x, x), core.mul(x, 0)),
};

describe.skipIf(!hasOnnxRuntime)('ONNX Runtime gives what a function of operations gives', () => {
  it.each(Object.keys(FUNCTIONS))('%s', async (name) => {
    const model = afterConvolution(FUNCTIONS[name]);
    for (const opset of [13, ...OPSETS]) {
      for (const examples of [1, 4]) {
        const x = core.randomNormal([examples, 4, 5, 2], { seed: examples });
        expect(await differenceOf(model, [x], toOnnx(model, { opset }))).toBeLessThan(1e-5);
      }
    }
  });
});

describe('what a file holds', () => {
  it('has the names of inputs, outputs and weights', () => {
    const x = input({ shape: [3], name: 'given' });
    const outputs = { first: new Dense({ units: 2, name: 'one' }).apply(x), second: new ReLU().apply(x) };
    const bytes = toOnnx(new Model({ inputs: x, outputs }), { metadata: { author: 'me' } });
    const text = new TextDecoder().decode(bytes);
    for (const name of ['given', 'first', 'second', 'one/kernel', 'one/bias', 'author']) expect(text).toContain(name);
  });

  it('is the same bytes each time', () => {
    const { model } = buildAutoencoder('vae', { height: 8, width: 8 });
    expect(toOnnx(model)).toEqual(toOnnx(model));
  });

  it.skipIf(!hasOnnxRuntime)('scales and resizes bytes, where that is asked for', async () => {
    const model = afterConvolution((x) => x);
    for (const opset of OPSETS) {
      const bytes = toOnnx(model, { opset, preprocessing: { scale: 1 / 255, size: [7, 10] } });
      const image = Uint8Array.from({ length: 2 * 7 * 10 * 2 }, (_, i) => (i * 37) % 256);
      const [{ name }] = model.inputs;
      const given = await runOnnx(bytes, { [name]: { dims: [2, 7, 10, 2], data: image } });
      const scaled = tensor(
        Float32Array.from(image, (byte) => byte / 255),
        [2, 7, 10, 2],
      );
      const resized = new Sequential([new Resizing({ height: 4, width: 5 })], { inputShape: [7, 10, 2] }).call(scaled);
      expect(relativeDifference(given.own, valuesOf(model.call(resized)))).toBeLessThan(1e-5);
    }
  });

  const python = findPython('onnx');
  it.skipIf('missing' in python)('passes the checker of the standard', () => {
    const folder = mkdtempSync(join(tmpdir(), 'weft-onnx-'));
    const models = [
      ...Object.values(layerCases).map((each) => modelOf(each)),
      ...Object.values(FUNCTIONS).map((f) => afterConvolution(f)),
      ...(Object.keys(AUTOENCODERS) as ModelKey[]).map((key) => buildAutoencoder(key, { height: 12, width: 12 }).model),
    ];
    for (const [which, model] of models.entries()) {
      for (const opset of OPSETS) writeFileSync(join(folder, `${which}-${opset}.onnx`), toOnnx(model, { opset }));
    }
    const check =
      'import glob, sys, onnx\nfiles = glob.glob(sys.argv[1] + "/*")\nfor f in files: onnx.checker.check_model(f, full_check=True)\nprint(len(files))';
    const checked = runPython(python as { path: string }, check, [folder]);
    rmSync(folder, { recursive: true });
    expect(Number(checked)).toBe(2 * models.length);
  });
});

describe('what ONNX cannot express', () => {
  it('is listed all at once, with the layers in which it stands', () => {
    const x = input({ shape: [4, 4, 1] });
    const turned = (name: string) =>
      Object.assign(
        new Own((y) =>
          core.affineSample(
            y,
            tensor([
              [0, 1, 0],
              [1, 0, 0],
            ]),
          ),
        ),
        { name },
      );
    const sloped = Object.assign(new Own((y) => core.grad(core.sum(core.square(y)), [y])[0]), { name: 'slope' });
    const y = sloped.apply(turned('second').apply(turned('first').apply(x)));
    const model = new Model({ inputs: x, outputs: y, name: 'odd' });
    expect(() => toOnnx(model)).toThrow(OnnxError);
    expect(() => toOnnx(model)).toThrow(/^toOnnx: odd has what ONNX cannot express\.\n.*\n.*$/);
    expect(() => toOnnx(model)).toThrow(
      'affineSample in first, second: images are read through a map that is no resizing',
    );
    expect(() => toOnnx(model)).toThrow('gradient in slope: it is a part of a gradient');
  });

  it('for any batch is said, and goes for one batch', async () => {
    const model = afterConvolution((x) => core.sub(x, core.mean(x, 0, { keepDims: true })));
    expect(() => toOnnx(model)).toThrow('own is another program for each batch: constant has');
    expect(() => toOnnx(model)).toThrow('Export it with batch: n');
    const x = core.randomNormal([2, 4, 5, 2], { seed: 1 });
    if (hasOnnxRuntime) expect(await differenceOf(model, [x], toOnnx(model, { batch: 2 }))).toBeLessThan(1e-5);
  });

  it('options that are none are refused', () => {
    const model = afterConvolution((x) => x);
    expect(() => toOnnx(model, { opset: 12 })).toThrow('opset is 12; expected a whole number from 13 to 26');
    expect(() => toOnnx(model, { batch: 0 })).toThrow("batch is 0; expected 'dynamic' or a whole number from 1");
    expect(() => toOnnx(model, { preprocessing: { size: [0, 1] } })).toThrow('preprocessing.size');
    expect(() => toOnnx(model, { metadata: { a: 1 } as never })).toThrow('metadata');
    expect(() => toOnnx(model, { other: 1 } as never)).toThrow('other');
    const flat = new Sequential([new Dense({ units: 1 })], { inputShape: [2] });
    expect(() => toOnnx(flat, { preprocessing: { scale: 1 } })).toThrow('preprocessing is for images');
  });
});

it('the table of docs/INTERCHANGE.md names every operation', () => {
  const text = readFileSync(new URL('../docs/INTERCHANGE.md', import.meta.url), 'utf8');
  const rows = text.split('\n| Operation ')[1].split('\n\n')[0].split('\n').slice(2);
  const named = rows.flatMap((row) => [...row.split('|')[1].matchAll(/`(\w+)`/g)].map(([, name]) => name));
  expect(named.sort()).toEqual([...operationTable.keys()].sort());
});
