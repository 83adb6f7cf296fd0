/** More threads than a pool takes are a slip. */
export const MOST_THREADS = 1024;

/**
 * Threads that a pool has by default where the page is cross-origin isolated: as many as the browser says that the
 * machine computes on at once.
 *
 * @example
 * availableThreads() >= 1; // true
 */
export function availableThreads(): number {
  return Math.min(MOST_THREADS, Math.max(1, globalThis.navigator?.hardwareConcurrency ?? 1));
}
