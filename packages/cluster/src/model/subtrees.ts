/**
 * How many maximal subtrees of the tree of leaves a range covers: so many partial sums a machine sends.
 *
 * The tree splits at the largest power of two below the number of leaves, as `combineTree` of `@weft/train` does.
 *
 * @param begin first leaf of the range
 * @param end   behind its last leaf
 * @param count leaves of the tree
 */
export function coveredSubtrees(begin: number, end: number, count: number): number {
  if (begin >= end || end <= 0 || begin >= count) return 0;
  if (begin <= 0 && end >= count) return 1;
  const split = 2 ** (31 - Math.clz32(count - 1));
  return coveredSubtrees(begin, end, split) + coveredSubtrees(begin - split, end - split, count - split);
}
