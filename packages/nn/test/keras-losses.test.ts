import { readFileSync } from 'node:fs';
import { grad, mean, type Tensor, tensor } from '@weft/core';
import { describe, expect, test } from 'vitest';
import * as nn from '../src/index.js';

interface Case {
  readonly loss: string;
  readonly options?: object;
  readonly prediction: string;
  readonly target: string;
  readonly losses: readonly number[];
  readonly gradient: readonly number[];
}

const fixture = new URL('./fixtures/keras-losses.json', import.meta.url);
const golden = JSON.parse(readFileSync(fixture, 'utf8')) as {
  readonly inputs: Readonly<Record<string, { readonly shape: readonly number[]; readonly data: readonly number[] }>>;
  readonly cases: readonly Case[];
};
const members = nn as unknown as Readonly<Record<string, unknown>>;
const input = (name: string) => tensor(golden.inputs[name].data, golden.inputs[name].shape);

function lossOf({ loss, options }: Case): nn.Loss {
  if (!options) return members[loss] as nn.Loss;
  return (members[`${loss}With`] as (options: object) => nn.Loss)(options);
}

/** The largest difference, as a part of the largest number. */
function distance(got: Tensor, wanted: readonly number[]): number {
  const values = [...got.toArray()];
  expect(values).toHaveLength(wanted.length);
  const largest = Math.max(...wanted.map(Math.abs));
  return Math.max(...values.map((value, at) => Math.abs(value - wanted[at]))) / largest;
}

describe('losses agree with Keras in float64, and so do their gradients', () => {
  const named = golden.cases.map((each) => {
    const { loss, options, prediction, target } = each;
    return [`${loss} ${JSON.stringify(options ?? {})} of ${prediction} and ${target}`, each] as const;
  });

  test.each(named)('%s', (_, each) => {
    const prediction = input(each.prediction);
    const losses = lossOf(each)(prediction, input(each.target));
    expect(losses.shape).toEqual(prediction.shape.slice(0, 1));
    expect(distance(losses, each.losses)).toBeLessThan(1e-5);
    const [gradient] = grad(mean(losses), [prediction]);
    expect(distance(gradient, each.gradient)).toBeLessThan(1e-5);
  });

  test('and all losses are among them', () => {
    const compared = new Set(golden.cases.flatMap(({ loss, options }) => (options ? [loss, `${loss}With`] : [loss])));
    const page = readFileSync(new URL('../../../docs/FEATURES.md', import.meta.url), 'utf8');
    const section = page.split('\n## Losses\n')[1].split('\n## ')[0];
    const named = [...section.matchAll(/^\| `(\w+)` .*🟢/gm)].map(([, name]) => name);
    const made = [...section.matchAll(/`(\w+With)`/g)].map(([, name]) => name);
    expect(made.length).toBeGreaterThan(5);
    expect([...named, ...made].filter((name) => !compared.has(name))).toEqual([]);
  });
});
