/**
 * The place where workers wait for each other, and the flag that frees them all.
 *
 * Two words of shared memory: how many have arrived, and a generation that counts the times the barrier has opened.
 * Bit 30 of the generation, which no count of openings reaches, means that something has failed: it lives in the very
 * word that waiters sleep on, so that no one can miss it between looking and falling asleep.
 */

const ARRIVED = 0;
const GENERATION = 1;
const FAILED = 1 << 30;

/**
 * Words of shared memory that a barrier takes.
 *
 * @example
 * const words = new Int32Array(new SharedArrayBuffer(4 * BARRIER_WORDS));
 * words.length; // 2
 */
export const BARRIER_WORDS = 2;

/** Looks at the generation this often before going to sleep: most waits are shorter than a wake-up. */
const SPINS = 2000;

/** Thrown in workers that are freed because another one has failed. */
export class BarrierBroken extends Error {
  constructor() {
    super('Another worker has failed.');
    this.name = 'BarrierBroken';
  }
}

/**
 * Waits until all parties have arrived.
 *
 * @param words   two words of shared memory, both zero at first
 * @param parties how many have to arrive
 * @throws BarrierBroken if the barrier is or gets broken
 * @example
 * const words = new Int32Array(new SharedArrayBuffer(4 * BARRIER_WORDS));
 * arriveAndWait(words, 1); // with more parties, each calls it in a thread of its own
 * words; // [0, 1]; nobody waits, and the barrier has opened once
 */
export function arriveAndWait(words: Int32Array, parties: number): void {
  // The generation is read before arriving: afterwards the last one to arrive may already have moved it on.
  const generation = Atomics.load(words, GENERATION);
  if (generation & FAILED) throw new BarrierBroken();
  if (Atomics.add(words, ARRIVED, 1) + 1 === parties) {
    // The count is reset before the generation moves: a freed worker may arrive at the next barrier at once.
    Atomics.store(words, ARRIVED, 0);
    Atomics.add(words, GENERATION, 1);
    Atomics.notify(words, GENERATION);
  } else {
    for (let spin = 0; spin < SPINS && Atomics.load(words, GENERATION) === generation; spin++);
    // Sleeps only if the word still is what it was; wakes up for a new generation, for a failure, or by chance.
    while (Atomics.load(words, GENERATION) === generation) Atomics.wait(words, GENERATION, generation);
  }
  if (Atomics.load(words, GENERATION) & FAILED) throw new BarrierBroken();
}

/**
 * Frees all who wait, and all who will: to be called when a party can't arrive any more.
 *
 * @example
 * const words = new Int32Array(new SharedArrayBuffer(4 * BARRIER_WORDS));
 * breakBarrier(words);
 * arriveAndWait(words, 1); // throws BarrierBroken
 */
export function breakBarrier(words: Int32Array): void {
  Atomics.or(words, GENERATION, FAILED);
  Atomics.notify(words, GENERATION);
}
