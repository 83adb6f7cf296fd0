import { philox4x32 } from './philox.js';

const TWO_TO_24 = 0x1000000;
const TWO_TO_32 = 0x100000000;

/**
 * Natural logarithm from + - * / alone, because the last bits of Math.log differ between engines.
 *
 * The argument is scaled by exact powers of two to m in [sqrt(1/2), sqrt(2)), then
 * ln m = 2 artanh t with t = (m - 1)/(m + 1), |t| < 0.172, of which eleven terms leave less than 1e-17.
 *
 * @param value a normal float64 in (0, 1]
 * @see Abramowitz and Stegun (1964), 4.1.27
 */
function naturalLogarithm(value: number): number {
  let mantissa = value;
  let exponent = 0;
  while (mantissa < Math.SQRT1_2) {
    mantissa *= 2;
    exponent--;
  }
  const t = (mantissa - 1) / (mantissa + 1);
  const square = t * t;
  let sum = 1 / 21;
  for (let odd = 19; odd > 0; odd -= 2) sum = sum * square + 1 / odd;
  return exponent * Math.LN2 + 2 * t * sum;
}

function checkWord(name: string, value: number): void {
  if (!(Number.isInteger(value) && value >= 0 && value < TWO_TO_32)) {
    throw new RangeError(`RandomStream: ${name} is ${value}, expected an integer from 0 to 4294967295.`);
  }
}

/**
 * A sequence of random numbers that is a function of (seed, stream, index) and of nothing else.
 *
 * The Philox counter is (block, index, stream, 0), the key the low 32 and the high 21 bits of the seed.
 * Streams of different number or index never overlap, so each image, layer or epoch may own one and neither
 * the order of the draws nor the number of threads matters. The same bits come out of every engine.
 * A stream holds 2^34 words, after which it repeats.
 *
 * @example
 * const stream = new RandomStream(42, 0); // seed, number of the stream
 * stream.integer(6); // 5
 * stream.uniform(); // 0.4686
 * stream.shuffle(Uint32Array.of(0, 1, 2, 3)); // [0, 2, 3, 1]
 */
export class RandomStream {
  private readonly keyLow: number;
  private readonly keyHigh: number;
  private readonly words = new Uint32Array(4);
  private block = 0;
  private used = 4;
  private spareNormal = Number.NaN;

  /**
   * @param seed    any safe integer >= 0
   * @param stream  number of the random stream, such as one for each use; an integer in [0, 2^32)
   * @param index   which one of its kind, such as the number of an image; an integer in [0, 2^32)
   * @throws RangeError if one of them is not such an integer
   */
  constructor(
    seed: number,
    private readonly stream: number,
    private readonly index = 0,
  ) {
    if (!(Number.isSafeInteger(seed) && seed >= 0)) {
      throw new RangeError(`RandomStream: the seed is ${seed}, expected an integer from 0 to 9007199254740991.`);
    }
    checkWord('the stream', stream);
    checkWord('the index', index);
    this.keyLow = seed % TWO_TO_32;
    this.keyHigh = Math.floor(seed / TWO_TO_32);
  }

  /** The next 32 random bits, as an integer in [0, 2^32). */
  uint32(): number {
    if (this.used === 4) {
      philox4x32(this.block, this.index, this.stream, 0, this.keyLow, this.keyHigh, this.words);
      this.block = (this.block + 1) >>> 0;
      this.used = 0;
    }
    return this.words[this.used++]!;
  }

  /** A number in [0, 1): the upper 24 bits of one word times 2^-24, so that float32 holds it exactly. */
  uniform(): number {
    return (this.uint32() >>> 8) / TWO_TO_24;
  }

  /**
   * An integer in [0, n), each equally likely: words of the last, incomplete run of n are drawn again.
   *
   * @throws RangeError if n is not an integer from 1 to 2^32
   */
  integer(n: number): number {
    if (!(Number.isInteger(n) && n >= 1 && n <= TWO_TO_32)) {
      throw new RangeError(`RandomStream.integer: n is ${n}, expected an integer from 1 to 4294967296.`);
    }
    const limit = TWO_TO_32 - (TWO_TO_32 % n);
    let word = this.uint32();
    while (word >= limit) word = this.uint32();
    return word % n;
  }

  /**
   * A float64 from the normal distribution with mean 0 and standard deviation 1.
   *
   * @see Marsaglia and Bray (1964), A convenient method for generating normal variables (the polar method)
   */
  normal(): number {
    if (!Number.isNaN(this.spareNormal)) {
      const spare = this.spareNormal;
      this.spareNormal = Number.NaN;
      return spare;
    }
    let x: number;
    let y: number;
    let squaredRadius: number;
    do {
      // The half keeps the point off the origin, where the logarithm has no value.
      x = ((this.uint32() | 0) + 0.5) / 0x80000000;
      y = ((this.uint32() | 0) + 0.5) / 0x80000000;
      squaredRadius = x * x + y * y;
    } while (squaredRadius >= 1);
    const scale = Math.sqrt((-2 * naturalLogarithm(squaredRadius)) / squaredRadius);
    this.spareNormal = y * scale;
    return x * scale;
  }

  /**
   * Puts the elements of an array in random order, in place; every order is equally likely.
   *
   * @returns the same array
   * @see Durstenfeld (1964), Algorithm 235: random permutation
   */
  shuffle(array: Uint32Array): Uint32Array {
    for (let last = array.length - 1; last > 0; last--) {
      const other = this.integer(last + 1);
      const kept = array[last]!;
      array[last] = array[other]!;
      array[other] = kept;
    }
    return array;
  }
}
