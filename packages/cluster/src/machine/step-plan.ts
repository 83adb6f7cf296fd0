import { addressOf, type Block, type MicroBatch, type Standing } from '@weft/train/runtime';
import { type Access, overlaps, rangeOf, stageAccesses } from '../job/accesses.js';
import { type Job, JobError, type JobMicroStage, type JobStage, type Range } from '../job/job.js';

/** Values that micro-batches write, each its own examples: so many bytes for each example. */
export interface Rows {
  readonly block: Block;
  readonly perExample: number;
}

/** What one stage of micro-batches leaves behind, and what it needs of those before it. */
export interface MicroPlan {
  /** Position among the stages of the step. */
  readonly at: number;
  readonly stage: JobMicroStage;
  /** Rows that later stages read whole, or in another cut: all machines get them. */
  readonly shared: readonly Rows[];
  /** Rows that no stage reads, but whoever asked for the task. */
  readonly results: readonly Rows[];
  /** Earlier stages, by their positions, whose rows it reads: those of its own examples, where they were computed. */
  readonly needs: readonly number[];
  /** Numbers of examples at which a machine's share may begin or end: for all stages of an update the same. */
  readonly cuts: readonly number[];
}

/** What is known of a step of some size of batch before it is done. */
export interface StepPlan {
  readonly stages: readonly JobStage[];
  readonly micros: readonly MicroPlan[];
  /** By stage: what lasts from step to step. Micro-batches write no such thing. */
  readonly state: readonly (readonly Access[])[];
  /** Whether the step changes what later steps read, such as weights. Losses and results are no such thing. */
  readonly changesState: boolean;
  /** By stage: results that are not cut by examples. They are part of the state. */
  readonly values: readonly (readonly Access[])[];
}

const ORIGIN: Standing = { batchBegin: 0, step: 0 };

/**
 * Finds out what becomes of the values of a step.
 *
 * @throws JobError if micro-batches write what is not theirs
 */
export function planStep(job: Pick<Job, 'programs' | 'scratch'>, stages: readonly JobStage[]): StepPlan {
  const isScratch = scratchTest(job.scratch);
  const accesses = stages.map((stage) => stageAccesses(job, stage));
  const lasting = (at: number) => accesses[at].writes.filter((access) => !isScratch(originOf(access)));
  const state = stages.map(({ kind }, at) => (kind === 'micro' ? [] : lasting(at)));
  const values = stages.map(({ kind }, at) => (kind === 'whole' ? lasting(at) : []));
  const micros: MicroPlan[] = [];
  stages.forEach((stage, at) => {
    if (stage.kind !== 'micro') return;
    const rows = rowsOf(accesses[at].writes, stage);
    // What comes after the update lies in the same memory, and reads nothing of it.
    const end = stages.findIndex(({ kind }, which) => which > at && kind === 'finish');
    const whole = (each: Rows): Range =>
      originOf({ block: each.block, bytes: each.perExample * examplesOf(stage), most: {} });
    const isRead = (each: Rows) =>
      stages.some(
        (later, which) =>
          which > at && which <= end && readsAnotherCut(each, whole(each), later, accesses[which].reads),
      );
    const reads = accesses[at].reads;
    const direct = micros.filter((earlier) =>
      rowsOf(accesses[earlier.at].writes, earlier.stage).some((each) => reads.some((read) => isSameCut(each, read))),
    );
    micros.push({
      at,
      stage,
      shared: rows.filter(isRead),
      results: rows.filter((each) => !isScratch(whole(each))),
      needs: [...new Set(direct.flatMap((earlier) => [...earlier.needs, earlier.at]))].sort((a, b) => a - b),
      cuts: [],
    });
  });
  const changesState = stages.some((stage, at) =>
    stage.kind === 'finish' ? stage.renewals.length > 0 : stage.kind === 'slices' && state[at].length > 0,
  );
  return { stages, micros: withCuts(micros, stages), state, changesState, values };
}

function scratchTest(scratch: readonly Range[]): (range: Range) => boolean {
  return ({ address, bytes }) =>
    scratch.some((each) => each.address <= address && address + bytes <= each.address + each.bytes);
}

function originOf(access: Access): Range {
  return rangeOf(access, ORIGIN, ORIGIN);
}

function examplesOf({ leaves }: JobMicroStage): number {
  return leaves.flat().reduce((sum, { count }) => sum + count, 0);
}

/** Rows among what micro-batches write; the other writes are parts of sums. */
function rowsOf(writes: readonly Access[], { parts }: JobMicroStage): Rows[] {
  const found = new Map<string, Rows>();
  for (const { block, bytes, examples = 0 } of writes) {
    const { perExample = 0, perLeaf = 0 } = block;
    if (perExample > 0 && bytes === perExample * examples) found.set(JSON.stringify(block), { block, perExample });
    else if (!parts || perLeaf !== parts.bytes)
      throw new JobError(`A micro-batch writes at ${block.address}, which is not its own.`);
  }
  return [...found.values()];
}

const isSameCut = ({ block, perExample }: Rows, read: Access) =>
  read.block.address === block.address && read.block.perExample === perExample;

function readsAnotherCut(rows: Rows, range: Range, stage: JobStage, reads: readonly Access[]): boolean {
  const isMicro = stage.kind === 'micro';
  return reads.some((read) => overlaps(range, originOf(read)) && !(isMicro && isSameCut(rows, read)));
}

/** Where shares may begin and end: at the cuts that the leaves of all stages of an update have. */
function withCuts(micros: readonly MicroPlan[], stages: readonly JobStage[]): MicroPlan[] {
  const updateOf = ({ at }: MicroPlan) => stages.slice(0, at).filter(({ kind }) => kind === 'finish').length;
  return micros.map((micro) => {
    const others = micros
      .filter((other) => updateOf(other) === updateOf(micro))
      .map(({ stage }) => new Set(cutsOf(stage)));
    return { ...micro, cuts: cutsOf(micro.stage).filter((cut) => others.every((cuts) => cuts.has(cut))) };
  });
}

function cutsOf({ leaves }: JobMicroStage): number[] {
  const ends = leaves.map((leaf) => (leaf.at(-1) as MicroBatch).begin + (leaf.at(-1) as MicroBatch).count);
  return [0, ...ends];
}

/** Where the rows of some examples lie. */
export function rowRange({ block, perExample }: Rows, standing: Standing, begin: number, end: number): Range {
  return { address: addressOf(block, 0, standing, { example: begin }), bytes: perExample * (end - begin) };
}
