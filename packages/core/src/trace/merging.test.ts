import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeByReference } from '../../test/support/kernels.js';
import { square } from '../compositions/arithmetic.js';
import { broadcastTo, sum } from '../operations/broadcast.js';
import { add, mul, sigmoid, tanh } from '../operations/elementwise.js';
import { grad } from '../operations/gradient.js';
import { maxPool2d } from '../operations/pooling.js';
import { stopGradient } from '../operations/stop-gradient.js';
import { lower } from '../run/compile.js';
import { compute } from '../run/compute.js';
import { runReference } from '../run/reference.js';
import { tensor } from '../tensor/create.js';
import type { TypedArray } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { trace } from './trace.js';

type Step = readonly [keyof typeof OPERATIONS, number, number];

const OPERATIONS = {
  add: (x: Tensor, y: Tensor) => add(x, y),
  mul: (x: Tensor, y: Tensor) => mul(x, y),
  tanh: (x: Tensor) => tanh(x),
  sigmoid: (x: Tensor) => sigmoid(x),
  stopGradient: (x: Tensor) => stopGradient(x),
};

/** Graphs of few operations, applied again and again to the same tensors, and tensors to differentiate in. */
const graphs = fc.record({
  steps: fc.array(
    fc.tuple(fc.constantFrom(...(Object.keys(OPERATIONS) as Step[0][])), fc.nat({ max: 3 }), fc.nat({ max: 3 })),
    { minLength: 2, maxLength: 12 },
  ),
  parameters: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
  weights: fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 14, maxLength: 14 }),
});

/** Builds a graph; `offset` is added to one of its tensors, so that differences can be taken in it. */
function build(
  { steps, weights }: { steps: readonly Step[]; weights: readonly number[] },
  offset?: { readonly at: number; readonly value: readonly number[] },
) {
  const shifted = (x: Tensor, at: number) => (offset?.at === at ? add(x, tensor(offset.value)) : x);
  const tensors: Tensor[] = [];
  for (const leaf of [tensor([0.5, -1]), tensor([0.75, 0.25])]) tensors.push(shifted(leaf, tensors.length));
  // Operands are among the first tensors: the same operation of the same operands comes often.
  for (const [name, a, b] of steps) {
    const operands = [tensors[a % tensors.length], tensors[b % tensors.length]] as const;
    tensors.push(shifted(OPERATIONS[name](...operands), tensors.length));
  }
  return { tensors, loss: sum(tensors.map((x, at) => mul(square(x), weights[at])).reduce(add)) };
}

const arrays = (values: readonly TypedArray[]) => values.map((value) => [...value]);

function expectClose(got: readonly number[], want: readonly number[]) {
  want.forEach((x, i) => {
    expect(Math.abs(got[i] - x)).toBeLessThanOrEqual(2e-3 * Math.max(1, Math.abs(x)));
  });
}

describe('gradients in equal tensors', () => {
  it('are told apart', () => {
    const x = tensor([1, 2]);
    const [a, b] = [square(x), square(x)];
    const gradients = grad(sum(add(mul(a, 3), mul(b, 5))), [a, b]);
    expect(arrays(compute(gradients))).toEqual([
      [3, 3],
      [5, 5],
    ]);
  });

  it('are told apart where the equal tensors are gradients', () => {
    const [a, b] = [tensor([1, 2]), tensor([3, 4])];
    const [ga, gb] = grad(sum(square(add(a, b))), [a, b]);
    const [first, second] = grad(sum(add(mul(ga, 3), mul(gb, 5))), [ga, gb]);
    expect(arrays(compute([first, second]))).toEqual([
      [3, 3],
      [5, 5],
    ]);
  });

  it('are those of a bias, though poolings are moved before it', () => {
    const images = tensor(
      Float32Array.from({ length: 16 }, (_, i) => i % 5),
      [1, 4, 4, 1],
    );
    const bias = broadcastTo(tensor([2]), [1, 4, 4, 1]);
    const [gradient] = grad(sum(maxPool2d(add(images, bias), 2)), [bias]);
    expect(sum(gradient).item()).toBe(4);
  });

  it('agree with differences, whatever is equal', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const { tensors, loss } = build(graph);
        const chosen = graph.parameters.map((which) => which % tensors.length);
        // A tensor that stops gradients is a constant for what it was made of: differences would not see that.
        if (graph.steps.some(([name]) => name === 'stopGradient')) return;
        const got = arrays(
          computeByReference(
            grad(
              loss,
              chosen.map((at) => tensors[at]),
            ),
          ),
        );
        const step = 1 / 64;
        chosen.forEach((at, which) => {
          const want = [0, 1].map((place) => {
            const value = (sign: number) => {
              const offset = [0, 0].with(place, sign * step);
              return computeByReference([build(graph, { at, value: offset }).loss])[0][0];
            };
            return (value(1) - value(-1)) / (2 * step);
          });
          got[which].forEach((x, i) => {
            expect(Math.abs(x - want[i])).toBeLessThanOrEqual(2e-2 * Math.max(1, Math.abs(want[i])));
          });
        });
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  it('do not depend on what was computed before, nor on passes', () => {
    fc.assert(
      fc.property(graphs, fc.array(fc.nat(), { maxLength: 6 }), (graph, order) => {
        const gradientsOf = (computed: readonly number[]) => {
          const { tensors, loss } = build(graph);
          for (const which of computed) tensors[which % tensors.length].toArray();
          const parameters = graph.parameters.map((which) => tensors[which % tensors.length]);
          const gradients = grad(loss, parameters);
          return [...gradients, ...grad(sum(gradients.map(square).reduce(add)), parameters)];
        };
        const want = arrays(computeByReference(gradientsOf([])));
        const before = gradientsOf(order);
        const { program, leaves } = trace(before);
        const data = leaves.map(({ node, index }) => node.data[index] as TypedArray);
        const lowered = arrays(runReference(lower(program), data));
        const got = arrays(computeByReference(before));
        want.forEach((values, which) => {
          expectClose(got[which], values);
          expectClose(lowered[which], values);
        });
      }),
      { numRuns: 100 },
    );
  });
});

describe('stopGradient', () => {
  it('hands on values and no gradients', () => {
    const x = tensor([1, 2]);
    const [gradient] = grad(sum(mul(x, stopGradient(square(x)))), [x]);
    expect([...gradient.toArray()]).toEqual([1, 4]);
  });

  it('is a parameter like others', () => {
    const x = tensor([1, 2]);
    const fixed = stopGradient(square(x));
    expect([...grad(sum(mul(x, fixed)), [fixed])[0].toArray()]).toEqual([1, 2]);
  });

  it('is gone when gradients are', () => {
    const x = tensor([1, 2]);
    const { program } = trace(grad(sum(mul(x, stopGradient(x))), [x]));
    expect(lower(program).operations).toEqual([]);
  });
});
