/**
 * Functions in float64 that use + - * / alone, so that they give the same bits in every engine: the last bits of
 * `Math.exp`, `Math.log`, `Math.cos` and `Math.pow` differ. Relative errors are below 1e-14.
 */

/** ln 2 in two parts, of which the first has 32 bits: its product with a small whole number is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** base^exponent for a whole exponent from 0, by repeated squaring: products in an order that is the same everywhere. */
export function power(base: number, exponent: number): number {
  let result = 1;
  let factor = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= factor;
    factor *= factor;
  }
  return result;
}

/** e^x for finite x: 2^k e^r with |r| at most ln(2) / 2. */
export function exponential(x: number): number {
  const k = Math.floor(x / (LN2_HIGH + LN2_LOW) + 0.5);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let sum = 1;
  for (let term = 14; term > 0; term--) sum = 1 + (r / term) * sum;
  return k < 0 ? sum / power(2, -k) : sum * power(2, k);
}

/** ln x for positive finite x: ln(2^k m) with m near 1, by the series of 2 atanh((m - 1) / (m + 1)). */
export function logarithm(x: number): number {
  let k = 0;
  let m = x;
  for (; m > Math.SQRT2; m /= 2) k++;
  for (; m < Math.SQRT1_2; m *= 2) k--;
  const s = (m - 1) / (m + 1);
  let sum = 0;
  for (let term = 25; term > 0; term -= 2) sum = sum * s * s + 1 / term;
  return k * LN2_HIGH + (k * LN2_LOW + 2 * s * sum);
}

/** base^exponent for a base from 0 and any finite exponent; 0^0 is 1. */
export function powerOf(base: number, exponent: number): number {
  if (Number.isSafeInteger(exponent)) return exponent < 0 ? 1 / power(base, -exponent) : power(base, exponent);
  return base === 0 ? (exponent < 0 ? Infinity : 0) : exponential(exponent * logarithm(base));
}

/** cos(pi x) for x from 0 to 1. */
export function cosineOfHalfTurns(x: number): number {
  if (x > 0.5) return -cosineOfHalfTurns(1 - x);
  // Near a quarter of a turn as the sine of what is missing there, which keeps the relative error small.
  const isNearRoot = x > 0.25;
  const angle = Math.PI * (isNearRoot ? 0.5 - x : x);
  const first = isNearRoot ? 1 : 0;
  let sum = 1;
  for (let term = 20 + first; term > first; term -= 2) sum = 1 - ((angle * angle) / (term * (term - 1))) * sum;
  return isNearRoot ? angle * sum : sum;
}
