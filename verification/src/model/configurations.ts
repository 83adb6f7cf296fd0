import type { Configuration } from './configuration.js';
import { loadWorker } from './load-worker.js';
import { layOut } from './step.js';

const BASE = { load: () => loadWorker(), layOut, leaves: 2, microBatches: 3, slices: 2 };
const QUIET = { failures: 0, stops: 0, restarts: 0 };
const EVENTFUL = { failures: 1, stops: 1, restarts: 1 };

/** A few seconds' worth, for tests. */
export const SMALL: readonly Configuration[] = [
  { ...BASE, ...QUIET, workers: 1, legs: [2] },
  { ...BASE, ...EVENTFUL, workers: 2, legs: [1, 2] },
  { ...BASE, ...QUIET, workers: 2, legs: [3], stops: 1, lostStep: 1 },
  { ...BASE, ...QUIET, workers: 3, legs: [1] },
];

/** As much as memory and a few minutes allow. */
export const LARGE: readonly Configuration[] = [
  ...SMALL,
  { ...BASE, workers: 2, legs: [1, 2], leaves: 3, slices: 3, failures: 2, stops: 2, restarts: 1 },
  { ...BASE, ...EVENTFUL, workers: 3, legs: [1, 2] },
  { ...BASE, ...QUIET, workers: 3, legs: [1], leaves: 3, microBatches: 4, slices: 3, failures: 2, stops: 1 },
  { ...BASE, ...QUIET, workers: 4, legs: [1] },
];
