const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const KEY_STEP_0 = 0x9e3779b9;
const KEY_STEP_1 = 0xbb67ae85;
const ROUNDS = 10;

/** The upper 32 bits of the 64-bit product of two unsigned 32-bit integers, as a signed 32-bit integer. */
function multiplyHigh(left: number, right: number): number {
  const leftLow = left & 0xffff;
  const leftHigh = left >>> 16;
  const rightLow = right & 0xffff;
  const rightHigh = right >>> 16;
  // Neither sum can pass 2^32: (2^16 - 1)^2 + (2^16 - 1) = 2^32 - 2^16.
  const middle = (Math.imul(leftHigh, rightLow) + (Math.imul(leftLow, rightLow) >>> 16)) >>> 0;
  const carry = (Math.imul(leftLow, rightHigh) + (middle & 0xffff)) >>> 0;
  return (Math.imul(leftHigh, rightHigh) + (middle >>> 16) + (carry >>> 16)) | 0;
}

/**
 * Philox 4x32 with ten rounds: four 32-bit words of noise that are a pure function of a counter and a key.
 *
 * Only 32-bit integer arithmetic is used, so every engine gives the same bits.
 *
 * @param counter0 the four words of the counter, of each of which the low 32 bits count
 * @param counter1 see `counter0`
 * @param counter2 see `counter0`
 * @param counter3 see `counter0`
 * @param key0     the two words of the key, of each of which the low 32 bits count
 * @param key1     see `key0`
 * @param out      receives the four words
 * @param offset   index in `out` of the first word
 * @throws RangeError if `out` has no room for four words at `offset`
 * @see Salmon, Moraes, Dror and Shaw (2011), Parallel random numbers: as easy as 1, 2, 3, section 3.3
 * @example
 * const words = new Uint32Array(4);
 * philox4x32(0, 0, 0, 0, 0, 0, words);
 * words; // [1713891541, 3781805453, 3159862348, 2600524760]
 */
export function philox4x32(
  counter0: number,
  counter1: number,
  counter2: number,
  counter3: number,
  key0: number,
  key1: number,
  out: Uint32Array,
  offset = 0,
): void {
  if (!(offset >= 0 && offset + 4 <= out.length)) {
    throw new RangeError(
      `philox4x32: no room for 4 words at offset ${offset} of an array of ${out.length}. Pass an array of at least offset + 4 words.`,
    );
  }
  let word0 = counter0 | 0;
  let word1 = counter1 | 0;
  let word2 = counter2 | 0;
  let word3 = counter3 | 0;
  let roundKey0 = key0 | 0;
  let roundKey1 = key1 | 0;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, word0);
    const low0 = Math.imul(MULTIPLIER_0, word0);
    const high1 = multiplyHigh(MULTIPLIER_1, word2);
    const low1 = Math.imul(MULTIPLIER_1, word2);
    word0 = high1 ^ word1 ^ roundKey0;
    word1 = low1;
    word2 = high0 ^ word3 ^ roundKey1;
    word3 = low0;
    roundKey0 = (roundKey0 + KEY_STEP_0) | 0;
    roundKey1 = (roundKey1 + KEY_STEP_1) | 0;
  }
  out[offset] = word0;
  out[offset + 1] = word1;
  out[offset + 2] = word2;
  out[offset + 3] = word3;
}
