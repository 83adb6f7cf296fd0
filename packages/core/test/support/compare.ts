import { expect } from 'vitest';

/** How far a value may lie from what is wanted. */
export interface Tolerance {
  /** Times the largest magnitude wanted, or 1 if that is larger. */
  readonly scaled?: number;
  /** Times the magnitude wanted, element by element. */
  readonly relative?: number;
  readonly absolute?: number;
}

/** What float32 kernels may differ from the truth: the tolerance that the golden values state. */
export const GOLDEN: Tolerance = { scaled: 2e-5 };

/** Bit for bit, but for the payload of NaN. */
export const EXACT: Tolerance = {};

/** As numbers: the sign of zero does not count. */
export const EQUAL: Tolerance = { absolute: Number.MIN_VALUE };

/** Values agree within the tolerance; NaN and infinities must stand where they are wanted. */
export function expectValues(
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  tolerance: Tolerance = GOLDEN,
  name = 'result',
): void {
  const wanted = Float64Array.from(want);
  expect(got.length, `elements of ${name}`).toBe(wanted.length);
  const largest = wanted.reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), 1);
  const { scaled = 0, relative = 0, absolute = 0 } = tolerance;
  const isExact = scaled + relative + absolute === 0;
  for (let i = 0; i < wanted.length; i++) {
    const allowed = scaled * largest + relative * Math.abs(wanted[i]) + absolute;
    const agrees =
      Object.is(got[i], wanted[i]) ||
      (!isExact && Number.isFinite(wanted[i]) && Math.abs(got[i] - wanted[i]) <= allowed);
    if (!agrees)
      expect.fail(`${name}: element ${i} of ${wanted.length} is ${got[i]}, expected ${wanted[i]} within ${allowed}`);
  }
}
