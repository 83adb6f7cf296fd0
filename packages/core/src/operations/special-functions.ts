/** Functions that `Math` does not have, or not as IEEE 754 defines them, in float64: for the reference kernels. */

/** Angles up to here, in radians, are told apart by less than a turn in float32. */
export const LARGEST_ANGLE = 2 ** 22;

/** A function of an angle; NaN beyond `LARGEST_ANGLE`, where kernels do not know the place in a turn. */
export const withinTurns =
  (f: (angle: number) => number) =>
  (angle: number): number =>
    Math.abs(angle) <= LARGEST_ANGLE ? f(angle) : Number.NaN;

/**
 * Error function. The series e^(-x^2) 2x/sqrt(pi) (1 + 2x^2/3 + (2x^2)^2/(3 5) + ...) has positive terms alone, so that
 * nothing cancels (Abramowitz and Stegun 1964, 7.1.6).
 */
export function errorFunction(x: number): number {
  if (Number.isNaN(x) || Math.abs(x) > 6) return Number.isNaN(x) ? x : Math.sign(x);
  let term = (2 * x) / Math.sqrt(Math.PI);
  let total = 0;
  for (let odd = 3; total + term !== total; odd += 2) {
    total += term;
    term *= (2 * x * x) / odd;
  }
  return x === 0 ? x : Math.exp(-x * x) * total;
}

/** x to the power of y as IEEE 754 has it: unlike in `Math.pow`, 1 to any power is 1, and so is -1 to an infinite one. */
export function power(x: number, y: number): number {
  const isOne = x === 1 || (x === -1 && Math.abs(y) === Infinity);
  return isOne ? 1 : x ** y;
}
