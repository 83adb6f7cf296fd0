import { LARGEST_ANGLE } from '../operations/special-functions.js';
import type { Code } from './assembler.js';
import {
  add,
  binary,
  cosineAndSine,
  exponential,
  float,
  horner,
  local,
  mul,
  on,
  rounded,
  select,
  unary,
  word,
} from './functions.js';
import { keep } from './pairs.js';

/** pi/2 in three parts; the first two times whole numbers up to 2^13 are exact (Cephes sinf). */
const HALF_PI_PARTS = [1.5703125, 4.837512969970703e-4, 7.549789948768648e-8] as const;

/** A function of an angle in radians: x = n pi/2 + r. */
const ofAngle =
  (which: 0 | 1) =>
  (argument: Code): Code =>
    on(argument, (f, x) => {
      const n = keep(f, rounded(mul(local(x), float(2 / Math.PI))));
      const rest = HALF_PI_PARTS.reduce<Code>(
        (r, part) => binary('f32x4.sub', r, mul(local(n), float(part))),
        local(x),
      );
      const angle = keep(f, rest);
      const quadrants = keep(f, unary('i32x4.trunc_sat_f32x4_s', local(n)));
      const isKnown = binary('f32x4.le', unary('f32x4.abs', local(x)), float(LARGEST_ANGLE));
      return select(isKnown, cosineAndSine(f, angle, quadrants)[which], float(Number.NaN));
    });

export const cosine = ofAngle(0);
export const sine = ofAngle(1);

/** Where the polynomial of erf ends and that of its distance from 1 begins. */
const NEAR = 0.85;
/** erf(x) / x - 1, highest power of x squared first: to 6e-9. */
const NEAR_POLYNOMIAL = [-0.0006315148166, 0.005051098686, -0.02680255065, 0.112827175, -0.3761257185, 0.1283791602];
/** log(1 - erf(x)) for x from `NEAR` to 4, highest power first: to 2e-9 of erf(x). */
const FAR_POLYNOMIAL = [
  0.0002036770656, -0.003117857199, 0.02251906604, -0.1045259532, -0.6365189128, -1.128061017, -0.0001045218226,
];

/** erf: a polynomial near 0, 1 - e^polynomial with the sign of x elsewhere. Both are minimax fits of our own. */
export const errorFunction = (argument: Code): Code =>
  on(argument, (f, x) => {
    const square = keep(f, mul(local(x), local(x)));
    const near = keep(f, add(mul(horner(square, NEAR_POLYNOMIAL), local(x)), local(x)));
    const magnitude = keep(f, unary('f32x4.abs', local(x)));
    const within = keep(f, binary('f32x4.min', local(magnitude), float(4)));
    const far = binary('f32x4.sub', float(1), exponential(horner(within, FAR_POLYNOMIAL)));
    const sign = binary('v128.and', local(x), word(0x80000000));
    const isNear = binary('f32x4.lt', local(magnitude), float(NEAR));
    return select(isNear, local(near), binary('v128.or', far, sign));
  });
