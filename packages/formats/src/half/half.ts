/** Half floats (IEEE 754 binary16), given by their bits, as float32: each is one exactly. */
export function halfToFloat(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const floats = new Float32Array(halves.length);
  const bits = new Uint32Array(floats.buffer);
  for (const [at, half] of halves.entries()) {
    const [exponent, fraction] = [(half >> 10) & 31, half & 1023];
    // Numbers below 2^-14 are multiples of 2^-24; the others get the bias of float32, infinity and NaN its largest exponent.
    if (exponent === 0) floats[at] = fraction / 16777216;
    else bits[at] = ((exponent === 31 ? 255 : exponent + 112) << 23) | (fraction << 13);
    if (half >> 15) bits[at] |= 0x80000000;
  }
  return floats;
}

/** bfloat16 numbers, given by their bits, as float32: they are its upper halves. */
export function bfloatToFloat(halves: Uint16Array): Float32Array<ArrayBuffer> {
  return new Float32Array(Uint32Array.from(halves, (half) => (half << 16) >>> 0).buffer);
}

/** Bits of the half floats that are nearest, of two the even one; beyond 65,504 infinity. */
export function floatToHalf(floats: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(new Float32Array(floats).buffer);
  return Uint16Array.from(floats, (value, at) => {
    const sign = (bits[at] >>> 16) & 0x8000;
    if (Number.isNaN(value)) return sign | 0x7e00;
    const size = Math.abs(value);
    if (size >= 65520) return sign | 0x7c00;
    // Below 2^-14 the numbers are multiples of 2^-24; above, the distance doubles with each power of two.
    const exponent = Math.max(((bits[at] >>> 23) & 255) - 127, -14);
    // A carry into the next power of two gives the bits of that, too.
    return sign | ((exponent + 14) * 1024 + roundedToEven(size * 2 ** (10 - exponent)));
  });
}

function roundedToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
