/** A smooth function at a point: its value and its gradient there. */
export type Evaluated = { readonly value: number; readonly gradient: Float64Array };

/** When to stop. */
export interface MinimiseOptions {
  /** Of the largest element of the gradient. */
  readonly tolerance: number;
  readonly maxIterations: number;
  /** Relative rounding of the value, within which steps are judged by the gradient alone. Default that of float64. */
  readonly rounding?: number;
}

/** Where a search has ended. */
export interface Minimum extends Evaluated {
  readonly point: Float64Array;
  readonly iterations: number;
  /** Whether the tolerance was reached. */
  readonly converged: boolean;
}

/** Pairs of steps and changes of the gradient that stand for second derivatives. */
const MEMORY = 10;
/** Part of the fall that a straight line along the gradient promises, which a step must reach. */
const SUFFICIENT = 1e-4;

/**
 * Minimises a smooth convex function by L-BFGS: steps along a direction that the last gradients correct, halved until the
 * function falls enough.
 *
 * @param evaluate gives the function and its gradient; the arrays are kept
 * @param start    where to begin
 * @see Nocedal and Wright (2006), Numerical optimization, algorithms 7.4, 7.5 and 3.1
 */
export function minimise(
  evaluate: (point: Float64Array) => Evaluated,
  start: Float64Array,
  { tolerance, maxIterations, rounding: relative = 4 * Number.EPSILON }: MinimiseOptions,
): Minimum {
  let point = start;
  let { value, gradient } = evaluate(point);
  const pairs: Pair[] = [];
  for (let iterations = 0; ; iterations++) {
    const converged = largest(gradient) <= tolerance;
    if (converged || iterations === maxIterations) return { point, value, gradient, iterations, converged };
    const direction = descent(gradient, pairs);
    const slope = dot(gradient, direction);
    // The first step knows no curvature: its length is 1 at most.
    let length = pairs.length === 0 ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
    let [next, at] = [point, { value: Infinity, gradient }];
    const rounding = relative * Math.abs(value);
    for (; length > 1e-12; length /= 2) {
      next = point.map((coordinate, index) => coordinate + length * direction[index]);
      at = evaluate(next);
      if (at.value <= value + SUFFICIENT * length * slope + rounding) break;
    }
    // Where rounding hides any further fall, the gradient may still shrink.
    const isBetter = at.value < value || (at.value <= value + rounding && largest(at.gradient) < largest(gradient));
    if (!isBetter) return { point, value, gradient, iterations, converged };
    const step = next.map((coordinate, index) => coordinate - point[index]);
    const change = at.gradient.map((element, index) => element - gradient[index]);
    const curvature = dot(step, change);
    if (curvature > 0) pairs.push({ step, change, curvature });
    if (pairs.length > MEMORY) pairs.shift();
    [point, value, gradient] = [next, at.value, at.gradient];
  }
}

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly curvature: number;
}

/** The direction opposite to the gradient, corrected by the curvature of the last steps. */
function descent(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = gradient.map((element) => -element);
  const weights = pairs.map(() => 0);
  for (let at = pairs.length - 1; at >= 0; at--) {
    weights[at] = dot(pairs[at].step, direction) / pairs[at].curvature;
    addTo(direction, pairs[at].change, -weights[at]);
  }
  const last = pairs.at(-1);
  if (last) {
    const scale = last.curvature / dot(last.change, last.change);
    for (let index = 0; index < direction.length; index++) direction[index] *= scale;
  }
  pairs.forEach(({ step, change, curvature }, at) => {
    addTo(direction, step, weights[at] - dot(change, direction) / curvature);
  });
  return direction;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index] * b[index];
  return sum;
}

function addTo(sum: Float64Array, values: Float64Array, factor: number): void {
  for (let index = 0; index < sum.length; index++) sum[index] += factor * values[index];
}

const largest = (values: Float64Array) => values.reduce((so, value) => Math.max(so, Math.abs(value)), 0);
