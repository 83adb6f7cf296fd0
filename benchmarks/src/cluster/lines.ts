import type { ClusterShape } from '@weft/cluster';

/** Kinds of networks, between a machine and the server. */
export interface Network extends Pick<ClusterShape, 'latency' | 'bandwidth'> {
  readonly name: string;
}

const BITS = 1e6 / 8;

/** What the formula is checked with: slow enough that a proxy's timers, of a millisecond, matter little. */
export const CHECKED: readonly Network[] = [
  { name: 'this machine', latency: 0, bandwidth: Number.POSITIVE_INFINITY },
  { name: '2 ms, 400 Mbit/s', latency: 0.002, bandwidth: 400 * BITS },
  { name: '5 ms, 100 Mbit/s', latency: 0.005, bandwidth: 100 * BITS },
  { name: '20 ms, 50 Mbit/s', latency: 0.02, bandwidth: 50 * BITS },
];

/** What the formula is asked about. */
export const ASKED: readonly Network[] = [
  { name: 'wireless, 3 ms, 100 Mbit/s', latency: 0.003, bandwidth: 100 * BITS },
  { name: '1 Gbit/s, 0.1 ms', latency: 0.0001, bandwidth: 1000 * BITS },
  { name: '10 Gbit/s, 0.03 ms', latency: 0.00003, bandwidth: 10_000 * BITS },
  { name: 'internet, 20 ms, 50 Mbit/s', latency: 0.02, bandwidth: 50 * BITS },
];
