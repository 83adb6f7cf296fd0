/**
 * What has been done so far, for tests that count work because time is noisy.
 *
 * @example
 * const before = statistics.compilations;
 * compute([exp(tensor([1.5, 2.5, 3.5]))]);
 * statistics.compilations - before; // 1
 */
export const statistics = {
  /** Programs compiled. */
  compilations: 0,
  /** Nodes looked at while tensors were traced and paths of gradients were found. */
  visitedNodes: 0,
};
