import { COSINE_POLYNOMIAL, HALF_PI, LN2_HIGH, LN2_LOW, LOG_POLYNOMIAL, SINE_POLYNOMIAL } from '../random/normal.js';
import type { Code, FunctionBuilder, Local, SimdInstruction } from './assembler.js';
import type { ModuleBuilder } from './module.js';

/**
 * Transcendental functions of four floats, of our own: the engine's would not give the same bits everywhere.
 * Each is a WebAssembly function that kernels call.
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

const add = (a: Code, b: Code) => binary('f32x4.add', a, b);
const mul = (a: Code, b: Code) => binary('f32x4.mul', a, b);

/** Bits of a where the mask is set, else of b. */
export const select =
  (mask: Code, a: Code, b: Code): Code =>
  (f) => {
    a(f);
    b(f);
    mask(f);
    f.vector('v128.bitselect');
  };

const shift =
  (instruction: 'i32x4.shl' | 'i32x4.shr_s' | 'i32x4.shr_u', value: Code, bits: number): Code =>
  (f) => {
    value(f);
    f.i32(bits).vector(instruction);
  };

/** Horner's scheme, highest power first. */
function horner(x: Local, coefficients: readonly number[]): Code {
  return coefficients.slice(1).reduce<Code>((p, c) => add(mul(p, local(x)), float(c)), float(coefficients[0]));
}

/** A new local that holds the value of a piece of code. */
export function keep(f: FunctionBuilder, value: Code): Local {
  const result = f.local('v128');
  f.set(result, value);
  return result;
}

/** eˣ: x = n ln 2 + r, a polynomial for eʳ (Cephes expf), then two factors of powers of two, so that the ends of the range are met. */
export function exponential(module: ModuleBuilder): number {
  return module.define(
    'exp',
    ['v128'],
    (f, x) => {
      const inRange = keep(f, binary('f32x4.min', binary('f32x4.max', local(x), float(-110)), float(100)));
      const n = keep(f, (g) => {
        mul(local(inRange), float(Math.LOG2E))(g);
        g.vector('f32x4.nearest');
      });
      const high = binary('f32x4.sub', local(inRange), mul(local(n), float(LN2_HIGH)));
      const r = keep(f, binary('f32x4.sub', high, mul(local(n), float(LN2_LOW))));
      const polynomial = horner(
        r,
        [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1],
      );
      const e = keep(f, add(add(mul(mul(polynomial, local(r)), local(r)), local(r)), float(1)));
      const whole = keep(f, (g) => g.get(n).vector('i32x4.trunc_sat_f32x4_s'));
      const half = keep(f, shift('i32x4.shr_s', local(whole), 1));
      const power = (exponent: Code) =>
        shift(
          'i32x4.shl',
          binary('i32x4.add', exponent, (g) => g.i32x4(127)),
          23,
        );
      mul(mul(local(e), power(local(half))), power(binary('i32x4.sub', local(whole), local(half))))(f);
    },
    'v128',
  );
}

const call =
  (callee: number, argument: Code): Code =>
  (f) => {
    argument(f);
    f.call(callee);
  };

const negated =
  (value: Code): Code =>
  (f) => {
    value(f);
    f.vector('f32x4.neg');
  };

/** 1 / (1 + e⁻ˣ). */
export function logistic(module: ModuleBuilder): number {
  const exp = exponential(module);
  return module.define(
    'sigmoid',
    ['v128'],
    (f, x) => binary('f32x4.div', float(1), add(float(1), call(exp, negated(local(x)))))(f),
    'v128',
  );
}

/** tanh: a polynomial near 0 (Cephes tanhf), 1 - 2 / (e^(2|x|) + 1) with the sign of x elsewhere. */
export function hyperbolicTangent(module: ModuleBuilder): number {
  const exp = exponential(module);
  return module.define(
    'tanh',
    ['v128'],
    (f, x) => {
      const magnitude = keep(f, (g) => g.get(x).vector('f32x4.abs'));
      const square = keep(f, mul(local(x), local(x)));
      const polynomial = horner(
        square,
        [-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1],
      );
      const near = keep(f, add(mul(mul(polynomial, local(square)), local(x)), local(x)));
      const e = call(exp, add(local(magnitude), local(magnitude)));
      const far = keep(f, binary('f32x4.sub', float(1), binary('f32x4.div', float(2), add(e, float(1)))));
      const sign = binary('v128.and', local(x), (g) => g.i32x4(0x80000000));
      select(binary('f32x4.lt', local(magnitude), float(0.625)), local(near), binary('v128.or', local(far), sign))(f);
    },
    'v128',
  );
}

/** log of positive normal floats, in the steps of `logFloat32`. */
function normalLogarithm(module: ModuleBuilder): number {
  return module.define(
    'log.normal',
    ['v128'],
    (f, x) => {
      const shifted = keep(
        f,
        binary('i32x4.sub', local(x), (g) => g.i32x4(0x3f3504f3)),
      );
      const exponent = keep(f, shift('i32x4.shr_s', local(shifted), 23));
      const mantissa = binary('i32x4.sub', local(x), shift('i32x4.shl', local(exponent), 23));
      const m = keep(f, binary('f32x4.sub', mantissa, float(1)));
      const square = keep(f, mul(local(m), local(m)));
      const e = keep(f, (g) => g.get(exponent).vector('f32x4.convert_i32x4_s'));
      let y: Code = mul(mul(horner(m, LOG_POLYNOMIAL), local(m)), local(square));
      y = add(y, mul(local(e), float(LN2_LOW)));
      y = binary('f32x4.sub', y, mul(float(0.5), local(square)));
      add(add(local(m), y), mul(local(e), float(LN2_HIGH)))(f);
    },
    'v128',
  );
}

/** Natural logarithm of any float: small ones are scaled up first; 0, negative numbers and infinity are put right. */
export function logarithm(module: ModuleBuilder): number {
  const normal = normalLogarithm(module);
  return module.define(
    'log',
    ['v128'],
    (f, x) => {
      const tiny = keep(f, binary('f32x4.lt', local(x), float(2 ** -126)));
      const scaled = select(local(tiny), mul(local(x), float(2 ** 24)), local(x));
      const y = keep(f, call(normal, scaled));
      const back = binary('f32x4.sub', local(y), binary('v128.and', local(tiny), float(24 * Math.LN2)));
      const finite = keep(f, back);
      const atZero = keep(f, select(binary('f32x4.eq', local(x), float(0)), float(-Infinity), local(finite)));
      const notInfinite = binary('f32x4.lt', local(x), float(Infinity));
      const above = keep(f, select(notInfinite, local(atZero), local(x)));
      select(binary('f32x4.lt', local(x), float(0)), float(Number.NaN), local(above))(f);
    },
    'v128',
  );
}

/** Two vectors of normal numbers from two of random words, in the steps of `normalPair`; the second comes from `sine`. */
export function normalNumbers(module: ModuleBuilder, part: 'cosine' | 'sine'): number {
  const log = normalLogarithm(module);
  return module.define(
    `normal.${part}`,
    ['v128', 'v128'],
    (f, a, b) => {
      const uniform = mul(
        (g) => {
          binary('i32x4.add', shift('i32x4.shr_u', local(a), 8), (h) => h.i32x4(1))(g);
          g.vector('f32x4.convert_i32x4_s');
        },
        float(2 ** -24),
      );
      const radius = keep(f, (g) => {
        mul(float(-2), call(log, uniform))(g);
        g.vector('f32x4.sqrt');
      });
      const within = (g: FunctionBuilder) => {
        binary('v128.and', shift('i32x4.shr_u', local(b), 8), (h) => h.i32x4(0x3fffff))(g);
        g.vector('f32x4.convert_i32x4_s');
      };
      const turn = binary('f32x4.sub', mul(within, float(2 ** -22)), float(0.5));
      const x = keep(f, mul(turn, float(HALF_PI)));
      const square = keep(f, mul(local(x), local(x)));
      const sine = keep(f, add(mul(mul(horner(square, SINE_POLYNOMIAL), local(square)), local(x)), local(x)));
      const cosineTail = mul(mul(horner(square, COSINE_POLYNOMIAL), local(square)), local(square));
      const cosine = keep(f, add(binary('f32x4.sub', cosineTail, mul(float(0.5), local(square))), float(1)));
      // Quadrant q turns (cos, sin) by q right angles: odd ones exchange them, and signs follow.
      const bit = (mask: number): Code => shift('i32x4.shl', shift('i32x4.shr_u', local(b), 30), mask);
      const odd = keep(f, shift('i32x4.shr_s', bit(31), 31));
      const high = keep(
        f,
        binary('v128.and', bit(30), (g) => g.i32x4(0x80000000)),
      );
      const oddSign = binary('v128.and', local(odd), (g) => g.i32x4(0x80000000));
      const value =
        part === 'cosine'
          ? binary('v128.xor', select(local(odd), local(sine), local(cosine)), binary('v128.xor', local(high), oddSign))
          : binary('v128.xor', select(local(odd), local(cosine), local(sine)), local(high));
      mul(local(radius), value)(f);
    },
    'v128',
  );
}
