import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { square } from '../src/compositions/arithmetic.js';
import { sum } from '../src/operations/broadcast.js';
import { mul, pow, tanh } from '../src/operations/elementwise.js';
import { grad } from '../src/operations/gradient.js';
import { operationTable } from '../src/operations/table.js';
import { tensor } from '../src/tensor/create.js';
import { seeds } from './support/arbitraries.js';
import { type Application, expectGradient } from './support/differences.js';
import { type Applications, differentiable, unary } from './support/differentiable.js';
import { computeByReference } from './support/kernels.js';
import { numbers } from './support/numbers.js';

describe('gradients agree with differences', () => {
  const covered = new Set<string>();

  it.each(Object.keys(differentiable))('%s', (name) => {
    fc.assert(
      fc.property(differentiable[name], seeds, (application, seed) => {
        for (const operation of expectGradient(application, seed)) covered.add(operation);
      }),
      { numRuns: 25 },
    );
  });

  it('for every operation that has a gradient', () => {
    const names = [...operationTable.values()].filter(({ gradient }) => gradient).map(({ name }) => name);
    expect(names.filter((name) => !covered.has(name))).toEqual([]);
  });
});

describe('every operation', () => {
  it.each([...operationTable.values()].map((definition) => [definition.name, definition] as const))(
    '%s is constant, or has a gradient rule, or says what it has no gradient in',
    (_name, { gradient, isConstant = false, noGradient }) => {
      expect(gradient !== undefined || noGradient !== undefined).toBe(!isConstant);
    },
  );
});

/** The function that gives the gradient of a weighted sum of a function in one of its inputs. */
function gradientOf({ shapes, apply: f, domain }: Application, which: number): Application {
  return {
    shapes,
    domain,
    apply: (...inputs) => {
      const result = f(...inputs);
      const weights = tensor(numbers(result.size, 11), result.shape);
      return grad(sum(mul(square(result), weights)), inputs)[which];
    },
  };
}

describe('gradients of gradients agree with differences', () => {
  const twice: Readonly<Record<string, Applications>> = {
    tanh: differentiable.tanh,
    div: differentiable.div,
    pow: differentiable.pow,
    erf: differentiable.erf,
    sin: differentiable.sin,
    flip: differentiable.flip,
    cumsum: differentiable.cumsum,
    max: differentiable.max,
    matmul: differentiable.matmul,
    conv2d: differentiable.conv2d,
    'conv2d in groups': differentiable['conv2d in groups'],
    depthwiseConv2d: differentiable.depthwiseConv2d,
    conv2dTranspose: differentiable.conv2dTranspose,
    maxPool2d: differentiable.maxPool2d,
    avgPool2d: differentiable.avgPool2d,
    slice: differentiable.slice,
    concatenate: differentiable.concatenate,
    gather: differentiable.gather,
    softmax: differentiable.softmax,
    logSoftmax: differentiable.logSoftmax,
  };

  it.each(Object.keys(twice))('%s', (name) => {
    fc.assert(
      fc.property(twice[name], fc.nat(), seeds, (application, which, seed) => {
        expectGradient(gradientOf(application, which % application.shapes.length), seed);
      }),
      { numRuns: 15 },
    );
  });

  it('and so do those of third order', () => {
    const cubic = unary((x) => mul(mul(x, x), tanh(x)));
    fc.assert(
      fc.property(cubic, seeds, (application, seed) => {
        expectGradient(gradientOf(gradientOf(application, 0), 0), seed);
      }),
      { numRuns: 10 },
    );
  });
});

describe('the gradient of pow', () => {
  /** Gradients of the sum of x^y in both. */
  const gradients = (x: number[], y: number[]) => {
    const [base, exponent] = [tensor(x), tensor(y)];
    return computeByReference(grad(sum(pow(base, exponent)), [base, exponent])).map((values) => [...values]);
  };

  it('is finite at a base of 0 where the true one is', () => {
    expect(gradients([0, 0, 0, 0], [0, 1, 2, 3])).toEqual([
      [0, 1, 0, 0],
      [0, 0, 0, 0],
    ]);
    expect(gradients([0], [0.5])[0]).toEqual([Infinity]);
  });

  it('is that of a whole power for negative bases, and none in the exponent', () => {
    expect(gradients([-2, -3], [3, 2])).toEqual([
      [12, -6],
      [Number.NaN, Number.NaN],
    ]);
  });
});
