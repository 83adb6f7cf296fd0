import type { View } from '../fuse/space.js';
import { COSINE_POLYNOMIAL, HALF_PI, LN2_HIGH, LN2_LOW, LOG_POLYNOMIAL, SINE_POLYNOMIAL } from '../random/normal.js';
import type { Code, FunctionBuilder, Local } from './assembler.js';
import type { SimdInstruction } from './instructions.js';
import { keep, widthOf } from './pairs.js';

/**
 * Transcendental functions of four floats, of our own: the engine's would not give the same bits everywhere.
 * They are written in place, since a call would keep two vectors from being computed as one pair.
 */

/** Writes `a instruction b`. */
export const binary =
  (instruction: SimdInstruction, a: Code, b: Code): Code =>
  (f) => {
    a(f);
    b(f);
    f.vector(instruction);
  };

/**
 * Writes `sum + a b`. With fast math the engine may round once instead of twice, where the processor has an instruction
 * for it: not the same bits everywhere, but fewer instructions.
 */
export const multiplyAdd =
  (a: Code, b: Code, sum: Code): Code =>
  (f) => {
    if (f.fastMath) {
      a(f);
      b(f);
      sum(f);
      f.vector('f32x4.relaxed_madd');
    } else {
      binary('f32x4.add', sum, binary('f32x4.mul', a, b))(f);
    }
  };

export const local =
  (l: Local): Code =>
  (f) =>
    f.get(l);

export const float =
  (value: number): Code =>
  (f) =>
    f.f32x4(value);

export const add = (a: Code, b: Code) => binary('f32x4.add', a, b);
export const mul = (a: Code, b: Code) => binary('f32x4.mul', a, b);

/** Writes `total += term + lost`, and keeps in `lost` what that rounds away; nothing where the total is infinite. */
export function addCompensated(f: FunctionBuilder, total: Local, lost: Local, term: Local): void {
  const held = (code: Code) => keep(f, code, widthOf(term));
  const whole = held(binary('f32x4.add', local(term), local(lost)));
  const sum = held(binary('f32x4.add', local(total), local(whole)));
  const rest = held(binary('f32x4.sub', local(whole), binary('f32x4.sub', local(sum), local(total))));
  f.set(lost, binary('v128.and', local(rest), binary('f32x4.eq', local(rest), local(rest))));
  f.set(total, local(sum));
}

/** Bits of a where the mask is set, else of b. */
export const select =
  (mask: Code, a: Code, b: Code): Code =>
  (f) => {
    a(f);
    b(f);
    mask(f);
    f.vector('v128.bitselect');
  };

export const shift =
  (instruction: 'i32x4.shl' | 'i32x4.shr_s' | 'i32x4.shr_u', value: Code, bits: number): Code =>
  (f) => {
    value(f);
    f.i32(bits).vector(instruction);
  };

/** Horner's scheme, highest power first. */
export function horner(x: Local, coefficients: readonly number[]): Code {
  return coefficients.slice(1).reduce<Code>((p, c) => add(mul(p, local(x)), float(c)), float(coefficients[0]));
}

/** A piece of code on a value that it needs more than once. */
export const on =
  (x: Code, write: (f: FunctionBuilder, x: Local) => Code): Code =>
  (f) =>
    write(f, keep(f, x))(f);

export const unary =
  (instruction: SimdInstruction, value: Code): Code =>
  (f) => {
    value(f);
    f.vector(instruction);
  };

export const word =
  (value: number): Code =>
  (f) =>
    f.i32x4(value);

/** The number that a view is for all elements. */
export const constantOf = ({ constant = 0, dtype }: View): Code =>
  dtype === 'int32' ? word(constant) : float(constant);

/** A number from which on floats have no fraction: added and subtracted again, it rounds to the nearest even number. */
const ROUNDING = 1.5 * 2 ** 23;

/** The nearest whole number, for magnitudes up to 2^22. */
export const rounded = (x: Code): Code => binary('f32x4.sub', add(x, float(ROUNDING)), float(ROUNDING));

/**
 * eʳ 2ⁿ for |r| up to half of ln 2 and a whole number n: a polynomial (Cephes expf), then two factors of powers of two, so
 * that the ends of the range are met.
 */
export function scaledExponential(f: FunctionBuilder, r: Local, n: Local): Code {
  const polynomial = horner(
    r,
    [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1],
  );
  const e = keep(f, add(add(mul(mul(polynomial, local(r)), local(r)), local(r)), float(1)));
  const whole = keep(f, unary('i32x4.trunc_sat_f32x4_s', local(n)));
  const half = keep(f, shift('i32x4.shr_s', local(whole), 1));
  const power = (exponent: Code) => shift('i32x4.shl', binary('i32x4.add', exponent, word(127)), 23);
  return mul(mul(local(e), power(local(half))), power(binary('i32x4.sub', local(whole), local(half))));
}

/** eˣ: x = n ln 2 + r. */
export const exponential = (argument: Code): Code =>
  on(argument, (f, x) => {
    const inRange = keep(f, binary('f32x4.min', binary('f32x4.max', local(x), float(-110)), float(100)));
    const n = keep(f, rounded(mul(local(inRange), float(Math.LOG2E))));
    const high = binary('f32x4.sub', local(inRange), mul(local(n), float(LN2_HIGH)));
    const r = keep(f, binary('f32x4.sub', high, mul(local(n), float(LN2_LOW))));
    return scaledExponential(f, r, n);
  });

/** 1 / (1 + e⁻ˣ). */
export const logistic = (x: Code): Code =>
  binary('f32x4.div', float(1), add(float(1), exponential(unary('f32x4.neg', x))));

/** tanh: a polynomial near 0 (Cephes tanhf), 1 - 2 / (e^(2|x|) + 1) with the sign of x elsewhere. */
export const hyperbolicTangent = (argument: Code): Code =>
  on(argument, (f, x) => {
    const magnitude = keep(f, unary('f32x4.abs', local(x)));
    const square = keep(f, mul(local(x), local(x)));
    const polynomial = horner(
      square,
      [-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1],
    );
    const near = keep(f, add(mul(mul(polynomial, local(square)), local(x)), local(x)));
    const e = exponential(add(local(magnitude), local(magnitude)));
    const far = keep(f, binary('f32x4.sub', float(1), binary('f32x4.div', float(2), add(e, float(1)))));
    const sign = binary('v128.and', local(x), word(0x80000000));
    return select(binary('f32x4.lt', local(magnitude), float(0.625)), local(near), binary('v128.or', local(far), sign));
  });

/** log of positive normal floats, in the steps of `logFloat32`. */
const normalLogarithm = (argument: Code): Code =>
  on(argument, (f, x) => {
    const shifted = keep(f, binary('i32x4.sub', local(x), word(0x3f3504f3)));
    const exponent = keep(f, shift('i32x4.shr_s', local(shifted), 23));
    const mantissa = binary('i32x4.sub', local(x), shift('i32x4.shl', local(exponent), 23));
    const m = keep(f, binary('f32x4.sub', mantissa, float(1)));
    const square = keep(f, mul(local(m), local(m)));
    const e = keep(f, unary('f32x4.convert_i32x4_s', local(exponent)));
    let y: Code = mul(mul(horner(m, LOG_POLYNOMIAL), local(m)), local(square));
    y = add(y, mul(local(e), float(LN2_LOW)));
    y = binary('f32x4.sub', y, mul(float(0.5), local(square)));
    return add(add(local(m), y), mul(local(e), float(LN2_HIGH)));
  });

/** Natural logarithm of any float: small ones are scaled up first; 0, negative numbers and infinity are put right. */
export const logarithm = (argument: Code): Code =>
  on(argument, (f, x) => {
    const tiny = keep(f, binary('f32x4.lt', local(x), float(2 ** -126)));
    const scaled = select(local(tiny), mul(local(x), float(2 ** 24)), local(x));
    const y = keep(f, normalLogarithm(scaled));
    const back = binary('f32x4.sub', local(y), binary('v128.and', local(tiny), float(24 * Math.LN2)));
    const finite = keep(f, back);
    const atZero = keep(f, select(binary('f32x4.eq', local(x), float(0)), float(-Infinity), local(finite)));
    const notInfinite = binary('f32x4.lt', local(x), float(Infinity));
    const above = keep(f, select(notInfinite, local(atZero), local(x)));
    return select(binary('f32x4.lt', local(x), float(0)), float(Number.NaN), local(above));
  });

/** Cosine and sine of an angle of -pi/4 to pi/4 and some right angles more (Cephes cosf, sinf). */
export function cosineAndSine(f: FunctionBuilder, angle: Local, quadrants: Local): [cosine: Code, sine: Code] {
  const held = (code: Code) => keep(f, code, widthOf(angle));
  const square = held(mul(local(angle), local(angle)));
  const sine = held(add(mul(mul(horner(square, SINE_POLYNOMIAL), local(square)), local(angle)), local(angle)));
  const cosineTail = mul(mul(horner(square, COSINE_POLYNOMIAL), local(square)), local(square));
  const cosine = held(add(binary('f32x4.sub', cosineTail, mul(float(0.5), local(square))), float(1)));
  // Quadrant q turns (cos, sin) by q right angles: odd ones exchange them, and signs follow.
  const bit = (mask: number): Code => shift('i32x4.shl', local(quadrants), mask);
  const odd = held(shift('i32x4.shr_s', bit(31), 31));
  const high = held(binary('v128.and', bit(30), word(0x80000000)));
  const oddSign = binary('v128.and', local(odd), word(0x80000000));
  const turnedCosine = select(local(odd), local(sine), local(cosine));
  const turnedSine = select(local(odd), local(cosine), local(sine));
  return [
    binary('v128.xor', turnedCosine, binary('v128.xor', local(high), oddSign)),
    binary('v128.xor', turnedSine, local(high)),
  ];
}

/** Vectors of normal numbers from vectors of random words, in the steps of `normalPair`. */
export function normalNumbers(f: FunctionBuilder, a: Local, b: Local): [cosine: Local, sine: Local] {
  const width = widthOf(a);
  const held = (code: Code) => keep(f, code, width);
  const uniform = mul(
    unary('f32x4.convert_i32x4_s', binary('i32x4.add', shift('i32x4.shr_u', local(a), 8), word(1))),
    float(2 ** -24),
  );
  const radius = held(unary('f32x4.sqrt', mul(float(-2), normalLogarithm(uniform))));
  const within = unary('f32x4.convert_i32x4_s', binary('v128.and', shift('i32x4.shr_u', local(b), 8), word(0x3fffff)));
  const turn = binary('f32x4.sub', mul(within, float(2 ** -22)), float(0.5));
  const angle = held(mul(turn, float(HALF_PI)));
  const [cosine, sine] = cosineAndSine(f, angle, held(shift('i32x4.shr_u', local(b), 30)));
  return [held(mul(local(radius), cosine)), held(mul(local(radius), sine))];
}
