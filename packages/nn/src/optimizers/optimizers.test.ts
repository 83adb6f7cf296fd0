import { compute, tensor } from '@weft/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  Adagrad,
  Adam,
  Adamax,
  AdamW,
  biasesAndScales,
  Lion,
  type Optimizer,
  RMSprop,
  SGD,
  type SGDOptions,
} from '../index.js';

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
  sgd: (optimizer: SGD) => {
    const { momentum, nesterov } = optimizer.options;
    const learningRate = optimizer.learningRate as number;
    let velocity = 0;
    return (parameter: number, gradient: number) => {
      velocity = momentum * velocity - learningRate * gradient;
      return parameter + (nesterov ? momentum * velocity - learningRate * gradient : velocity);
    };
  },
  adam: (optimizer: Adam) => {
    const { beta1, beta2, epsilon } = optimizer.options;
    const learningRate = optimizer.learningRate as number;
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
  optimizers.push([`Adam with beta1 ${adam.options.beta1}`, adam, () => rules.adam(adam)]);
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
    const learningRate = optimizer.learningRate as number;
    const values = [10 * learningRate, -5 * learningRate];
    let current = start(optimizer, values);
    for (let index = 1; index <= 150; index++) {
      const gradient = current.parameter.map((value) => 2 * value);
      current = step(optimizer, index, current, gradient, { kernels: 'reference' });
    }
    for (const value of current.parameter) expect(Math.abs(value)).toBeLessThan(learningRate / 2);
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

test('every optimiser is built again from its config through JSON, with what every one can do', () => {
  const more = { weightDecay: 0.1, excludeFromWeightDecay: biasesAndScales, clipValue: 1, useEma: true };
  const groups = [{ match: ['a', 'b'], learningRateMultiplier: 2 }];
  for (const OptimizerClass of [Adam, AdamW, SGD, RMSprop, Lion, Adagrad, Adamax]) {
    const config = new OptimizerClass({ ...more, emaMomentum: 0.9, emaOverwriteFrequency: 5, groups }).config();
    expect(config).toMatchObject({ ...more, emaMomentum: 0.9, emaOverwriteFrequency: 5, groups });
    const again = new OptimizerClass(JSON.parse(JSON.stringify(config)));
    expect([again.config(), again.name]).toEqual([config, OptimizerClass.name]);
    expect(new OptimizerClass().config()).not.toHaveProperty('useEma');
  }
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
  expect(new Adam({ amsgrad: true, useEma: true }).slots).toEqual(['momentum', 'velocity', 'velocity_hat', 'average']);
  expect(new SGD({ momentum: 0.9 }).slots).toEqual(['momentum']);
  expect(new SGD().slots).toEqual([]);
});

/** The number after some steps with a constant gradient, at a path. */
function after(optimizer: Optimizer, value: number, gradient: number, path: string, steps = 1): number {
  let parameter = value;
  let state = optimizer.slots.map(() => 0);
  for (let index = 1; index <= steps; index++) {
    const gradients = tensor([gradient]);
    const result = optimizer.update({
      parameter: tensor([parameter]),
      gradient: gradients,
      state: state.map((each) => tensor([each])),
      scalars: tensor([...optimizer.scalars(index)]),
      shared: optimizer.shared?.([gradients]),
      path,
    });
    [parameter, ...state] = compute([result.parameter, ...result.state]).map(([first]) => first);
  }
  return parameter;
}

describe('weight decay', () => {
  const rate = { learningRate: 0.5, weightDecay: 0.1 };

  test('takes learning rate times decay off a weight, for every optimiser, whatever its gradient', () => {
    for (const optimizer of [new SGD(rate), new Adam(rate), new AdamW(rate), new RMSprop(rate), new Lion(rate)]) {
      expect(after(optimizer, 2, 0, 'dense/kernel'), optimizer.name).toBeCloseTo(2 - 2 * 0.5 * 0.1, 6);
    }
    expect(after(new AdamW({ learningRate: 0.5 }), 2, 0, 'dense/kernel')).toBeCloseTo(2 - 2 * 0.5 * 0.004, 6);
    expect(after(new SGD({ learningRate: 0.5 }), 2, 0, 'dense/kernel')).toBe(2);
  });

  test('spares weights by parts of their paths, or by a function', () => {
    const spares = (excludeFromWeightDecay: SGDOptions['excludeFromWeightDecay'], path: string) =>
      after(new SGD({ ...rate, excludeFromWeightDecay }), 2, 0, path) === 2;
    expect(['conv/bias', 'norm/gamma', 'norm/beta'].map((path) => spares(biasesAndScales, path))).toEqual([
      true,
      true,
      true,
    ]);
    expect(['conv/kernel', 'bias_net/kernel'].map((path) => spares(biasesAndScales, path))).toEqual([false, false]);
    expect(['encoder/dense/kernel', 'dense/kernel'].map((path) => spares('encoder/dense', path))).toEqual([
      true,
      false,
    ]);
    expect(['a/kernel', 'b/kernel'].map((path) => spares((text) => text.startsWith('a/'), path))).toEqual([
      true,
      false,
    ]);
  });
});

describe('groups', () => {
  const groups = [
    { match: 'head', learningRateMultiplier: 10 },
    { match: (path: string) => path.startsWith('body/'), weightDecay: 0.2, learningRateMultiplier: 0.5 },
    { match: 'frozen', frozen: true },
  ];
  const optimizer = new SGD({ learningRate: 0.1, weightDecay: 0.5, groups });

  test('have learning rates and weight decay of their own', () => {
    expect(after(optimizer, 2, 1, 'other/kernel')).toBeCloseTo(2 - 0.1 * 0.5 * 2 - 0.1, 6);
    expect(after(optimizer, 2, 1, 'head/kernel')).toBeCloseTo(2 - 1 * 0.5 * 2 - 1, 6);
    expect(after(optimizer, 2, 1, 'body/kernel')).toBeCloseTo(2 - 0.05 * 0.2 * 2 - 0.05, 6);
    const adam = new Adam({ learningRate: 0.1, groups });
    const moved = (path: string) => 2 - after(adam, 2, 1, path);
    expect(moved('head/kernel') / moved('other/kernel')).toBeCloseTo(10, 4);
  });

  test('may be frozen, and must match a weight', () => {
    expect(optimizer.trained(['head/kernel', 'body/kernel', 'frozen/kernel'])).toEqual(['head/kernel', 'body/kernel']);
    expect(() => optimizer.trained(['head/kernel', 'frozen/kernel'])).toThrow(
      'SGD: groups: number 2 matches no weight. The weights are head/kernel, frozen/kernel.',
    );
  });
});

describe('moving averages', () => {
  test('begin with the weights of the first step, and take their place as often as wanted', () => {
    const ema = { learningRate: 1, useEma: true, emaMomentum: 0.75 };
    // Weights 9, 8, 7; averages 9, 8.75, 8.3125.
    expect(after(new SGD(ema), 10, 1, '', 3)).toBe(7);
    expect(after(new SGD({ ...ema, emaOverwriteFrequency: 2 }), 10, 1, '', 2)).toBe(8.75);
    expect(after(new SGD({ ...ema, emaOverwriteFrequency: 2 }), 10, 1, '', 3)).toBe(7.75);
    expect([new SGD(ema).finalSlot, new SGD(ema).slots, new SGD().finalSlot]).toEqual([
      'average',
      ['average'],
      undefined,
    ]);
  });
});

test('clipping bounds gradients alone, and only in one way', () => {
  expect(after(new SGD({ learningRate: 1, clipNorm: 0.5 }), 0, -4, '')).toBeCloseTo(0.5, 6);
  expect(after(new SGD({ learningRate: 1, clipValue: 0.25 }), 0, -4, '')).toBe(0.25);
  expect(after(new SGD({ learningRate: 1, clipNorm: 5 }), 0, -4, '')).toBe(4);
  expect(() => new SGD({ clipNorm: 1, clipValue: 1 })).toThrow(
    'SGD: of clipNorm, clipValue and globalClipNorm only one can be given.',
  );
});

test('a centred RMSprop stays finite where gradients do not change', () => {
  expect(after(new RMSprop({ centered: true }), 1, 1000, '', 200)).toBeLessThan(1);
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
    [() => new SGD({ weightDecay: -1 }), 'SGD: weightDecay is -1'],
    [() => new SGD({ excludeFromWeightDecay: /bias/ as never }), 'SGD: excludeFromWeightDecay is'],
    [() => new SGD({ emaMomentum: 2 }), 'SGD: emaMomentum is 2; expected a number from 0 to 1'],
    [
      () => new SGD({ emaOverwriteFrequency: 0.5 }),
      'SGD: emaOverwriteFrequency is 0.5; expected a whole number from 1',
    ],
    [() => new SGD({ emaOverwriteFrequency: 5 }), 'SGD: emaOverwriteFrequency is 5 without useEma. Give useEma: true.'],
    [() => new SGD({ emaMomentum: 0.9 }), 'SGD: emaMomentum is 0.9 without useEma. Give useEma: true.'],
    [() => new SGD({ nesterov: true }), 'SGD: nesterov is true without momentum. Give momentum, such as 0.9.'],
    [
      () => new SGD({ excludeFromWeightDecay: 'bias', groups: [{ match: 'head' }] }),
      'SGD: excludeFromWeightDecay without weightDecay: nothing decays. Give weightDecay.',
    ],
    [() => new SGD({ groups: {} as never }), 'SGD: groups is an object {  }; expected an array'],
    [() => new SGD({ groups: [{} as never] }), 'SGD: groups: number 1: match is undefined; expected parts of paths'],
    [() => new SGD({ groups: [{ match: 'a', rate: 1 } as never] }), "SGD: groups: number 1: there is no option 'rate'"],
  ];
  for (const [build, message] of refused) expect(build).toThrow(message);
});
