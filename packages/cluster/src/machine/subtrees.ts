import type { Span } from './shares.js';

/** Where the tree over some leaves splits: at the largest power of two below their number. */
const splitOf = ([begin, end]: Span): number => begin + 2 ** (31 - Math.clz32(end - begin - 1));

/**
 * The largest subtrees of the tree over all leaves that a range covers, in their order: their sums are all that others
 * need to know of these leaves.
 *
 * @param leaves in all
 */
export function maximalSubtrees([begin, end]: Span, leaves: number): Span[] {
  const found: Span[] = [];
  const visit = (tree: Span) => {
    if (begin >= tree[1] || end <= tree[0] || begin >= end) return;
    if (begin <= tree[0] && tree[1] <= end) {
      found.push(tree);
      return;
    }
    const split = splitOf(tree);
    visit([tree[0], split]);
    visit([split, tree[1]]);
  };
  visit([0, leaves]);
  return found;
}

/**
 * Combines the values of subtrees that cover all leaves, in the order of the tree.
 *
 * @param sumOf a subtree's value; undefined for one that its two halves have values of
 */
export function combineSubtrees<T>(
  leaves: number,
  sumOf: (tree: Span) => T | undefined,
  combine: (a: T, b: T) => T,
): T {
  const visit = (tree: Span): T => {
    const value = sumOf(tree);
    if (value !== undefined) return value;
    if (tree[1] - tree[0] <= 1) throw new RangeError(`There is no value of leaf ${tree[0]}.`);
    const split = splitOf(tree);
    return combine(visit([tree[0], split]), visit([split, tree[1]]));
  };
  return visit([0, leaves]);
}
