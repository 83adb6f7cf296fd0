import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as core from '../src/index.js';
import { computeByReference } from './support/kernels.js';
import { sample } from './support/numbers.js';

type Along = (x: core.Tensor, axis: number) => core.Tensor | readonly core.Tensor[];

const SHAPE = [2, 3, 4];
const index = (x: core.Tensor, axis: number) => core.tensor(new Int32Array(x.shape.at(axis) as number));

/** Every function that takes axes, applied along one of three axes. */
const functions: Readonly<Record<string, Along>> = {
  argMax: core.argMax,
  concatenate: (x, axis) => core.concatenate([x, x], axis),
  cumsum: core.cumsum,
  flip: core.flip,
  gather: (x, axis) => core.gather(x, index(x, axis), axis),
  logSoftmax: core.logSoftmax,
  logSumExp: core.logSumExp,
  max: core.max,
  mean: core.mean,
  min: core.min,
  oneHot: (x, axis) => core.oneHot(core.argMax(x, 0), 5, axis),
  prod: core.prod,
  roll: (x, axis) => core.roll(x, 1, axis),
  scatterAdd: (x, axis) => core.scatterAdd(x, index(x, axis), 2, axis),
  softmax: core.softmax,
  split: (x, axis) => core.split(x, [1], axis),
  stack: (x, axis) => core.stack([core.sum(x, 0), core.sum(x, 0)], axis),
  std: core.std,
  sum: core.sum,
  // The axis in front.
  transpose: (x, axis) => core.transpose(x, [axis, ...[0, 1, 2].filter((other) => other !== (axis + 3) % 3)]),
  variance: core.variance,
};

/** Names of the exported functions of a folder that have a parameter for axes. */
function namesIn(folder: string): string[] {
  const url = new URL(`../src/${folder}/`, import.meta.url);
  const sources = readdirSync(url).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  const text = sources.map((file) => readFileSync(new URL(file, url), 'utf8')).join('\n');
  return [...text.matchAll(/^export function (\w+)\(([\s\S]*?)\): [^\n]*? \{$/gm)]
    .filter(([, , parameters]) => /\b(axis|axes|permutation)\b/.test(parameters))
    .map(([, name]) => name)
    .filter((name) => name in core);
}

const valuesOf = (result: ReturnType<Along>) => computeByReference('node' in result ? [result] : result);

describe('negative axes count from the end', () => {
  it('in every function that takes axes', () => {
    expect([...namesIn('operations'), ...namesIn('compositions')].sort()).toEqual(Object.keys(functions).sort());
  });

  it.each(Object.entries(functions))('%s', (_name, f) => {
    const { x } = sample(SHAPE, 1);
    const results = [0, 1, 2].map((axis) => valuesOf(f(x, axis)));
    expect([-3, -2, -1].map((axis) => valuesOf(f(x, axis)))).toEqual(results);
    expect(results[0]).not.toEqual(results[1]);
  });

  it.each(Object.entries(functions))('%s says which axes there are', (name, f) => {
    const { x } = sample(SHAPE, 1);
    for (const axis of [3, -4, 0.5]) {
      expect(() => f(x, axis)).toThrow(RangeError);
      expect(() => f(x, axis)).toThrow(
        new RegExp(`^${name}: axis ${axis} does not exist in a tensor of 3 axes. Use -3 to 2.$`),
      );
    }
  });
});
