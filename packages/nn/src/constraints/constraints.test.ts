import { mean, square, type Tensor, tensor } from '@weft/core';
import { describe, expect, test } from 'vitest';
import {
  BatchNormalization,
  type Constraint,
  Conv2D,
  Dense,
  maxNorm,
  minMaxNorm,
  modelFromConfig,
  nonNeg,
  Sequential,
  SGD,
  trainStep,
  unitNorm,
  Weight,
} from '../index.js';

const values = [3, -0.5, 4, 0.5];
const constrained = (constraint: Constraint, data = values, shape = [2, 2]) => {
  const weight = new Weight({ name: 'kernel', shape, initializer: 'zeros', constraint });
  return [...weight.constrain(tensor(data, shape)).toArray()];
};
const close = (numbers: readonly number[]) => numbers.map((each) => expect.closeTo(each, 5));

describe('a constraint', () => {
  test('bounds norms along the axes that it names', () => {
    expect(constrained(maxNorm({ maxValue: 2.5 }))).toEqual(close([1.5, -0.5, 2, 0.5]));
    expect(constrained(maxNorm({ maxValue: 4.02, axis: -1 }))).toEqual(
      close([3, -0.5, 4, 0.5].map((each, i) => (i < 2 ? each : (each * 4.02) / Math.hypot(4, 0.5)))),
    );
    expect(constrained(unitNorm())).toEqual(close([0.6, -Math.SQRT1_2, 0.8, Math.SQRT1_2]));
    expect(constrained(minMaxNorm({ minValue: 1, maxValue: 4, rate: 0.5 }))).toEqual(
      close([2.7, -0.60355, 3.6, 0.60355]),
    );
    expect(constrained(maxNorm({ axis: [0, 1, 2] }), new Array(16).fill(1), [2, 2, 2, 2])).toEqual(
      close(new Array(16).fill(2 / Math.sqrt(8))),
    );
  });

  test('takes negative numbers away', () => {
    expect(constrained(nonNeg())).toEqual([3, 0, 4, 0.5]);
  });

  test('leaves zeros as they are', () => {
    for (const constraint of [maxNorm(), unitNorm(), minMaxNorm({ minValue: 0.5 }), nonNeg()]) {
      expect(constrained(constraint, [0, 0, 0, 0])).toEqual([0, 0, 0, 0]);
    }
  });
});

describe('layers', () => {
  const options = { kernelConstraint: maxNorm({ axis: 0 }), biasConstraint: nonNeg() };
  const layers = () => [
    new Conv2D({ filters: 2, kernelSize: 2, ...options }),
    new BatchNormalization({ gammaConstraint: nonNeg(), betaConstraint: minMaxNorm() }),
    new Dense({ units: 2, ...options }),
  ];

  test('give constraints to their weights, and keep them as data', () => {
    const model = new Sequential(layers(), { inputShape: [3, 3, 1] });
    const again = modelFromConfig(JSON.parse(JSON.stringify(model.config())));
    expect(again.config()).toEqual(model.config());
    const named = again.weights.map(({ path, weight }) => `${path} ${weight.constraint?.name}`);
    expect(named.filter((text) => !text.includes('moving'))).toEqual([
      'conv2d/kernel maxNorm',
      'conv2d/bias nonNeg',
      'batch_normalization/gamma nonNeg',
      'batch_normalization/beta minMaxNorm',
      'dense/kernel maxNorm',
      'dense/bias nonNeg',
    ]);
    expect(new Dense({ units: 1 }).config()).not.toHaveProperty('kernelConstraint');
  });

  test('are constrained by a step of a loop, behind the update', () => {
    const layer = new Dense({ units: 1, kernelConstraint: unitNorm(), biasConstraint: nonNeg() });
    const model = new Sequential([layer], { inputShape: [2] });
    const step = trainStep(model, new SGD({ learningRate: 0.5 }));
    const x = tensor([
      [1, 2],
      [3, -1],
    ]);
    step((context) => mean(square(model.call(x, context).add(3) as Tensor)));
    const [kernel, bias] = model.weights.map(({ data }) => data);
    expect(Math.hypot(...kernel)).toBeCloseTo(1, 5);
    expect([...bias]).toEqual([0]);
  });
});

test('what is no constraint is refused, and axes that a weight does not have', () => {
  const refused: [() => unknown, string][] = [
    [() => maxNorm({ maxValue: 0 }), 'maxNorm: maxValue is 0; expected a number above 0'],
    [() => maxNorm({ axis: 0.5 }), 'maxNorm: axis is 0.5; expected an axis of the weight'],
    [() => minMaxNorm({ minValue: 2 }), 'minMaxNorm: minValue is 2; expected a number up to maxValue, which is 1'],
    [() => unitNorm({ axes: 0 } as never), "unitNorm: there is no option 'axes'"],
    [() => new Dense({ units: 1, kernelConstraint: 'maxNorm' as never }), 'Dense: kernelConstraint is'],
    [() => new Dense({ units: 1, kernelConstraint: maxNorm as never }), 'expected a constraint: maxNorm(), nonNeg()'],
    [
      () => new Dense({ units: 1, kernelConstraint: { name: 'maxNorm', max: 1 } as never }),
      "Dense: kernelConstraint: there is no option 'max'",
    ],
    [
      () => new Sequential([new Dense({ units: 1, biasConstraint: maxNorm({ axis: 1 }) })], { inputShape: [2] }),
      'maxNorm: axis is 1, but the bias is [1].',
    ],
  ];
  for (const [build, message] of refused) expect(build).toThrow(message);
});
