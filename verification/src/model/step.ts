import type { ProgramImage, StepsWork } from '@weft/train/runtime';
import { REGION_BYTES, regionAddress, ticketAddress } from './actions.js';
import type { StandIn } from './load-worker.js';

/** How much there is to do. */
export interface Size {
  readonly workers: number;
  /** Gradient accumulators of a phase. */
  readonly leaves: number;
  /** Micro-batches of a batch, of one example each. */
  readonly microBatches: number;
  /** Slices of gradients and weights. */
  readonly slices: number;
  /** After how many steps a leg of the epoch ends, whose last step it is; main begins the next one. */
  readonly legs: readonly number[];
}

/** What workers are given, and how it lies in memory. */
export interface Layout {
  readonly regions: number;
  readonly tickets: number;
  /** The epoch's steps, and behind the last of them the validation. */
  readonly work: StepsWork;
  /** Barriers of a step. */
  readonly stages: number;
  /** Region of the number that a step leaves behind. */
  readonly logOf: (step: number) => number;
}

type Stage = StepsWork['stages'][number][number];
type Launch = Extract<Stage, { kind: 'whole' }>['launch'];
type Block = Launch['blocks'][number];

/** Hands out regions of memory one after another. */
class Memory {
  regions = 0;

  take(count: number): number {
    this.regions += count;
    return this.regions - count;
  }
}

const fixed = (first: number, count: number): Block[] =>
  Array.from({ length: count }, (_, index) => ({ address: regionAddress(first + index) }));

const at = (region: number, per: Omit<Block, 'address'> = {}): Block => ({ address: regionAddress(region), ...per });

/** A program that reads some blocks and writes others; what `prologue` names is read once in a stage before, too. */
function launch(
  name: string,
  blocks: { readonly reads: readonly Block[]; readonly writes: readonly Block[]; readonly prologue?: readonly Block[] },
): Launch {
  const { reads, writes, prologue = [] } = blocks;
  const all = [{ address: 0 }, ...reads, ...writes, ...prologue];
  const positions = (first: number, list: readonly Block[]) => list.map((_, index) => first + index);
  const standIn: StandIn = {
    name,
    reads: positions(1, reads),
    writes: positions(1 + reads.length, writes),
    prologue: positions(1 + reads.length + writes.length, prologue),
  };
  const image = { id: name, module: standIn, program: undefined, plan: undefined, segments: all.length };
  return { image: image as unknown as ProgramImage, blocks: all };
}

function micro(
  phase: number,
  { leaves, microBatches }: Size,
  sums: number,
  blocks: {
    readonly reads: readonly Block[];
    readonly writes?: readonly Block[];
    readonly prologue?: readonly Block[];
  },
): Stage {
  const sum = at(sums, { perLeaf: REGION_BYTES });
  const { reads, writes = [], prologue = [] } = blocks;
  const program = (name: string, own: readonly Block[]) =>
    launch(`phase ${phase}, ${name}`, { reads: [...reads, ...own], writes: [sum, ...writes], prologue });
  const shares = Array.from({ length: leaves }, (_, leaf) => {
    const [begin, end] = [leaf, leaf + 1].map((index) => Math.floor((index * microBatches) / leaves));
    return Array.from({ length: end - begin }, (_, index) => ({ begin: begin + index, count: 1 }));
  });
  return {
    kind: 'micro',
    ticket: ticketAddress(phase),
    leaves: shares,
    first: { 1: program('first', []) },
    next: { 1: program('next', [sum]) },
  };
}

const sliced = (name: string, count: number, reads: readonly Block[], writes: readonly Block[]): Stage => ({
  kind: 'slices',
  parts: [{ launch: launch(name, { reads, writes }), count }],
});

/** The numbers of control begin here. */
const CONTROL_ADDRESS = 0;

/**
 * A step in which examples meet twice: two phases of micro-batches, which share the memory of their sums, with all that
 * can lie between and behind them. `fit` makes its stages like this; the ones of real models are looked at by a test.
 */
export function layOut(size: Size): Layout {
  const { leaves, microBatches, slices, legs } = size;
  const steps = legs[legs.length - 1];
  const memory = new Memory();
  const weights = memory.take(slices);
  const [state, kept, newState] = [memory.take(1), memory.take(1), memory.take(1)];
  const totals = memory.take(slices);
  const sums = memory.take(leaves);
  const rows = memory.take(microBatches);
  const gradients = memory.take(slices);
  const logs = memory.take(steps);
  const [validationSums, validationLog] = [memory.take(leaves), memory.take(1)];
  const perSlice = { perSlice: REGION_BYTES };
  const perExample = { perExample: REGION_BYTES };
  const ofWeights = fixed(weights, slices);
  const own = (first: number) => at(first, perSlice);
  const stages: Stage[] = [
    micro(0, size, sums, { reads: ofWeights, writes: [at(rows, perExample)], prologue: ofWeights }),
    sliced('sums of phase 0', slices, fixed(sums, leaves), [own(totals)]),
    {
      kind: 'whole',
      launch: launch('whole', { reads: [...fixed(totals, slices), at(state)], writes: [at(kept), at(newState)] }),
    },
    micro(1, size, sums, { reads: [...ofWeights, at(kept), at(rows, perExample)] }),
    sliced('sums of phase 1', slices, fixed(sums, leaves), [own(gradients)]),
    sliced('update', slices, [own(weights), own(gradients)], [own(weights)]),
    {
      kind: 'finish',
      renewals: [{ from: at(newState), to: at(state), bytes: REGION_BYTES }],
      logs: [{ from: regionAddress(totals), to: regionAddress(logs) }],
      endsStep: { tickets: ticketAddress(0), count: 2 },
    },
  ];
  const validation: Stage[] = [
    micro(2, size, validationSums, { reads: [...ofWeights, at(state)] }),
    {
      kind: 'finish',
      renewals: [],
      logs: [{ from: regionAddress(validationSums), to: regionAddress(validationLog) }],
      endsStep: { tickets: ticketAddress(2), count: 1 },
    },
  ];
  const common = { session: 'model', batchSize: microBatches, firstStep: 0 };
  const next: StepsWork = {
    ...common,
    stages: { [microBatches]: validation },
    count: microBatches,
    endStep: 1,
    isReported: false,
    finite: [],
  };
  const count = microBatches * steps;
  const finite = [regionAddress(logs)];
  const work = { ...common, stages: { [microBatches]: stages }, count, endStep: steps, isReported: true, finite, next };
  return { regions: memory.regions, tickets: 3, work, stages: stages.length, logOf: (step) => logs + step };
}
