import type { Piece } from './round.js';

/** Memory is compared in blocks of so many bytes. */
const BLOCK = 16384;

/**
 * The words of memory that differ from what was known of them, and no others: between two times that machines are asked
 * what steps have changed, they have newer values around them than the coordinator.
 *
 * @param now   memory
 * @param known what it was; it becomes what it is
 * @param from  the first byte, a multiple of 4
 * @param to    behind the last one, a multiple of 4
 * @returns words one after another as a piece each, as views of `known`
 */
export function differences(now: Uint8Array, known: Uint8Array, from: number, to: number): Piece[] {
  const pieces: Piece[] = [];
  for (let at = from; at < to; at += BLOCK) {
    const end = Math.min(at + BLOCK, to);
    const [here, before] = [Buffer.from(now.buffer, now.byteOffset + at, end - at), known.subarray(at, end)];
    if (here.equals(before)) continue;
    const wordsOf = ({ buffer, byteOffset, length }: Uint8Array) => new Int32Array(buffer, byteOffset, length / 4);
    const [words, old] = [wordsOf(here), wordsOf(before)];
    for (let word = 0; word < words.length; ) {
      const begin = word;
      while (word < words.length && words[word] !== old[word]) word++;
      if (word > begin) pieces.push({ address: at + 4 * begin, bytes: known.subarray(at + 4 * begin, at + 4 * word) });
      else word++;
    }
    before.set(here);
  }
  return pieces;
}
