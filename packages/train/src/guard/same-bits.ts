const isNaNWord = (word: number) => (word & 0x7fffffff) > 0x7f800000;

/**
 * Whether two copies of some bytes are the same.
 *
 * @param isFloat whether they are float32 numbers, of which a NaN is as good as another
 */
export function sameBits(a: Uint8Array, b: Uint8Array, isFloat: boolean): boolean {
  const words = ({ buffer, byteOffset, length }: Uint8Array) => new Uint32Array(buffer, byteOffset, length / 4);
  const [left, right] = isFloat ? [words(a), words(b)] : [a, b];
  for (let at = 0; at < left.length; at++) {
    if (left[at] !== right[at] && !(isFloat && isNaNWord(left[at]) && isNaNWord(right[at]))) return false;
  }
  return true;
}
