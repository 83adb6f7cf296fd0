/** What has been done so far, for tests that count work because time is noisy. */
export const statistics = {
  /** Programs compiled. */
  compilations: 0,
  /** Nodes looked at while tensors were traced and paths of gradients were found. */
  visitedNodes: 0,
};
