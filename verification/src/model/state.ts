/** A state as numbers, to be changed. */
export interface State {
  readonly words: number[];
  /** What each region holds. */
  readonly contents: number[];
  /** Each worker's point. */
  readonly workers: number[];
  /** The word that each worker sleeps on, plus one; 0 if it is awake. */
  readonly asleep: number[];
  /** The point of the main thread where it breaks the barrier, plus one; 0 else. */
  main: number;
  /** Failures that the main thread has not acted on yet; and whether this training has failed. */
  unhandled: number;
  failed: number;
  /** What may still happen. */
  failures: number;
  stops: number;
  restarts: number;
}

/** How many there are of each. */
export interface Sizes {
  readonly words: number;
  readonly regions: number;
  readonly workers: number;
}

/** Bit 30 of the generation, which says that something has failed, does not fit into a character: bit 14 stands for it. */
export const FAILED = 1 << 30;
const FAILED_CHARACTER = 1 << 14;

/** A state as a text, by which it is known. */
export function encode(state: State): string {
  const { words, contents, workers, asleep, main, unhandled, failed, failures, stops, restarts } = state;
  const small = words.map((word) => (word & FAILED ? (word ^ FAILED) | FAILED_CHARACTER : word));
  const rest = [main, unhandled, failed, failures, stops, restarts];
  return String.fromCharCode(...small, ...contents, ...workers, ...asleep, ...rest);
}

export function decode(text: string, { words: wordCount, regions, workers }: Sizes): State {
  let next = 0;
  const take = (count: number) => {
    const numbers = new Array<number>(count);
    for (let index = 0; index < count; index++) numbers[index] = text.charCodeAt(next++);
    return numbers;
  };
  const words = take(wordCount).map((word) => (word & FAILED_CHARACTER ? (word ^ FAILED_CHARACTER) | FAILED : word));
  const [contents, points, asleep] = [take(regions), take(workers), take(workers)];
  const [main, unhandled, failed, failures, stops, restarts] = take(6);
  return { words, contents, workers: points, asleep, main, unhandled, failed, failures, stops, restarts };
}
