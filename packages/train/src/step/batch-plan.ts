import {
  ALIGNMENT,
  byteLength,
  type CompileOptions,
  type ConvolutionRecord,
  lower,
  type Partition,
  type Program,
  partition,
  Recent,
} from '@weft/core/program';
import { leafCount, leavesOf, type MicroBatch, microBatchesOf, microBatchSize } from './leaves.js';
import type { PartGroup } from './stages.js';

/** Numbers of a flat vector that one call of a program works on, where each is computed by itself. */
export const SLICE = 1024;

/**
 * Bytes of a slice.
 *
 * @example
 * SLICE_BYTES; // 4096
 */
export const SLICE_BYTES = SLICE * 4;

/** What the micro-batches of a phase add to. */
export interface PhaseParts {
  /** Bytes from the beginning of a leaf, by slot. */
  readonly offsets: ReadonlyMap<number, number>;
  readonly groups: readonly PartGroup[];
  readonly bytes: number;
  readonly leaves: readonly (readonly MicroBatch[])[];
}

/** How a batch of some size goes through a program, before anything has an address. */
export interface BatchPlan {
  readonly batch: number;
  readonly partition: Partition;
  readonly microBatch: number;
  readonly phases: readonly PhaseParts[];
  /** Bytes from the beginning of the memory of slots, by slot. */
  readonly slotOffsets: readonly number[];
  readonly slotBytes: number;
  /** Bytes of the leaves of the phase that has most of them. */
  readonly leafBytes: number;
  readonly convolutions: readonly ConvolutionRecord[];
}

const aligned = (bytes: number) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
const wholeSlices = (bytes: number) => Math.ceil(bytes / SLICE_BYTES);

/** How the programs of steps are made. */
export interface StepOptions extends CompileOptions {
  /** Examples to a micro-batch, for tests. Without it, as many as fit into the caches. */
  readonly microBatch?: number | undefined;
}

/** Plans made last: a model that is used again, or another one of the same shapes, is planned once. */
const plans = new Recent<BatchPlan>(32);

/**
 * Plans a batch.
 *
 * @param traced   at the size of the batch
 * @param examples positions of the inputs whose axis 0 is that of the examples
 * @param own      positions of the outputs that lie in memory of the caller's
 */
export function planBatch(
  traced: Program,
  examples: readonly number[],
  batch: number,
  options: StepOptions,
  own: readonly number[] = [],
): BatchPlan {
  const key = JSON.stringify([traced, examples, batch, options, own]);
  const plan = plans.get(key, () => makePlan(traced, examples, batch, options, own));
  for (const choice of plan.convolutions) options.record?.(choice);
  return plan;
}

function makePlan(
  traced: Program,
  examples: readonly number[],
  batch: number,
  options: StepOptions,
  own: readonly number[],
): BatchPlan {
  const microBatch = Math.min(batch, options.microBatch ?? microBatchSize(traced, batch));
  const convolutions: ConvolutionRecord[] = [];
  const record = (choice: ConvolutionRecord) => void convolutions.push(choice);
  const cut = partition(lower(traced, { ...options, record }), { examples, batch, own });
  const microBatches = microBatchesOf(batch, microBatch);
  const phases = cut.phases.map(({ parts }) => layOutParts(cut, parts, microBatches));
  const slotOffsets: number[] = [];
  let slotBytes = 0;
  const reserve = (bytes: number) => {
    const offset = slotBytes;
    slotBytes += aligned(bytes);
    return offset;
  };
  for (const [phase, { offsets, bytes }] of phases.entries()) {
    if (cut.phases[phase].parts.length === 0) continue;
    // Put together, parts lie as they do in a leaf.
    const begin = reserve(bytes);
    for (const [slot, offset] of offsets) slotOffsets[slot] = begin + offset;
  }
  cut.slots.forEach(({ type, kind }, slot) => {
    if (kind === 'rows' || kind === 'whole') slotOffsets[slot] = reserve(byteLength(type));
  });
  const leafBytes = Math.max(0, ...phases.map(({ bytes, leaves }) => (leaves.length > 1 ? bytes * leaves.length : 0)));
  return { batch, partition: cut, microBatch, phases, slotOffsets, slotBytes, leafBytes, convolutions };
}

function layOutParts({ slots }: Partition, parts: readonly number[], microBatches: readonly MicroBatch[]): PhaseParts {
  const offsets = new Map<number, number>();
  const groups: PartGroup[] = [];
  let bytes = 0;
  for (const combine of ['sum', 'max'] as const) {
    const mine = parts.filter((slot) => slots[slot].kind === combine);
    if (mine.length === 0) continue;
    const offset = bytes;
    for (const slot of mine) {
      offsets.set(slot, bytes);
      bytes += aligned(byteLength(slots[slot].type));
    }
    const slices = wholeSlices(bytes - offset);
    bytes = offset + slices * SLICE_BYTES;
    groups.push({ combine, offset, slices });
  }
  const count = bytes === 0 ? microBatches.length : leafCount(microBatches.length, bytes);
  return { offsets, groups, bytes, leaves: leavesOf(microBatches, count) };
}
