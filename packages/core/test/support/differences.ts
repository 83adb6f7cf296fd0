import { expect } from 'vitest';
import { sum } from '../../src/operations/broadcast.js';
import { mul } from '../../src/operations/elementwise.js';
import { grad } from '../../src/operations/gradient.js';
import { RandomStream } from '../../src/random/stream.js';
import { tensor } from '../../src/tensor/create.js';
import { type Shape, sizeOf } from '../../src/tensor/shape.js';
import type { Tensor } from '../../src/tensor/tensor.js';
import { trace } from '../../src/trace/trace.js';
import { computeByReference } from './kernels.js';
import { spacedNumbers } from './numbers.js';

/** Where a function is asked: anywhere, above 0, or at numbers far from each other and from 0. */
export type Domain = 'any' | 'positive' | 'spaced';

/** A function of tensors that has gradients, applied to tensors of these shapes. */
export interface Application {
  readonly shapes: readonly Shape[];
  readonly apply: (...inputs: Tensor[]) => Tensor;
  readonly domain?: Domain | undefined;
}

// A power of two, so that x + step * direction is exact in float32; well below the spacing of `spacedNumbers`.
const STEP = 2 ** -6;

/** Multiples of 1/16 in [-1, 1]. */
const sixteenths = (size: number, stream: RandomStream) =>
  Float32Array.from({ length: size }, () => (stream.integer(33) - 16) / 16);

function pointOf(shapes: readonly Shape[], domain: Domain, seed: number): Float32Array[] {
  const sizes = shapes.map(sizeOf);
  const stream = new RandomStream(seed, 2);
  const drawn =
    domain === 'spaced'
      ? spacedNumbers(
          sizes.reduce((a, b) => a + b, 0),
          seed,
        )
      : sixteenths(
          sizes.reduce((a, b) => a + b, 0),
          stream,
        ).map((x) => (domain === 'positive' ? 1.75 + x : x));
  let at = 0;
  return sizes.map((size) => {
    at += size;
    return drawn.slice(at - size, at);
  });
}

/**
 * The gradient agrees with differences along a random direction: with L the sum of the result weighted at random,
 * (8 (L(x + hv) - L(x - hv)) - (L(x + 2hv) - L(x - 2hv))) / 12h = <gradient, v> up to h^4 and to float32's rounding,
 * both of which are estimated. L is summed in float64.
 *
 * @returns the names of the operations that were differentiated
 */
export function expectGradient({ shapes, apply, domain = 'any' }: Application, seed: number): string[] {
  const stream = new RandomStream(seed, 3);
  const point = pointOf(shapes, domain, seed);
  const direction = point.map(({ length }) => sixteenths(length, stream));
  const at = (steps: number) =>
    point.map((x, which) =>
      tensor(
        x.map((value, i) => value + steps * STEP * direction[which][i]),
        shapes[which],
      ),
    );
  const inputs = at(0);
  const result = apply(...inputs);
  const weights = sixteenths(result.size, stream);
  const loss = (steps: number) => {
    const [values] = computeByReference([steps === 0 ? result : apply(...at(steps))]);
    return values.reduce((total, value, i) => total + value * weights[i], 0);
  };
  const gradients = computeByReference(grad(sum(mul(result, tensor(weights, result.shape))), inputs));
  const terms = gradients.flatMap((gradient, which) => Array.from(gradient, (g, i) => g * direction[which][i]));
  const expected = terms.reduce((a, b) => a + b, 0);
  const [near, far] = [(loss(1) - loss(-1)) / (2 * STEP), (loss(2) - loss(-2)) / (4 * STEP)];
  const difference = (4 * near - far) / 3;
  const [values] = computeByReference([result]);
  // What is small may have been computed from what was of order 1.
  const magnitude = values.reduce((total, value, i) => total + Math.max(1, Math.abs(value)) * Math.abs(weights[i]), 0);
  const slope = terms.reduce((total, term) => total + Math.abs(term), 0);
  // What the second step has mended is h^2 times the third derivative; h^4 times the fifth is far less.
  const curved = Math.abs(difference - near) / 50;
  const allowed = 1e-4 * slope + (2 ** -21 / STEP) * magnitude + curved + 1e-5;
  if (!(Math.abs(difference - expected) <= allowed)) {
    expect.fail(`differences give ${difference}, the gradient ${expected}: more than ${allowed} apart`);
  }
  return trace([result]).program.operations.map(({ name }) => name);
}
