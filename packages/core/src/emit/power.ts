import type { Code, FunctionBuilder, Local } from './assembler.js';
import {
  add,
  binary,
  float,
  horner,
  local,
  mul,
  on,
  rounded,
  scaledExponential,
  select,
  shift,
  unary,
  word,
} from './functions.js';
import { keep } from './pairs.js';

/**
 * x^y = 2^(y log2 x). An error in the logarithm is multiplied by up to 128, so that it is computed in two floats: the
 * first has 12 bits, and products of two such are exact (as in FreeBSD's e_powf.c, which this follows in its idea).
 */
interface Parts {
  readonly high: Local;
  readonly low: Local;
}

const sub = (a: Code, b: Code) => binary('f32x4.sub', a, b);
/** The first 12 bits of a float. */
const top = (x: Code) => binary('v128.and', x, word(0xfffff000));

/** log2(e) in two parts, the first of 12 bits. */
const LOG2E_HIGH = 1.4423828125;
const LOG2E_LOW = Math.LOG2E - LOG2E_HIGH;
/** log2((1 + s) / (1 - s)) = 2 log2(e) (s + s^3/3 + s^5/5 + ...): from s^11 down to s^3. */
const SERIES = [11, 9, 7, 5, 3].map((power) => (2 * Math.LOG2E) / power);

/** Whether floats that are not negative are whole: from 2^23 on all are. */
const isWhole = (x: Local): Code =>
  binary(
    'v128.or',
    binary('f32x4.ge', local(x), float(2 ** 23)),
    binary('f32x4.eq', sub(add(local(x), float(2 ** 23)), float(2 ** 23)), local(x)),
  );

/** log2 of positive finite floats. */
function logarithm2(f: FunctionBuilder, x: Local): Parts {
  const held = (code: Code) => keep(f, code);
  const tiny = held(binary('f32x4.lt', local(x), float(2 ** -126)));
  const normal = held(select(local(tiny), mul(local(x), float(2 ** 24)), local(x)));
  // x = m 2^e with m in [sqrt(1/2), sqrt(2)).
  const shifted = held(binary('i32x4.sub', local(normal), word(0x3f3504f3)));
  const exponent = held(shift('i32x4.shr_s', local(shifted), 23));
  const m = held(binary('i32x4.sub', local(normal), shift('i32x4.shl', local(exponent), 23)));
  const scale = binary('v128.and', local(tiny), float(24));
  const e = held(sub(unary('f32x4.convert_i32x4_s', local(exponent)), scale));
  // s = (m - 1) / (m + 1) in two parts.
  const above = held(sub(local(m), float(1)));
  const below = held(add(local(m), float(1)));
  const belowHigh = held(top(local(below)));
  const belowLow = sub(local(m), sub(local(belowHigh), float(1)));
  const s = held(binary('f32x4.div', local(above), local(below)));
  const sHigh = held(top(local(s)));
  const rest = sub(sub(local(above), mul(local(sHigh), local(belowHigh))), mul(local(sHigh), belowLow));
  const sLow = binary('f32x4.div', rest, local(below));
  const square = held(mul(local(s), local(s)));
  const series = mul(mul(horner(square, SERIES), local(square)), local(s));
  const first = held(mul(local(sHigh), float(2 * LOG2E_HIGH)));
  const others = add(add(mul(sLow, float(2 * Math.LOG2E)), mul(local(sHigh), float(2 * LOG2E_LOW))), series);
  // e is 0 or larger than what is added to it, so that the rounding of the sum is known exactly.
  const sum = held(add(local(e), local(first)));
  const low = held(add(sub(local(first), sub(local(sum), local(e))), others));
  const high = held(top(add(local(sum), local(low))));
  return { high, low: held(sub(local(low), sub(local(high), local(sum)))) };
}

/** |x|^y. */
function powerOfMagnitude(f: FunctionBuilder, x: Local, y: Local): Code {
  const held = (code: Code) => keep(f, code);
  const { high, low } = logarithm2(f, x);
  // 0, infinity and NaN have logarithms that are infinite or none.
  const finite = held(select(binary('f32x4.lt', local(x), float(Infinity)), local(high), local(x)));
  const h = held(select(binary('f32x4.eq', local(x), float(0)), float(-Infinity), local(finite)));
  const yHigh = held(top(local(y)));
  const product = held(mul(local(y), local(h)));
  const exact = mul(local(yHigh), local(h));
  const others = add(mul(sub(local(y), local(yHigh)), local(h)), mul(local(y), local(low)));
  // Beyond these bounds the result is 0 or infinite.
  const p = held(binary('f32x4.min', binary('f32x4.max', exact, float(-200)), float(200)));
  const inRange = binary('f32x4.lt', unary('f32x4.abs', local(product)), float(200));
  const rest = held(binary('v128.and', others, inRange));
  const n = held(rounded(add(local(p), local(rest))));
  const r = held(mul(add(sub(local(p), local(n)), local(rest)), float(Math.LN2)));
  return select(binary('f32x4.eq', local(x), float(1)), float(1), scaledExponential(f, r, n));
}

/** x^y with the special cases of IEEE 754. */
export const power = (base: Code, exponent: Code): Code =>
  on(base, (f, x) => {
    const held = (code: Code) => keep(f, code);
    const y = held(exponent);
    const magnitude = held(unary('f32x4.abs', local(x)));
    const result = held(powerOfMagnitude(f, magnitude, y));
    const size = held(unary('f32x4.abs', local(y)));
    const whole = held(isWhole(size));
    const half = held(mul(local(size), float(0.5)));
    const odd = binary('v128.andnot', local(whole), isWhole(half));
    const sign = binary('v128.and', binary('v128.and', local(x), word(0x80000000)), odd);
    const signed = held(binary('v128.xor', local(result), sign));
    const isNegative = binary(
      'v128.and',
      binary('f32x4.lt', local(x), float(0)),
      binary('f32x4.gt', local(x), float(-Infinity)),
    );
    const isUndefined = binary('v128.andnot', isNegative, local(whole));
    const defined = held(select(isUndefined, float(Number.NaN), local(signed)));
    return select(binary('f32x4.eq', local(y), float(0)), float(1), local(defined));
  });
