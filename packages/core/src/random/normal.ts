/**
 * Natural logarithm, cosine and sine as plain float32 arithmetic, so that they give the same bits in every engine and
 * in WebAssembly. Each step is rounded to float32; the emitted kernels take the same steps in the same order.
 *
 * Polynomials: minimax fits of Cephes' logf, sinf and cosf (Moshier), good to about 1e-7 relative.
 */

const f = Math.fround;

/** Coefficients for log(1 + x) on [sqrt(1/2) - 1, sqrt(2) - 1], highest power first. */
export const LOG_POLYNOMIAL = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
].map(f);
/** ln 2 in two parts, so that e times the first is exact. */
export const LN2_HIGH = 0.693359375;
export const LN2_LOW = f(-2.1219444e-4);
/** Coefficients for sine and cosine on [-pi/4, pi/4], highest power of x squared first. */
export const SINE_POLYNOMIAL = [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1].map(f);
export const COSINE_POLYNOMIAL = [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2].map(f);
/** pi/2, rounded to float32. */
export const HALF_PI = f(Math.PI / 2);

const bits = new DataView(new ArrayBuffer(4));

/** Natural logarithm of a positive, normal float32. */
export function logFloat32(x: number): number {
  bits.setFloat32(0, x);
  const word = bits.getInt32(0);
  // x = m 2^e with m in [sqrt(1/2), sqrt(2)).
  const shifted = (word - 0x3f3504f3) | 0;
  const exponent = shifted >> 23;
  bits.setInt32(0, (word - (exponent << 23)) | 0);
  const m = f(bits.getFloat32(0) - 1);
  const square = f(m * m);
  let p = LOG_POLYNOMIAL[0];
  for (let i = 1; i < LOG_POLYNOMIAL.length; i++) p = f(f(p * m) + LOG_POLYNOMIAL[i]);
  let y = f(f(p * m) * square);
  y = f(y + f(exponent * LN2_LOW));
  y = f(y - f(0.5 * square));
  return f(f(m + y) + f(exponent * LN2_HIGH));
}

/**
 * Two independent standard normal numbers from two random words (Box and Muller 1958).
 *
 * @param a word for the radius, of which 24 bits are used
 * @param b word for the angle, of which 24 bits are used
 * @param pair where the two numbers go
 */
export function normalPair(a: number, b: number, pair: Float32Array): void {
  const radius = f(Math.sqrt(f(-2 * logFloat32(f(((a >>> 8) + 1) * 2 ** -24)))));
  // The angle is a quadrant (2 bits) and a part of it in [-1/2, 1/2).
  const quadrant = b >>> 30;
  const part = f(f(((b >>> 8) & 0x3fffff) * 2 ** -22) - 0.5);
  const x = f(part * HALF_PI);
  const square = f(x * x);
  const [s0, s1, s2] = SINE_POLYNOMIAL;
  const [c0, c1, c2] = COSINE_POLYNOMIAL;
  const sine = f(f(f(f(f(f(f(s0 * square) + s1) * square) + s2) * square) * x) + x);
  const cosine = f(f(f(f(f(f(f(f(c0 * square) + c1) * square) + c2) * square) * square) - f(0.5 * square)) + 1);
  pair[0] = f(radius * (quadrant & 1 ? (quadrant & 2 ? sine : -sine) : quadrant & 2 ? -cosine : cosine));
  pair[1] = f(radius * (quadrant & 1 ? (quadrant & 2 ? -cosine : cosine) : quadrant & 2 ? -sine : sine));
}
