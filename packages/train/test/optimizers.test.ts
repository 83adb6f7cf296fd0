import {
  add,
  div,
  maximum,
  minimum,
  mul,
  neg,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  transpose,
} from '@weft/core';
import { Adam, Dense, maxNorm as maxNormConstraint, type Optimizer, Sequential, SGD } from '@weft/nn';
import { describe, expect, it } from 'vitest';
import { fit } from '../src/index.js';
import { numbers, weightsOf } from './support/close.js';
import { at, build, compare, loss, rule, runtime, stepped, x } from './support/many-weights.js';

/** Weights whose norm is above one are put back to it. */
const maxNorm = () =>
  rule('maxNorm', [], (input) => {
    const next = stepped(input);
    return { parameter: mul(next, minimum(div(1, sqrt(sum(square(next)))), 1)), state: [] };
  });

describe('a rule that treats each number by itself', () => {
  it.each<[string, () => Optimizer]>([
    ['plain descent', () => new SGD({ learningRate: 0.05 })],
    ['momentum', () => new SGD({ learningRate: 0.05, momentum: 0.9, nesterov: true })],
    ['Adam', () => new Adam({ learningRate: 0.02 })],
    [
      'one that needs no numbers',
      () =>
        rule('halving', [], ({ parameter }) => ({ parameter: mul(parameter, 0.5), state: [] }), { scalars: () => [] }),
    ],
    [
      'one that keeps the weight of before',
      () =>
        rule('before', ['before'], (input) => ({
          parameter: add(stepped(input), mul(input.state[0], 0.1)),
          state: [input.parameter],
        })),
    ],
    [
      'one that keeps the gradient',
      () =>
        rule('last', ['last'], (input) => ({
          parameter: sub(stepped(input), mul(input.state[0], 0.01)),
          state: [input.gradient],
        })),
    ],
    [
      'one that keeps what it gives',
      () =>
        rule('copy', ['copy', 'twin'], (input) => ({
          parameter: add(stepped(input), mul(input.state[1], 0.01)),
          state: [stepped(input), stepped(input)],
        })),
    ],
    [
      'one that swaps its slots',
      () =>
        rule('swap', ['a', 'b'], (input) => ({
          parameter: sub(stepped(input), input.state[0]),
          state: [input.state[1], mul(input.gradient, 0.01)],
        })),
    ],
    [
      'one of many steps',
      () =>
        rule('long', ['a', 'b'], (input) => {
          const [a, b] = input.state;
          const first = add(mul(a, 0.9), mul(input.gradient, 0.1));
          const second = maximum(mul(b, 0.99), square(sub(input.gradient, a)));
          return {
            parameter: sub(input.parameter, mul(div(first, add(sqrt(second), 0.01)), at(input.scalars))),
            state: [second, first],
          };
        }),
    ],
  ])('changes weights of all sizes as it changes whole ones: %s', async (_, optimizer) => {
    await compare(optimizer);
  });

  it('gives the bits that it gives for whole weights', async () => {
    const [element, whole] = [false, true].map((isWhole) =>
      rule('rule', ['m'], (input) => {
        const m = add(mul(input.state[0], 0.9), mul(input.gradient, 0.1));
        const next = sub(input.parameter, mul(m, at(input.scalars)));
        // A sum makes it look at the whole weight; without infinite numbers it adds nothing.
        const nothing = mul(minimum(maximum(sum(square(next)), 0), 0), 1);
        return { parameter: isWhole ? sub(next, nothing) : next, state: [m] };
      }),
    );
    expect(weightsOf(await compare(() => element))).toEqual(weightsOf(await compare(() => whole)));
  });
});

describe('a rule that looks at a whole weight', () => {
  it('is applied to each as a whole: a largest norm', async () => {
    const model = await compare(maxNorm);
    for (const { data } of model.weights) {
      expect(Math.sqrt(data.reduce((total, value) => total + value * value, 0))).toBeLessThan(1 + 1e-5);
    }
  });

  it.each<[string, () => Optimizer]>([
    [
      'the mean is taken from the gradient',
      () =>
        rule('centred', ['mean'], (input) => {
          const count = input.gradient.size;
          const centred = sub(input.gradient, div(sum(input.gradient), count));
          return {
            parameter: sub(input.parameter, mul(centred, at(input.scalars))),
            state: [add(input.state[0], div(sum(input.parameter), count))],
          };
        }),
    ],
    [
      'the weight of before is kept',
      () =>
        rule('before', ['before'], (input) => {
          const next = stepped(input);
          return {
            parameter: div(next, add(1, sqrt(sum(square(next))))),
            state: [add(input.parameter, mul(input.state[0], 0.5))],
          };
        }),
    ],
    [
      'the state is computed from the old weight, after it was changed',
      () =>
        rule('late', ['norm', 'before'], (input) => {
          const next = div(stepped(input), add(1, sum(square(input.gradient))));
          return { parameter: next, state: [sub(input.parameter, div(sum(next), 10)), sub(input.parameter, next)] };
        }),
    ],
    [
      'squares are transposed',
      () =>
        rule('turned', ['m'], (input) => {
          const isSquare = input.parameter.shape.length === 2;
          const turned = isSquare ? transpose(input.gradient) : neg(input.gradient);
          const m = add(isSquare ? transpose(input.state[0]) : input.state[0], turned);
          return {
            parameter: sub(isSquare ? transpose(input.parameter) : input.parameter, mul(m, at(input.scalars))),
            state: [m],
          };
        }),
    ],
  ])('may do anything with it: %s', async (_, optimizer) => {
    await compare(optimizer);
  });
});

describe('a rule that looks at all gradients', () => {
  const norm = (gradients: readonly Tensor[]) =>
    sqrt(gradients.map((gradient) => sum(square(gradient))).reduce((a, b) => add(a, b)));

  it.each<[string, () => Optimizer]>([
    ['plain descent that clips', () => new SGD({ learningRate: 0.05, globalClipNorm: 3 })],
    ['Adam that clips', () => new Adam({ learningRate: 0.02, globalClipNorm: 3 })],
    [
      'one that divides by their norm',
      () =>
        rule(
          'normed',
          [],
          (input) => ({
            parameter: sub(input.parameter, mul(div(input.gradient, input.shared as Tensor), 0.1)),
            state: [],
          }),
          { shared: norm },
        ),
    ],
    [
      'one that looks at each weight, too',
      () =>
        rule(
          'both',
          [],
          (input) => {
            const next = sub(input.parameter, div(input.gradient, add(input.shared as Tensor, 1)));
            return { parameter: mul(next, minimum(div(1, sqrt(sum(square(next)))), 1)), state: [] };
          },
          { shared: norm },
        ),
    ],
  ])('has one number of them before the first weight changes: %s', async (_, optimizer) => {
    await compare(optimizer);
  });
});

describe('a rule that gives something else', () => {
  const wrong = (update: Optimizer['update'], more: Partial<Optimizer> = {}) =>
    fit(build(), { x }, { loss, optimizer: rule('mine', ['m'], update, more), epochs: 1, runtime });

  it('is refused, by its name and that of the weight', async () => {
    await expect(wrong(({ parameter }) => ({ parameter: sum(parameter), state: [parameter] }))).rejects.toThrow(
      'mine: update gives [], [1] for many/w1 of [1]; expected the parameter and 1 slots of the same shape.',
    );
    const mask = tensor([2, 3]);
    await expect(wrong(({ parameter, state }) => ({ parameter: mul(parameter, sum(mask)), state }))).rejects.toThrow(
      'mine: update uses a tensor of [2] with values of its own. Use numbers, or scalars.',
    );
    await expect(wrong(({ parameter }) => ({ parameter, state: [] }))).rejects.toThrow(
      'expected the parameter and 1 slots',
    );
    const two = { shared: ([first]: readonly Tensor[]) => first };
    await expect(wrong(({ parameter, state }) => ({ parameter, state }), two)).rejects.toThrow(
      'mine: shared gives [1]; expected one number, of shape [].',
    );
  });
});

it('moving averages that become the weights fulfil constraints', async () => {
  const kernelConstraint = maxNormConstraint({ maxValue: 0.1 });
  const model = new Sequential([new Dense({ units: 3, kernelConstraint })], { inputShape: [4] });
  const optimizer = new SGD({ learningRate: 0.01, useEma: true });
  await fit(model, { x: numbers(40), y: numbers(30) }, { epochs: 2, batchSize: 4, optimizer, runtime });
  const { data } = model.weights[0];
  for (let unit = 0; unit < 3; unit++) {
    expect(Math.hypot(...[0, 1, 2, 3].map((row) => data[3 * row + unit]))).toBeLessThan(0.1 + 1e-6);
  }
});
