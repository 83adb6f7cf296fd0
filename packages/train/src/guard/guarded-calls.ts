import { byteLength, type CompiledProgram } from '@weft/core/program';
import { microBatchesOf } from '../step/leaves.js';
import { addressOf, type Counts } from '../step/run-stages.js';
import type { Launch, Stage } from '../step/stages.js';
import type { StepsWork } from '../task.js';

/** Bytes of memory. */
export interface Range {
  readonly address: number;
  readonly bytes: number;
  /** Whether they are float32 numbers. */
  readonly isFloat: boolean;
}

/** A program, where it is run to be checked, and the bytes that it reads and writes there. */
export interface GuardedCall {
  readonly launch: Launch;
  readonly compiled: CompiledProgram;
  /** Addresses of its segments. */
  readonly bases: readonly number[];
  readonly inputs: readonly Range[];
  readonly outputs: readonly Range[];
  /** Whether it was called before at another place: then it is run to have its results, and not checked again. */
  readonly isRepeated: boolean;
}

/** Slices of a stage that are run: what phases hand on to each other, such as means of channels, lies in the first. */
const SLICES = 64;

/**
 * The first call of every program in some steps and in what comes after them, in the order in which a step has them. So
 * each finds what those before it have left behind.
 *
 * @param programs by their launches
 */
export function guardedCalls(work: StepsWork, programs: ReadonlyMap<Launch, CompiledProgram>): GuardedCall[] {
  const calls: GuardedCall[] = [];
  const seen = new Set<Launch>();
  const batches = microBatchesOf(work.count, work.batchSize);
  for (const [step, { begin, count }] of batches.entries()) {
    if (batches.findIndex((other) => other.count === count) !== step) continue;
    for (const stage of work.stages[count]) {
      for (const [launch, counts] of firstLaunches(stage)) {
        const compiled = programs.get(launch);
        if (!compiled) throw new TypeError('guard: a program is not known.');
        const standing = { batchBegin: begin, step: work.resultStep ?? step };
        const bases = launch.blocks.map((block) => addressOf(block, 0, standing, counts));
        const isRepeated = seen.has(launch);
        if (isRepeated && counts.slice === undefined) continue;
        seen.add(launch);
        const ranges = (values: readonly number[]) => values.map((value) => rangeOf(compiled, value, bases));
        const { inputs, outputs } = compiled.program;
        calls.push({ launch, compiled, bases, inputs: ranges(inputs), outputs: ranges(outputs), isRepeated });
      }
    }
  }
  return [...calls, ...(work.next ? guardedCalls(work.next, programs) : [])];
}

function* firstLaunches(stage: Stage): Generator<[Launch, Counts]> {
  if (stage.kind === 'whole') yield [stage.launch, {}];
  if (stage.kind === 'slices') {
    for (const { launch, count } of stage.parts) {
      for (let slice = 0; slice < Math.min(SLICES, count); slice++) yield [launch, { slice }];
    }
  }
  if (stage.kind === 'micro') {
    for (const [leaf, microBatches] of stage.leaves.entries()) {
      for (const [index, { begin, count }] of microBatches.entries()) {
        yield [(index === 0 ? stage.first : stage.next)[count], { example: begin, leaf }];
      }
    }
  }
}

function rangeOf({ program, plan }: CompiledProgram, value: number, bases: readonly number[]): Range {
  const place = plan.placements[value];
  if (!place) throw new TypeError('guard: a value has no place.');
  const type = program.values[value];
  return {
    address: bases[place.segment] + place.offset,
    bytes: byteLength(type),
    isFloat: type.dtype === 'float32',
  };
}
