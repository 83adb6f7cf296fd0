import { readFileSync } from 'node:fs';
import { compute, tensor } from '@weft/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Adam, type Optimizer, SGD } from '../index.js';

type State = { parameter: Float32Array; state: Float32Array[] };

const start = (optimizer: Optimizer, values: readonly number[]): State => ({
  parameter: Float32Array.from(values),
  state: optimizer.slots.map(() => new Float32Array(values.length)),
});

function step(
  optimizer: Optimizer,
  number: number,
  { parameter, state }: State,
  gradient: Float32Array,
  options?: Parameters<typeof compute>[1],
): State {
  const gradients = tensor(gradient);
  const result = optimizer.update({
    parameter: tensor(parameter),
    gradient: gradients,
    shared: optimizer.shared?.([gradients]),
    state: state.map((slot) => tensor(slot)),
    scalars: tensor([...optimizer.scalars(number)]),
  });
  const [next, ...slots] = compute([result.parameter, ...result.state], options) as Float32Array[];
  return { parameter: next, state: slots };
}

/** The update rules for one number, in float64 and with powers taken by Math.pow. */
const rules = {
  sgd: ({ learningRate, momentum, nesterov }: SGD) => {
    let velocity = 0;
    return (parameter: number, gradient: number) => {
      velocity = momentum * velocity - learningRate * gradient;
      return parameter + (nesterov ? momentum * velocity - learningRate * gradient : velocity);
    };
  },
  adam: ({ learningRate, beta1, beta2, epsilon }: Adam) => {
    let [m, v, t] = [0, 0, 0];
    return (parameter: number, gradient: number) => {
      t++;
      m = beta1 * m + (1 - beta1) * gradient;
      v = beta2 * v + (1 - beta2) * gradient ** 2;
      const alpha = (learningRate * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t);
      return parameter - (alpha * m) / (Math.sqrt(v) + epsilon);
    };
  },
};
const optimizers: [string, Optimizer, () => (parameter: number, gradient: number) => number][] = [
  ['SGD', new SGD({ learningRate: 0.1 })],
  ['SGD with momentum', new SGD({ learningRate: 0.1, momentum: 0.9 })],
  ['SGD with Nesterov momentum', new SGD({ learningRate: 0.1, momentum: 0.9, nesterov: true })],
].map(([name, sgd]) => [name as string, sgd as SGD, () => rules.sgd(sgd as SGD)]);
for (const adam of [new Adam(), new Adam({ learningRate: 0.1, beta1: 0.5, beta2: 0.9, epsilon: 1e-3 })]) {
  optimizers.push([`Adam with beta1 ${adam.beta1}`, adam, () => rules.adam(adam)]);
}

const number = fc.float({ min: -2, max: 2, noNaN: true }).map((value) => Math.round(value * 1e3) / 1e3);

describe.each(optimizers)('%s', (_name, optimizer, rule) => {
  test('follows its formula over several steps', () => {
    fc.assert(
      fc.property(number, fc.array(number, { minLength: 1, maxLength: 6 }), (value, gradients) => {
        const next = rule();
        let expected = Math.fround(value);
        let got = start(optimizer, [value]);
        gradients.forEach((gradient, index) => {
          expected = next(expected, Math.fround(gradient));
          got = step(optimizer, index + 1, got, Float32Array.of(gradient));
          expect(Math.abs(got.parameter[0] - expected)).toBeLessThanOrEqual(2e-6 * (1 + Math.abs(expected)));
        });
      }),
      { numRuns: 20 },
    );
  });

  test('a slice of a parameter is updated to the same bits as in the whole', () => {
    const values = Array.from({ length: 37 }, (_, i) => Math.sin(i));
    const gradient = Float32Array.from(values, (value, i) => Math.cos(i) * value);
    const first = step(optimizer, 1, start(optimizer, values), gradient);
    const whole = step(optimizer, 2, first, gradient);
    const cut = (data: Float32Array) => data.slice(5, 18);
    const part = step(optimizer, 2, { parameter: cut(first.parameter), state: first.state.map(cut) }, cut(gradient));
    expect(part).toEqual({ parameter: cut(whole.parameter), state: whole.state.map(cut) });
  });

  test('comes near to the minimum of a parabola', () => {
    const values = [10 * optimizer.learningRate, -5 * optimizer.learningRate];
    let current = start(optimizer, values);
    for (let index = 1; index <= 150; index++) {
      const gradient = current.parameter.map((value) => 2 * value);
      current = step(optimizer, index, current, gradient, { kernels: 'reference' });
    }
    for (const value of current.parameter) expect(Math.abs(value)).toBeLessThan(optimizer.learningRate / 2);
  });

  test('is built again from its config through JSON', () => {
    const OptimizerClass = optimizer.constructor as new (config: unknown) => Optimizer;
    const again = new OptimizerClass(JSON.parse(JSON.stringify(optimizer.config())));
    expect(again.config()).toEqual(optimizer.config());
  });

  test('refuses steps before the first', () => {
    for (const index of [0, -1, 1.5]) expect(() => optimizer.scalars(index)).toThrow('step is');
  });
});

test("Adam's scalars agree with powers, also after very many steps", () => {
  const adam = new Adam();
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), (index) => {
      const [alpha] = adam.scalars(index);
      const expected = (0.001 * Math.sqrt(1 - 0.999 ** index)) / (1 - 0.9 ** index);
      expect(alpha / expected).toBeCloseTo(1, 10);
    }),
  );
  expect(adam.scalars(Number.MAX_SAFE_INTEGER)).toEqual([0.001]);
});

test("Adam's scalars stay the same bits from release to release", () => {
  expect(new Adam().scalars(1000)).toEqual([0.0007951758140367658]);
});

test('slots are named as in Keras', () => {
  expect(new Adam().slots).toEqual(['momentum', 'velocity']);
  expect(new SGD({ momentum: 0.9 }).slots).toEqual(['momentum']);
  expect(new SGD().slots).toEqual([]);
});

describe('ten steps agree with Keras', () => {
  const fixture = new URL('../../test/fixtures/keras-optimizers.json', import.meta.url);
  const golden = JSON.parse(readFileSync(fixture, 'utf8'));
  test.each<[string, Optimizer]>([
    ['adam', new Adam()],
    ['adamOptions', new Adam({ learningRate: 0.05, beta1: 0.8, beta2: 0.99, epsilon: 1e-3 })],
    ['adamClipped', new Adam({ globalClipNorm: 0.3 })],
    ['sgd', new SGD()],
    ['sgdMomentum', new SGD({ learningRate: 0.1, momentum: 0.9 })],
    ['sgdNesterov', new SGD({ learningRate: 0.1, momentum: 0.9, nesterov: true })],
  ])('%s', (name, optimizer) => {
    const { weights, slots } = golden.cases[name];
    let current = start(optimizer, golden.start);
    const near = (got: ArrayLike<number>, expected: number[], tolerance: number) => {
      expected.forEach((value, i) => {
        expect(Math.abs(got[i] - value)).toBeLessThanOrEqual(2e-6 * Math.abs(value) + tolerance);
      });
    };
    golden.gradients.forEach((gradient: number[], index: number) => {
      current = step(optimizer, index + 1, current, Float32Array.from(gradient));
      if (index === 0) near(current.parameter, weights[0], 5e-9);
    });
    near(current.parameter, weights[1], 5e-9);
    for (const [which, slot] of optimizer.slots.entries()) near(current.state[which], slots[slot], 0);
  });
});

test('options that are not what they must be are refused', () => {
  const refused: [() => Optimizer, string][] = [
    [() => new SGD({ learningRate: -1 }), 'SGD: learningRate is -1; expected a number from 0.'],
    [() => new SGD({ momentum: 1 }), 'SGD: momentum is 1; expected a number from 0 to below 1.'],
    [() => new SGD({ nesterov: 'yes' as never }), "SGD: nesterov is 'yes'; expected true or false."],
    [() => new SGD({ lr: 1 } as never), "SGD: there is no option 'lr'. The options are"],
    [() => new Adam({ learningRate: Number.NaN }), 'Adam: learningRate is NaN'],
    [() => new Adam({ beta1: 1 }), 'Adam: beta1 is 1'],
    [() => new Adam({ beta2: -0.1 }), 'Adam: beta2 is -0.1'],
    [() => new Adam({ globalClipNorm: 0 }), 'Adam: globalClipNorm is 0; expected a number above 0'],
    [() => new SGD({ globalClipNorm: -1 }), 'SGD: globalClipNorm is -1'],
    [() => new Adam({ epsilon: 1e-50 }), 'Adam: epsilon is 1e-50'],
  ];
  for (const [build, message] of refused) expect(build).toThrow(message);
});
