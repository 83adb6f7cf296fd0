import { readFileSync } from 'node:fs';
import { compute, type Tensor, tensor } from '@weft/core';
import { describe, expect, test } from 'vitest';
import * as nn from '../src/index.js';

interface Case {
  readonly metric: string;
  readonly options?: object;
  readonly prediction: string;
  readonly target: string;
  readonly value: number;
  readonly weighted?: number;
}

const fixture = new URL('./fixtures/sklearn-metrics.json', import.meta.url);
const golden = JSON.parse(readFileSync(fixture, 'utf8')) as {
  readonly inputs: Readonly<Record<string, { readonly shape: readonly number[]; readonly data: readonly number[] }>>;
  readonly cases: readonly Case[];
  readonly confusion: readonly (readonly number[])[];
};
const members = nn as unknown as Readonly<Record<string, unknown>>;
const input = (name: string) => tensor(golden.inputs[name].data, golden.inputs[name].shape);

function metricIn({ metric, options }: Case): nn.Metric {
  if (!options) return members[metric] as nn.Metric;
  return (members[`${metric}With`] as (options: object) => nn.Metric)(options);
}

const named = golden.cases.map((each) => {
  const { metric, options, prediction, target } = each;
  return [`${metric} ${JSON.stringify(options ?? {})} of ${prediction} and ${target}`, each] as const;
});

/** What is kept of examples, computed in batches of some size. */
function keptInBatches(metric: nn.Metric, prediction: Tensor, target: Tensor, size: number) {
  const parts: Record<string, number[]> = {};
  for (let begin = 0; begin < prediction.shape[0]; begin += size) {
    const end = Math.min(begin + size, prediction.shape[0]);
    const scores = nn.metricScores(metric, prediction.slice([begin], [end]), target.slice([begin], [end]));
    const values = compute(Object.values(scores));
    for (const [which, key] of Object.keys(scores).entries()) {
      parts[key] = [...(parts[key] ?? []), ...values[which]];
    }
  }
  return Object.fromEntries(Object.entries(parts).map(([key, list]) => [key, Float32Array.from(list)]));
}

describe('metrics agree with scikit-learn, Keras and TensorFlow in float64', () => {
  test.each(named)('%s', (_, each) => {
    const metric = metricIn(each);
    const [prediction, target] = [input(each.prediction), input(each.target)];
    expect(Math.abs(nn.measure(metric, prediction, target) / each.value - 1)).toBeLessThan(2e-6);
    if (each.weighted === undefined) return;
    const weighted = nn.measure(metric, prediction, target, input('weights'));
    expect(Math.abs(weighted / each.weighted - 1)).toBeLessThan(2e-6);
  });

  test('and all are among them but accuracies, which are counted by hand', () => {
    const compared = new Set(
      golden.cases.flatMap(({ metric, options }) => (options ? [metric, `${metric}With`] : metric)),
    );
    const page = readFileSync(new URL('../../../docs/FEATURES.md', import.meta.url), 'utf8');
    const section = page.split('\n## Metrics\n')[1].split('\n## ')[0];
    const named = [...section.matchAll(/^\| `(\w+)` .*🟢/gm)].map(([, name]) => name);
    const made = [...section.matchAll(/`(\w+With)`:/g)].map(([, name]) => name);
    expect(made.length).toBeGreaterThan(5);
    expect([...named, ...made].filter((name) => !compared.has(name) && !/accuracy$/i.test(name))).toEqual([
      'msSsimWith',
      'ssimWith',
    ]);
  });

  test('confusionMatrix, of labels and of scores', () => {
    const { scores, labels } = golden.inputs;
    expect(nn.confusionMatrix(scores.data, labels.data)).toEqual(golden.confusion);
    const predicted = labels.data.map((_, example) => {
      const row = scores.data.slice(example * 6, example * 6 + 6);
      return row.indexOf(Math.max(...row));
    });
    expect(nn.confusionMatrix(predicted, labels.data, { classes: 6 })).toEqual(golden.confusion);
  });
});

describe('metrics of a set', () => {
  test.each(named)('%s: have the same bits for any batches', (_, each) => {
    const metric = metricIn(each);
    const [prediction, target] = [input(each.prediction), input(each.target)];
    const set = { examples: prediction.shape[0], weights: undefined };
    const values = [7, 16, 60].map((size) =>
      nn.metricResult(metric, keptInBatches(metric, prediction, target, size), set),
    );
    expect(new Set(values).size).toBe(1);
    expect(values[0]).not.toBeNaN();
  });

  test.each(named)('%s: do not depend on the order of the examples', (_, each) => {
    const metric = metricIn(each);
    const [prediction, target] = [input(each.prediction), input(each.target)];
    const count = prediction.shape[0];
    const [mixed, targets] = [prediction, target].map((x) => {
      const [values, size] = [x.toArray(), x.size / count];
      const from = (at: number) => ((Math.floor(at / size) * 7 + 3) % count) * size + (at % size);
      return tensor(
        Float32Array.from(values, (_, at) => values[from(at)]),
        x.shape,
      );
    });
    const value = nn.measure(metric, prediction, target);
    expect(Math.abs(nn.measure(metric, mixed, targets) / value - 1)).toBeLessThan(1e-12);
  });

  test.each(named)('%s: weigh an example of weight 2 as two of them', (_, each) => {
    const metric = metricIn(each);
    const [prediction, target] = [input(each.prediction), input(each.target)];
    const count = prediction.shape[0];
    const half = Math.ceil(count / 2);
    const twice = [prediction, target].map((x) =>
      tensor([...x.toArray(), ...x.slice([0], [half]).toArray()], [count + half, ...x.shape.slice(1)]),
    );
    const weights = tensor(Float32Array.from({ length: count }, (_, example) => (example < half ? 2 : 1)));
    const wanted = nn.measure(metric, twice[0], twice[1]);
    expect(Math.abs(nn.measure(metric, prediction, target, weights) / wanted - 1)).toBeLessThan(1e-12);
  });
});
