import type { Configuration } from './configuration.js';
import { loadBarrier } from './load-barrier.js';
import { PROTOCOL } from './protocol.js';

const BASE = { protocol: PROTOCOL, barrier: loadBarrier(), lanes: 2, slices: 2, pieces: 2 };
const QUIET = { failures: 0, stops: 0, restarts: 0 };
const EVENTFUL = { failures: 1, stops: 1, restarts: 1 };

/** A few seconds' worth, for tests. */
export const SMALL: readonly Configuration[] = [
  { ...BASE, ...QUIET, workers: 1, legs: [2] },
  { ...BASE, ...EVENTFUL, workers: 2, legs: [2, 3] },
  { ...BASE, ...QUIET, workers: 3, legs: [2], stops: 1 },
  { ...BASE, ...QUIET, workers: 3, legs: [1], failures: 2 },
];

/** As much as memory and a few minutes allow. */
export const LARGE: readonly Configuration[] = [
  ...SMALL,
  { ...BASE, workers: 2, legs: [2, 3], lanes: 3, slices: 3, failures: 2, stops: 2, restarts: 1 },
  { ...BASE, ...EVENTFUL, workers: 3, legs: [1, 3] },
  { ...BASE, ...QUIET, workers: 3, legs: [2], lanes: 3, slices: 3, failures: 2, stops: 1 },
  { ...BASE, ...QUIET, workers: 4, legs: [2], stops: 1 },
  { ...BASE, ...QUIET, workers: 4, legs: [1], failures: 1 },
];
