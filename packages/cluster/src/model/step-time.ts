import type { Span } from '../machine/shares.js';
import { maximalSubtrees } from '../machine/subtrees.js';
import { MOST_CHUNK } from '../wire/chunks.js';

/** One round of a step: the micro-batches of a phase, and the exchange of their sums. Most models have one. */
export interface RoundCost {
  /** Leaves, the gradient accumulators. Machines share them out, and the cores of a machine again. */
  readonly leaves: number;
  /** Seconds of one core for a leaf, while all cores of its machine compute. */
  readonly leafSeconds: number;
  /** Bytes of the sums that a leaf adds to: 4 for each weight. */
  readonly bytes: number;
}

/** What a step costs on one machine, as measured there. */
export interface StepCost {
  readonly rounds: readonly RoundCost[];
  /** Seconds of what each machine computes itself: the optimiser, values of the whole batch. */
  readonly replicatedSeconds: number;
  /** Seconds of a machine for each byte that it sends or receives: copies, checksums, additions. */
  readonly secondsPerByte: number;
  /** Seconds of a machine for each message that it sends or receives. */
  readonly secondsPerMessage: number;
}

/** Machines that are alike, and the lines between them and the server. */
export interface ClusterShape {
  readonly machines: number;
  /** Cores of each machine. */
  readonly cores: number;
  /** Seconds that a byte needs from a machine to the server, or back. */
  readonly latency: number;
  /** Bytes a second of a machine's line, in each direction. */
  readonly bandwidth: number;
  /** Bytes a second of the server's line, in each direction. Default: `bandwidth`. */
  readonly serverBandwidth?: number;
  /** Most bytes that are sent as one. Default: 2^17, as workers cut messages. */
  readonly messageBytes?: number;
}

/** The time of a step, by what it is spent on, in seconds; and bytes. */
export interface StepTime {
  readonly seconds: number;
  /** Of these, the leaves of the machine that has most to do. */
  readonly leaves: number;
  /** Of these, what each machine computes itself. */
  readonly replicated: number;
  /** Of these, sums on their way. */
  readonly exchange: number;
  /** Of these, the messages by which the coordinator ends a round and begins the next. */
  readonly control: number;
  /** Time of the step on one machine without a cluster, divided by `machines` times `seconds`. */
  readonly efficiency: number;
  /** Bytes of a step that the machine with most to send sends. */
  readonly sent: number;
  /** Bytes of a step that the machine with most to receive receives. */
  readonly received: number;
  /** Bytes of a step that the server receives, and that it sends. */
  readonly server: { readonly received: number; readonly sent: number };
}

/**
 * Predicts the time of a training step on machines that are alike.
 *
 * With n machines of c cores, L leaves of t seconds each, sums of S bytes, latency l and bandwidth b:
 *
 *     step     = replicated + for each round (leaves + exchange + control)
 *     leaves   = ceil(ceil(L / n) / c) t
 *     exchange = 4 l + reduce + gather + 2 (chunk / b)
 *     control  = 4 l + (n + 1) secondsPerMessage
 *
 * - Leaves are not divided, neither between machines nor between cores.
 * - A machine sends the k maximal subtrees of its range, cut into n slices, to the machines that own the slices:
 *   k S (n - 1) / n bytes. Each owner adds up what came, and sends its sums, S / n bytes, to all. So a machine receives
 *   about 2 S bytes.
 * - A message goes through the server: twice the latency. Reducing is one such hop, gathering the next. Two more are the
 *   workers' "done" to the coordinator and its "go".
 * - Two machines with one subtree each send it whole, and both add up: there is no gathering, nor its two latencies. Both
 *   last chunks reach the server at the same time, and leave it one after the other.
 * - `reduce` and `gather` each take as long as whichever needs longest: the machine's line or the server's, one direction
 *   or the other, or the machine's own work on bytes and messages. The server passes on whole chunks, so the last one
 *   takes its time once more.
 * - The server sends n times what a machine receives: 2 S (n - 1). From some number of machines on, its line decides.
 *
 * @throws RangeError for numbers that are none of a step or a cluster
 * @example
 * const step = {
 *   rounds: [{ leaves: 16, leafSeconds: 0.01, bytes: 300_000 }],
 *   replicatedSeconds: 0.001,
 *   secondsPerByte: 1e-9,
 *   secondsPerMessage: 1e-5,
 * };
 * const gigabit = { cores: 1, latency: 1e-4, bandwidth: 125e6 };
 * const { seconds, efficiency } = stepTime(step, { machines: 4, ...gigabit });
 * seconds < 0.06; // true
 * efficiency > 0.6; // true
 */
export function stepTime(step: StepCost, cluster: ClusterShape): StepTime {
  check(step, cluster);
  const { machines, cores } = cluster;
  const sum = (of: (round: RoundCost) => number) => step.rounds.reduce((total, round) => total + of(round), 0);
  const leaves = sum((round) => busiest(round, machines, cores));
  const traffics = step.rounds.map((round) => trafficOf(round, machines));
  const exchange = traffics.reduce((total, traffic) => total + exchangeTime(traffic, step, cluster), 0);
  const control = step.rounds.length * (4 * cluster.latency + (machines + 1) * step.secondsPerMessage);
  const replicated = step.replicatedSeconds;
  const seconds = leaves + replicated + exchange + control;
  const alone = sum((round) => busiest(round, 1, cores)) + replicated;
  const bytes = (of: (traffic: Traffic) => number) => traffics.reduce((total, traffic) => total + of(traffic), 0);
  return {
    ...{ seconds, leaves, replicated, exchange, control },
    efficiency: alone / (machines * seconds),
    sent: bytes(({ reduce, gather }) => reduce.sent + gather.sent),
    received: bytes(({ reduce, gather }) => reduce.received + gather.received),
    server: {
      received: bytes(({ reduce, gather }) => reduce.serverReceived + gather.serverReceived),
      sent: bytes(({ reduce, gather }) => reduce.serverSent + gather.serverSent),
    },
  };
}

/** Seconds of the machine and the core that have most leaves. */
function busiest({ leaves, leafSeconds }: RoundCost, machines: number, cores: number): number {
  return Math.ceil(Math.ceil(leaves / machines) / cores) * leafSeconds;
}

/** Bytes and messages of one half of an exchange. */
interface Half {
  readonly sent: number;
  readonly received: number;
  readonly serverReceived: number;
  readonly serverSent: number;
  /** That the busiest machine sends and receives. */
  readonly messages: number;
  /** Bytes of a message, if it is not cut. */
  readonly message: number;
  /** Messages that reach the server last, at the same time. */
  readonly together: number;
}

interface Traffic {
  readonly reduce: Half;
  readonly gather: Half;
}

const NOTHING: Half = { sent: 0, received: 0, serverReceived: 0, serverSent: 0, messages: 0, message: 0, together: 1 };

/** What goes over the lines in one round. */
function trafficOf({ leaves, bytes }: RoundCost, machines: number): Traffic {
  if (machines === 1 || bytes === 0) return { reduce: NOTHING, gather: NOTHING };
  const others = machines - 1;
  const subtrees = evenShares(leaves, machines).map((share) => maximalSubtrees(share, leaves).length);
  if (leaves === 1) return { reduce: NOTHING, gather: { ...gatherOf(bytes, 1, others), received: bytes } };
  const [least, most] = [Math.min(...subtrees), Math.max(...subtrees)];
  const all = subtrees.reduce((total, count) => total + count, 0);
  if (machines === 2 && all === 2) return { reduce: direct(bytes), gather: NOTHING };
  const slice = bytes / machines;
  const reduce = {
    sent: most * others * slice,
    received: (all - least) * slice,
    serverReceived: all * others * slice,
    serverSent: all * others * slice,
    messages: 2 * others,
    message: most * slice,
    together: 1,
  };
  return { reduce, gather: gatherOf(slice, machines, others) };
}

/** Two machines with one subtree each send it whole, and both add up. */
function direct(bytes: number): Half {
  const server = { serverReceived: 2 * bytes, serverSent: 2 * bytes };
  return { sent: bytes, received: bytes, ...server, messages: 2, message: bytes, together: 2 };
}

/** The leaves of machines of the same weight: as many as `exampleShares` gives them, in less time. */
export function evenShares(leaves: number, machines: number): Span[] {
  const nearest = (machine: number) => Math.max(0, Math.ceil((machine * leaves) / machines - 0.5));
  return Array.from({ length: machines }, (_, machine) => [nearest(machine), nearest(machine + 1)]);
}

/** Owners send their sums to all others. */
function gatherOf(slice: number, owners: number, others: number): Half {
  return {
    sent: slice,
    received: others * slice,
    serverReceived: owners * slice,
    serverSent: owners * others * slice,
    messages: owners,
    message: slice,
    together: 1,
  };
}

/** Seconds from the moment at which the last machine has its sums to that at which all have those of the batch. */
function exchangeTime({ reduce, gather }: Traffic, step: StepCost, cluster: ClusterShape): number {
  return [reduce, gather].reduce(
    (total, half) => (half.messages === 0 ? total : total + halfTime(half, step, cluster)),
    0,
  );
}

function halfTime(half: Half, step: StepCost, cluster: ClusterShape): number {
  const { latency, bandwidth, serverBandwidth = bandwidth, messageBytes = MOST_CHUNK } = cluster;
  const handled = half.sent + half.received;
  const slowest = Math.max(
    Math.max(half.sent, half.received) / bandwidth,
    Math.max(half.serverReceived, half.serverSent) / serverBandwidth,
    handled * step.secondsPerByte + half.messages * step.secondsPerMessage,
  );
  const last = Math.min(half.message, messageBytes);
  return 2 * latency + slowest + Math.max(last / bandwidth, (half.together * last) / serverBandwidth);
}

function check(step: StepCost, cluster: ClusterShape): void {
  const { rounds, ...seconds } = step;
  const { machines, cores, latency, ...rates } = cluster;
  const isCount = (value: number) => Number.isInteger(value) && value >= 1 && value < 2 ** 31;
  const isAmount = (value: number) => Number.isFinite(value) && value >= 0;
  const leaves = rounds.map((round) => round.leaves);
  const amounts = rounds.flatMap(({ leafSeconds, bytes }) => [leafSeconds, bytes]);
  expectAll('stepTime', { machines, cores, leaves }, isCount, 'a whole number from 1');
  expectAll('stepTime', { ...seconds, latency, rounds: amounts }, isAmount, 'a finite number from 0');
  expectAll('stepTime', rates, (value) => value > 0, 'a number above 0');
}

function expectAll(
  name: string,
  values: Readonly<Record<string, number | undefined | readonly number[]>>,
  isRight: (value: number) => boolean,
  expected: string,
): void {
  for (const [option, value] of Object.entries(values)) {
    for (const each of [value ?? []].flat()) {
      if (!isRight(each)) throw new RangeError(`${name}: ${option}: got ${each}, expected ${expected}.`);
    }
  }
}
