import { type ClusterShape, type StepCost, stepTime } from './step-time.js';

/** How many machines are worth having. */
export interface Paying {
  /** Fewest machines of those with the fastest step: one more makes nothing faster. */
  readonly fastest: number;
  /** Steps in the time of one, on one machine without a cluster, with so many. */
  readonly speedup: number;
  /** Most machines of which each still does the wanted share of the work that it would do alone; 0 if none does. */
  readonly paying: number;
}

/**
 * The number of machines beyond which more do not pay: by `stepTime`, for 1, 2, 3 ... machines.
 *
 * @param step    what a step costs on one machine
 * @param cluster machines and lines, without their number
 * @param options `efficiency`: the least share that pays, default 0.5; `most`: most machines to consider, default 1024
 * @throws RangeError for numbers that are none of a step or a cluster
 * @example
 * const step = {
 *   rounds: [{ leaves: 16, leafSeconds: 0.01, bytes: 300_000 }],
 *   replicatedSeconds: 0,
 *   secondsPerByte: 0,
 *   secondsPerMessage: 0,
 * };
 * const line = { cores: 1, latency: 1e-4, bandwidth: 1.25e9 };
 * whereItStopsPaying(step, line).fastest; // 16; one machine a leaf
 */
export function whereItStopsPaying(
  step: StepCost,
  cluster: Omit<ClusterShape, 'machines'>,
  options: { readonly efficiency?: number; readonly most?: number } = {},
): Paying {
  const { efficiency = 0.5, most = 1024 } = options;
  if (!(Number.isInteger(most) && most >= 1)) {
    throw new RangeError(`whereItStopsPaying: most: got ${most}, expected a whole number from 1.`);
  }
  if (!(efficiency > 0 && efficiency <= 1)) {
    throw new RangeError(`whereItStopsPaying: efficiency: got ${efficiency}, expected a number above 0, at most 1.`);
  }
  const times = Array.from({ length: most }, (_, index) => stepTime(step, { ...cluster, machines: index + 1 }));
  const seconds = times.map((time) => time.seconds);
  const least = Math.min(...seconds);
  const fastest = seconds.indexOf(least) + 1;
  return {
    fastest,
    speedup: times[fastest - 1].efficiency * fastest,
    paying: times.findLastIndex((time) => time.efficiency >= efficiency) + 1,
  };
}
