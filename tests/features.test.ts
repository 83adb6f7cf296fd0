import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { differentiate } from '../packages/core/src/differentiate/differentiate.js';
import * as core from '../packages/core/src/index.js';
import { operationTable } from '../packages/core/src/operations/table.js';
import * as programs from '../packages/core/src/program.js';
import { AUTOENCODERS } from '../packages/models/src/index.js';
import * as nn from '../packages/nn/src/index.js';
import { layerCases } from '../packages/nn/test/cases/layers.js';
import * as train from '../packages/train/src/index.js';
import { FIT_OPTIONS } from '../packages/train/src/options/fit-options.js';

const { compute, grad, mul, randomNormal, sum } = core;
const text = readFileSync(new URL('../docs/FEATURES.md', import.meta.url), 'utf8');

/** Rows of the table below a heading; cells without their backticks. */
function rowsOf(heading: string): string[][] {
  const section = text.split(`\n## ${heading}\n`)[1].split('\n## ')[0];
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}

const nameIn = ([cell]: string[]) => cell.replaceAll('`', '');
const operations = rowsOf('Operations');

const picture = (seed: number) => randomNormal([1, 4, 4, 2], { seed });
const vector = (seed: number) => randomNormal([5], { seed });
const positive = () => core.add(core.abs(vector(1)), 0.5);
const weight = () => randomNormal([3, 3, 2, 2], { seed: 3 });
/** First and second gradients of the weighted sum of an operation's results, so that its adjoints are met too. */
function gradients(f: (x: core.Tensor) => core.Tensor, x: core.Tensor): core.Tensor[] {
  const weighted = (y: core.Tensor, seed: number) => sum(mul(y, randomNormal(y.shape, { seed })));
  const [first] = grad(weighted(core.square(f(x)), 4), [x]);
  return [f(x), first, ...grad(weighted(first, 5), [x])];
}

/** Tensors that bring each operation into a program, built anew: one that was computed keeps its values. */
const samples = (): readonly core.Tensor[] => [
  ...[core.neg, core.abs, core.tanh, core.sigmoid, core.relu, core.exp, core.sin, core.cos, core.erf].flatMap((f) =>
    gradients(f, vector(1)),
  ),
  ...[core.log, core.sqrt, (x: core.Tensor) => core.pow(x, vector(2))].flatMap((f) => gradients(f, positive())),
  core.floor(vector(1)),
  ...[core.add, core.sub, core.mul, core.div, core.maximum, core.minimum].flatMap((f) =>
    gradients((x) => f(x, core.broadcastTo(vector(2), [3, 5])), vector(1)),
  ),
  ...[core.greater, core.greaterEqual, core.equal].map((f) => f(vector(1), vector(2))),
  ...gradients((x) => core.where(core.greater(x, 0), x, vector(2)), vector(1)),
  ...gradients((x) => core.max(x, [1]), picture(1)),
  ...gradients((x) => core.transpose(x, [3, 1, 0, 2]), picture(1)),
  ...gradients((x) => core.slice(x, [0, 1], [1, 4, 2]), picture(1)),
  ...gradients(
    (x) =>
      core.pad(x, [
        [0, 0],
        [1, 2],
        [0, 1],
        [0, 0],
      ]),
    picture(1),
  ),
  ...gradients((x) => core.concatenate([x, picture(2)], 3), picture(1)),
  ...gradients((x) => core.matmul(core.reshape(x, [4, 8]), randomNormal([8, 3], { seed: 6 })), picture(1)),
  ...gradients((x) => core.conv2d(x, weight()), picture(1)),
  ...gradients((w) => core.conv2d(picture(1), w, { padding: 'same', strides: 2 }), weight()),
  ...gradients((x) => core.depthwiseConv2d(x, weight()), picture(1)),
  ...gradients((w) => core.depthwiseConv2d(picture(1), w, { padding: 'same', strides: 2 }), weight()),
  ...gradients((x) => core.maxPool2d(x), picture(1)),
  ...gradients((x) => core.avgPool2d(x), picture(1)),
  ...gradients((x) => core.upsample2d(x), picture(1)),
  ...gradients((x) => core.affineSample(x, randomNormal([2, 3], { seed: 7 })), picture(1)),
  ...gradients((x) => core.takeRows(x, core.table(Uint32Array.of(2, 0))), vector(1)),
  ...gradients((x) => core.softmax(x), vector(1)),
  ...gradients((x) => core.logSoftmax(x), vector(1)),
  core.oneHot(core.argMax(picture(1)), 2),
  core.cast(core.table(Uint8Array.of(1, 2)), 'float32'),
  ...gradients((x) => mul(x, core.stopGradient(x)), vector(1)),
];

describe('the table of operations', () => {
  it('names those that programs are made of, in their order', () => {
    expect(operations.map(nameIn)).toEqual([...operationTable.keys()]);
  });

  it.each(operations)('%s: the light of its gradient is that of its rule', (cell, gradient) => {
    const rule = operationTable.get(nameIn([cell]))?.gradient;
    expect(rule ? ['🟢'] : ['⚪', '🔴']).toContain(gradient);
  });

  it('shows green where both sets of kernels compute the same, for every operation', () => {
    const met = new Set<string>();
    const options = { convolution: 'direct' } as const;
    const emitted = samples().map((sample) => compute([sample], { kernels: 'wasm', ...options })[0]);
    const references = samples().map((sample) => compute([sample], { kernels: 'reference' })[0]);
    for (const [index, sample] of samples().entries()) {
      const program = programs.trace([sample]).program;
      for (const { name } of [differentiate(program), programs.lower(program, options)].flatMap((p) => p.operations)) {
        met.add(name);
      }
      const [wasm, reference] = [emitted[index], references[index]];
      const largest = Math.max(1, ...reference.map(Math.abs));
      expect(wasm).toHaveLength(reference.length);
      wasm.forEach((value, at) => {
        expect(Math.abs(value - reference[at])).toBeLessThan(1e-4 * largest);
      });
    }
    // Float32 is rounded, in another order: no difference at all would mean that a set was compared with itself.
    expect(emitted).not.toEqual(references);
    expect([...met].sort()).toEqual([...operationTable.keys()].sort());
    const isThere = (light: string, note: string) => light === '🟢' || (light === '🟡' && note !== '');
    expect(operations.filter(([, , reference, wasm, note]) => reference !== '🟢' || !isThere(wasm, note))).toEqual([]);
  });
});

describe('the other tables', () => {
  const members = Object.entries({ ...core, ...programs, ...nn } as Readonly<Record<string, unknown>>);
  const withMethod = (method: string) =>
    members
      .filter(([, value]) => typeof value === 'function' && method in (value.prototype ?? {}))
      .map(([name]) => name);
  it('name all layers and their options', () => {
    const rows = rowsOf('Layers');
    const abstract = ['BaseLayer'];
    expect(rows.map(nameIn).sort()).toEqual(
      withMethod('weightSpecifications')
        .filter((name) => !abstract.includes(name))
        .sort(),
    );
    const common = ['name', 'trainable', 'activityRegularizer'];
    const built = Object.values(layerCases).map(({ build }) => build());
    for (const row of rows) {
      const layers = built.filter(({ type }) => type === nameIn(row));
      expect(layers, `${nameIn(row)} has no case in packages/nn/test/cases/layers.ts`).not.toEqual([]);
      const options = layers.flatMap((layer) => Object.keys(layer.config()));
      const missing = options.filter((option) => !common.includes(option) && !row[2].includes(`\`${option}\``));
      expect(missing, nameIn(row)).toEqual([]);
    }
  });

  it('name all optimisers and schedules, green', () => {
    const green = rowsOf('Optimisers').flatMap((row) => (row[1] === '🟢' ? [nameIn(row)] : []));
    const schedules = withMethod('at').filter((name) => withMethod('config').includes(name));
    expect(green).toEqual(expect.arrayContaining([...withMethod('update'), ...schedules]));
    const options = Object.keys(new nn.AdamW({ groups: [] }).config());
    expect(options.filter((option) => !text.includes(`\`${option}\``))).toEqual([]);
  });

  it('name all models and metrics', () => {
    const models = withMethod('callNamed').filter((name) => name !== 'BaseModel');
    expect(rowsOf('Models').map(nameIn).sort()).toEqual(models.sort());
    const kinds = ['values', 'sums', 'scores'];
    const metrics = Object.entries(nn as Record<string, unknown>).filter(
      ([, value]) =>
        !Array.isArray(value) && kinds.some((kind) => typeof (value as Record<string, unknown>)[kind] === 'function'),
    );
    expect(rowsOf('Metrics').map(nameIn).sort()).toEqual(metrics.map(([name]) => name).sort());
  });

  it('name all options of fit', () => {
    const named = rowsOf('Training').map(([what]) => what);
    expect(Object.keys(FIT_OPTIONS).filter((name) => !named.some((what) => what.includes(`\`${name}\``)))).toEqual([]);
  });

  it('name all callbacks, green', () => {
    const rows = rowsOf('Training');
    const isCallback = (value: unknown) =>
      typeof value === 'function' && ['onEpochEnd', 'nextLearningRate'].some((hook) => hook in (value.prototype ?? {}));
    const callbacks = Object.entries(train).flatMap(([name, value]) => (isCallback(value) ? [name] : []));
    expect(rows.filter(([, light]) => light === '🟢').map(nameIn)).toEqual(expect.arrayContaining(callbacks));
  });

  it('name what there is, and the page names all that @weft/core and @weft/nn export', () => {
    const exported = members.map(([name]) => name);
    expect(
      rowsOf('Losses')
        .map(nameIn)
        .filter((name) => !exported.includes(name)),
    ).toEqual([]);
    expect(exported.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('the table of autoencoders', () => {
  it('lists every kind with its parameters and options', () => {
    const kinds = Object.entries(AUTOENCODERS).map(([key, { parameters, options }]) => {
      return [`\`${key}\``, parameters.toLocaleString('en-US'), options.map((option) => `\`${option}\``).join(', ')];
    });
    const rows = rowsOf('Autoencoders').map((row) => row.slice(0, 3));
    expect(rows.sort()).toEqual(kinds.sort());
  });
});
