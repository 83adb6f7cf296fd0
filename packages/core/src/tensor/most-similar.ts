/** Longer than any option and any command: what is, is similar to none. */
const LONGEST_WORD = 40;

/**
 * The word that the given one was probably meant to be; undefined if none is near.
 *
 * @example
 * mostSimilar('sofmax', ['relu', 'softmax']); // 'softmax'
 */
export function mostSimilar(given: string, known: readonly string[]): string | undefined {
  if (given.length > LONGEST_WORD) return undefined;
  const begun = known.filter((word) => given.length >= 3 && word.startsWith(given));
  if (begun.length === 1) return begun[0];
  const distances = known.map((word) => ({ word, distance: editDistance(given, word) }));
  const nearest = distances.reduce((best, next) => (next.distance < best.distance ? next : best));
  return nearest.distance <= (given.length < 5 ? 1 : 2) ? nearest.word : undefined;
}

/**
 * Letters to insert, delete or replace to make one word of another.
 *
 * @see Levenshtein (1966), Binary codes capable of correcting deletions, insertions, and reversals
 */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[to.length];
}
