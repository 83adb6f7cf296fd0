/** How far an engine's results are from Weft's. */
export interface Agreement {
  /** Largest difference of an output, from 0 to 1. */
  readonly output: number;
  /** Difference of the first loss, relative to Weft's; undefined if the engine does not train. */
  readonly loss?: number;
  /** Difference of what the first step makes the loss fall by, relative to Weft's. */
  readonly step?: number;
  /** Whether it computes the same, within what rounding and the variants of Adam explain. */
  readonly agrees: boolean;
}

/**
 * Outputs and first losses differ by rounding only. The first step of Adam moves weights by the sign of their
 * gradient, and by less where that is as small as epsilon: there Keras adds epsilon at another place.
 */
const TOLERANCE = { output: 1e-4, loss: 1e-4, step: 0.1 } as const;

/** Compares the outputs, and the losses of the first steps if there are any. */
export function agreement(
  expected: { readonly output: Float32Array; readonly losses: readonly number[] },
  found: { readonly output: Float32Array; readonly losses: readonly number[] },
): Agreement {
  let output = expected.output.length === found.output.length ? 0 : Number.POSITIVE_INFINITY;
  // Math.max keeps a NaN, and no comparison below holds for one.
  expected.output.forEach((value, index) => {
    output = Math.max(output, Math.abs(value - found.output[index]));
  });
  if (found.losses.length === 0) return { output, agrees: output <= TOLERANCE.output };
  const [before, after] = expected.losses;
  const loss = Math.abs(found.losses[0] - before) / before;
  const fall = before - after;
  const step = Math.abs(found.losses[0] - found.losses[1] - fall) / Math.abs(fall);
  const agrees = output <= TOLERANCE.output && loss <= TOLERANCE.loss && step <= TOLERANCE.step;
  return { output, loss, step, agrees };
}
