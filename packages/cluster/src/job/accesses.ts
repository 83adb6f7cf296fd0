import { byteLength } from '@weft/core/program';
import { addressOf, type Block, type Counts, type Standing } from '@weft/train/runtime';
import type { Job, JobLaunch, JobMicroStage, JobStage, Range } from './job.js';

/** Memory that a program reads or writes: where it lies moves as its block does. */
export interface Access {
  readonly block: Block;
  readonly bytes: number;
}

/** What one launch reads and writes. */
export interface Accesses {
  readonly reads: readonly Access[];
  readonly writes: readonly Access[];
}

/** What a launch reads and writes. */
export function accessesOf({ programs }: Pick<Job, 'programs'>, { program, blocks }: JobLaunch): Accesses {
  const { program: code, inputs, outputs } = programs[program];
  const at = (places: JobPlaces, values: readonly number[]) =>
    places.map(({ segment, offset }, which): Access => {
      const block = blocks[segment - 1];
      return { block: { ...block, address: block.address + offset }, bytes: byteLength(code.values[values[which]]) };
    });
  return { reads: at(inputs, code.inputs), writes: at(outputs, code.outputs) };
}

type JobPlaces = Job['programs'][number]['inputs'];

/** The launches of a stage of micro-batches, with the examples of the micro-batches that they are for. */
export function microLaunches({ leaves, first, next }: JobMicroStage): { launch: JobLaunch; count: number }[] {
  const found = new Map<JobLaunch, number>();
  for (const leaf of leaves) {
    leaf.forEach(({ count }, index) => {
      found.set((index === 0 ? first : next)[count], count);
    });
  }
  return [...found].map(([launch, count]) => ({ launch, count }));
}

/** All that a stage reads and writes. What finishes an update reads numbers and copies others. */
export function stageAccesses(job: Pick<Job, 'programs'>, stage: JobStage): Accesses {
  const launches: JobLaunch[] =
    stage.kind === 'micro'
      ? microLaunches(stage).map(({ launch }) => launch)
      : stage.kind === 'slices'
        ? stage.parts.map(({ launch }) => launch)
        : stage.kind === 'whole'
          ? [stage.launch]
          : [];
  const each = launches.map((launch) => accessesOf(job, launch));
  const reads = each.flatMap((accesses) => accesses.reads);
  const writes = each.flatMap((accesses) => accesses.writes);
  if (stage.kind !== 'finish') return { reads, writes };
  const { renewals, logs } = stage;
  return {
    reads: [
      ...renewals.map(({ from, bytes }) => ({ block: from, bytes })),
      ...logs.map(({ from }) => ({ block: { address: from }, bytes: 4 })),
    ],
    writes: [
      ...renewals.map(({ to, bytes }) => ({ block: to, bytes })),
      ...logs.map(({ to }) => ({ block: { address: to, perStep: 8 }, bytes: 8 })),
    ],
  };
}

/** How far a stage's addresses move, at the most. */
export function mostCounts(stage: JobStage): Required<Counts> {
  if (stage.kind === 'micro') {
    const last = stage.leaves.at(-1)?.at(-1);
    return { example: last?.begin ?? 0, leaf: stage.leaves.length - 1, slice: 0 };
  }
  const slices = stage.kind === 'slices' ? stage.parts.map(({ count }) => count) : [1];
  return { example: 0, leaf: 0, slice: Math.max(0, ...slices) - 1 };
}

/** The bytes from where an access lies first to the end of where it lies last. */
export function rangeOf({ block, bytes }: Access, from: Standing, to: Standing, most: Counts): Range {
  const address = addressOf(block, 0, from, {});
  return { address, bytes: addressOf(block, 0, to, most) + bytes - address };
}

export const overlaps = (a: Range, b: Range): boolean =>
  a.bytes > 0 && b.bytes > 0 && a.address < b.address + b.bytes && b.address < a.address + a.bytes;

/** Ranges in order, those that touch as one. */
export function joined(ranges: Iterable<Range>): Range[] {
  const sorted = [...ranges].filter(({ bytes }) => bytes > 0).sort((a, b) => a.address - b.address);
  const found: Range[] = [];
  for (const range of sorted) {
    const last = found.at(-1);
    if (!last || range.address > last.address + last.bytes) found.push(range);
    else found[found.length - 1] = spanning(last, range);
  }
  return found;
}

function spanning(a: Range, b: Range): Range {
  return { address: a.address, bytes: Math.max(a.address + a.bytes, b.address + b.bytes) - a.address };
}
