import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  Adam,
  CosineDecay,
  CosineDecayRestarts,
  ExponentialDecay,
  InverseTimeDecay,
  LinearWarmup,
  OneCycle,
  PiecewiseConstantDecay,
  PolynomialDecay,
  type Schedule,
  SGD,
} from '../index.js';
import { cosineOfHalfTurns, exponential, logarithm, powerOf } from './functions.js';

const fixture = new URL('../../test/fixtures/keras-schedules.json', import.meta.url);
const golden: { steps: number[]; cases: Record<string, number[]> } = JSON.parse(readFileSync(fixture, 'utf8'));

const decay = { initialLearningRate: 0.1, decaySteps: 30, decayRate: 0.7 };
const polynomial = { initialLearningRate: 0.1, decaySteps: 100, endLearningRate: 0.01 };
const wave = { initialLearningRate: 0.1, decaySteps: 100 };
const restarts = { initialLearningRate: 0.1, firstDecaySteps: 10 };
const schedules: Readonly<Record<string, Schedule>> = {
  exponential: new ExponentialDecay(decay),
  exponentialStairs: new ExponentialDecay({ ...decay, staircase: true }),
  exponentialSmall: new ExponentialDecay({ ...decay, decaySteps: 3, decayRate: 0.01 }),
  inverseTime: new InverseTimeDecay(decay),
  inverseTimeStairs: new InverseTimeDecay({ ...decay, staircase: true }),
  polynomial: new PolynomialDecay({ initialLearningRate: 0.1, decaySteps: 100 }),
  polynomialPower: new PolynomialDecay({ ...polynomial, power: 1.7 }),
  polynomialCycle: new PolynomialDecay({ ...polynomial, power: 0.5, cycle: true }),
  piecewise: new PiecewiseConstantDecay({ boundaries: [10, 30, 100], values: [0.1, 0.05, 0.02, 0.001] }),
  cosine: new CosineDecay(wave),
  cosineAlpha: new CosineDecay({ ...wave, alpha: 0.2 }),
  cosineWarmup: new CosineDecay({ ...wave, initialLearningRate: 0.01, alpha: 0.1, warmupTarget: 0.2, warmupSteps: 50 }),
  restarts: new CosineDecayRestarts(restarts),
  restartsOptions: new CosineDecayRestarts({ ...restarts, tMul: 1.5, mMul: 0.8, alpha: 0.1 }),
  restartsEqual: new CosineDecayRestarts({ ...restarts, tMul: 1, mMul: 0.9 }),
  oneCycle: new OneCycle({ maxLearningRate: 0.1, totalSteps: 151 }),
  oneCycleLinear: new OneCycle({
    maxLearningRate: 0.1,
    totalSteps: 151,
    pctStart: 0.6,
    annealStrategy: 'linear',
    divFactor: 10,
    finalDivFactor: 100,
  }),
};

describe.each(Object.keys(golden.cases))('%s', (name) => {
  const schedule = schedules[name];

  test('agrees with Keras, or with PyTorch for one cycle', () => {
    golden.cases[name].forEach((rate, index) => {
      expect(Math.abs(schedule.at(golden.steps[index]) - rate)).toBeLessThanOrEqual(1e-6 * rate + 1e-15);
    });
  });

  test('is built again from its config through JSON', () => {
    const ScheduleClass = schedule.constructor as new (config: unknown) => Schedule;
    const again = new ScheduleClass(JSON.parse(JSON.stringify(schedule.config())));
    expect(golden.steps.map((step) => again.at(step))).toEqual(golden.steps.map((step) => schedule.at(step)));
  });

  test('can stand where a learning rate stands, from the first step on', () => {
    const optimizer = new SGD({ learningRate: schedule });
    expect(optimizer.scalars(1)).toEqual([schedule.at(0)]);
    expect(optimizer.scalars(71)).toEqual([schedule.at(70)]);
    expect(optimizer.scalars(71, 0.5)).toEqual([0.5]);
    expect(optimizer.config().learningRate).toEqual({ name: schedule.name, ...schedule.config() });
  });
});

test('a warm-up is a line up to what follows, which then begins', () => {
  const schedule = new ExponentialDecay(decay);
  const warm = new LinearWarmup({ learningRate: schedule, warmupSteps: 4, initialLearningRate: 0.02 });
  expect([0, 1, 2, 3].map((step) => warm.at(step))).toEqual(
    [0.02, 0.04, 0.06, 0.08].map((rate) => expect.closeTo(rate, 12)),
  );
  expect([4, 5, 50].map((step) => warm.at(step))).toEqual([0, 1, 46].map((step) => schedule.at(step)));
  expect(new LinearWarmup({ learningRate: 0.3, warmupSteps: 3 }).at(7)).toBe(0.3);
  expect(warm.config().learningRate).toEqual({ name: 'ExponentialDecay', ...schedule.config() });
  expect(new Adam({ learningRate: warm }).scalars(1)[0]).not.toBe(new Adam({ learningRate: warm }).scalars(2)[0]);
});

describe('functions of exactly rounded operations', () => {
  const near = (got: number, expected: number) =>
    expect(Math.abs(got - expected)).toBeLessThanOrEqual(1e-14 * (Math.abs(expected) + 1e-3));

  test('agree with those of Math', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -30, max: 30, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (x, part) => {
          expect(Math.abs(exponential(x) / Math.exp(x) - 1)).toBeLessThan(1e-13);
          near(cosineOfHalfTurns(part), Math.cos(Math.PI * part));
          near(logarithm(part + 1e-300), Math.log(part + 1e-300));
          near(logarithm(1 / (part + 1e-6)), Math.log(1 / (part + 1e-6)));
          near(powerOf(part, x / 20 + 1.5), part ** (x / 20 + 1.5));
        },
      ),
    );
    expect([powerOf(0, 0), powerOf(0, 0.5), powerOf(2, -3), powerOf(0.5, 10)]).toEqual([1, 0, 0.125, 2 ** -10]);
    expect([cosineOfHalfTurns(0), cosineOfHalfTurns(0.5), cosineOfHalfTurns(1)]).toEqual([1, 0, -1]);
  });

  test('stay the same bits from release to release', () => {
    expect([exponential(-1.3), logarithm(0.3), powerOf(0.7, 0.1), cosineOfHalfTurns(0.3)]).toMatchInlineSnapshot(`
      [
        0.2725317930340126,
        -1.2039728043259361,
        0.9649610951198176,
        0.5877852522924731,
      ]
    `);
  });
});

test('options that are not what they must be are refused', () => {
  const refused: [() => unknown, string][] = [
    [
      () => new ExponentialDecay({ ...decay, decaySteps: 0 }),
      'ExponentialDecay: decaySteps is 0; expected a number above 0',
    ],
    [() => new ExponentialDecay({ decaySteps: 1 } as never), 'ExponentialDecay: initialLearningRate is undefined'],
    [() => new InverseTimeDecay({ ...decay, decay: 1 } as never), "InverseTimeDecay: there is no option 'decay'"],
    [
      () => new PolynomialDecay({ ...polynomial, cycle: 1 as never }),
      'PolynomialDecay: cycle is 1; expected true or false',
    ],
    [() => new PiecewiseConstantDecay({ boundaries: [1], values: [1] }), 'there are 1 boundaries and 1 values'],
    [
      () => new PiecewiseConstantDecay({ boundaries: [2, 1], values: [1, 2, 3] }),
      'boundaries is [2,1]; expected steps in',
    ],
    [() => new PiecewiseConstantDecay({ boundaries: [2, -1], values: [1, 2, 3] }), 'boundaries: number 2 is -1'],
    [() => new CosineDecay({ ...wave, alpha: 2 }), 'CosineDecay: alpha is 2; expected a number from 0 to 1'],
    [() => new CosineDecay({ ...wave, warmupSteps: 2 }), 'CosineDecay: warmupSteps is 2 without warmupTarget'],
    [() => new CosineDecay({ ...wave, warmupTarget: 2 }), 'CosineDecay: warmupTarget is 2 without warmupSteps'],
    [() => new CosineDecayRestarts({ ...restarts, tMul: 0.5 }), 'CosineDecayRestarts: tMul is 0.5'],
    [() => new OneCycle({ maxLearningRate: 1, totalSteps: 1 }), 'OneCycle: totalSteps is 1'],
    [() => new LinearWarmup({ learningRate: {} as never, warmupSteps: 1 }), 'LinearWarmup: learningRate is'],
    [
      () => new SGD({ learningRate: 'fast' as never }),
      "SGD: learningRate is 'fast'; expected a number from 0, or a schedule",
    ],
    [
      () => new SGD({ learningRate: { name: 'Wrong', at: () => Number.NaN, config: () => ({}) } }).scalars(3),
      'Wrong: the learning rate of step 2 is NaN; expected a number from 0',
    ],
  ];
  for (const [build, message] of refused) expect(build).toThrow(message);
});
