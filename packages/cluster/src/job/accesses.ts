import { byteLength } from '@weft/core/program';
import { addressOf, type Block, type Counts, type Standing } from '@weft/train/runtime';
import type { Job, JobFinishStage, JobLaunch, JobMicroStage, JobStage, Range } from './job.js';

/** Memory that a program reads or writes: where it lies moves as its block does. */
export interface Access {
  readonly block: Block;
  readonly bytes: number;
  /** How far the block moves within its stage, at the most. */
  readonly most: Counts;
  /** Examples that it is of, if it is of a micro-batch. */
  readonly examples?: number;
}

/** What one launch reads and writes. */
export interface Accesses {
  readonly reads: readonly Access[];
  readonly writes: readonly Access[];
}

/** What a launch reads and writes. */
function accessesOf(
  { programs }: Pick<Job, 'programs'>,
  { program, blocks }: JobLaunch,
  moves: Pick<Access, 'most' | 'examples'>,
): Accesses {
  const { program: code, inputs, outputs } = programs[program];
  const at = (places: JobPlaces, values: readonly number[]) =>
    places.map(({ segment, offset }, which): Access => {
      const block = blocks[segment - 1];
      const bytes = byteLength(code.values[values[which]]);
      return { block: { ...block, address: block.address + offset }, bytes, ...moves };
    });
  return { reads: at(inputs, code.inputs), writes: at(outputs, code.outputs) };
}

type JobPlaces = Job['programs'][number]['inputs'];

/** The launches of a stage of micro-batches, with the examples of the micro-batches that they are for. */
function microLaunches({ leaves, first, next }: JobMicroStage): { launch: JobLaunch; count: number }[] {
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
  if (stage.kind === 'finish') return finishAccesses(stage);
  const each = launchesOf(stage).map(({ launch, ...moves }) => accessesOf(job, launch, moves));
  return {
    reads: each.flatMap((accesses) => accesses.reads),
    writes: each.flatMap((accesses) => accesses.writes),
  };
}

function launchesOf(
  stage: Exclude<JobStage, JobFinishStage>,
): ({ launch: JobLaunch } & Pick<Access, 'most' | 'examples'>)[] {
  if (stage.kind === 'whole') return [{ launch: stage.launch, most: {} }];
  if (stage.kind === 'slices') return stage.parts.map(({ launch, count }) => ({ launch, most: { slice: count - 1 } }));
  const most = { example: stage.leaves.at(-1)?.at(-1)?.begin ?? 0, leaf: stage.leaves.length - 1 };
  return microLaunches(stage).map(({ launch, count }) => ({ launch, most, examples: count }));
}

function finishAccesses({ renewals, logs }: JobFinishStage): Accesses {
  const most = {};
  return {
    reads: [
      ...renewals.map(({ from, bytes }) => ({ block: from, bytes, most })),
      ...logs.map(({ from }) => ({ block: { address: from }, bytes: 4, most })),
    ],
    writes: [
      ...renewals.map(({ to, bytes }) => ({ block: to, bytes, most })),
      ...logs.map(({ to }) => ({ block: { address: to, perStep: 8 }, bytes: 8, most })),
    ],
  };
}

/** The bytes from where an access lies first to the end of where it lies last. */
export function rangeOf({ block, bytes, most }: Access, from: Standing, to: Standing): Range {
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
