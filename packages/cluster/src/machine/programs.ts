import { add, maximum, placeholder, type Tensor } from '@weft/core';
import {
  type Binding,
  type CompiledProgram,
  type CompileOptions,
  compile,
  type Program,
  Recent,
  trace,
} from '@weft/core/program';
import type { WorkerPool } from '@weft/pool';
import {
  type Block,
  combineTree,
  type Launch,
  MAXIMUM_PAGES,
  type PartGroup,
  type ProgramImage,
  SLICE_BYTES,
} from '@weft/train/runtime';
import { JobError, type JobProgram } from '../job/job.js';

const memory = { initial: 1, maximum: MAXIMUM_PAGES, shared: true } as const;

/** A compiled program as the pool's workers have it. */
export interface LoadedProgram {
  readonly image: ProgramImage;
  readonly arenaBytes: number;
}

/** Programs compiled last: of a job that comes again, or of one like it. */
const compiled = new Recent<CompiledProgram>(256);

let loaded = 0;

async function load(
  pool: WorkerPool,
  program: Program,
  binding: Binding,
  options: CompileOptions,
): Promise<LoadedProgram> {
  const wide = { ...options, vectorBits: pool.vectorBits };
  const key = JSON.stringify([program, binding, wide]);
  const result = compiled.get(key, () => compiledOf(program, binding, wide));
  // Workers know programs by these names for as long as they live.
  const image = await pool.load(`cluster ${++loaded}`, result);
  return { image, arenaBytes: result.arenaBytes };
}

/** @throws JobError if the compiler refuses it */
function compiledOf(...[program, binding, options]: Parameters<typeof compile>): CompiledProgram {
  try {
    return compile(program, binding, options);
  } catch (cause) {
    throw new JobError(`A program of the job cannot be compiled: ${(cause as Error).message.slice(0, 300)}`, { cause });
  }
}

/** Compiles a program of a job. */
export function loadProgram(
  pool: WorkerPool,
  { program, inputs, outputs, invariant, options }: JobProgram,
): Promise<LoadedProgram> {
  return load(pool, program, { inputs, outputs, invariant, memory }, options);
}

/**
 * A program that adds up a slice of some leaves, or takes the largest numbers of them, in the order of the tree.
 *
 * @param leaves so many, one after another
 * @param stride bytes from leaf to leaf
 */
export function loadCombination(
  pool: WorkerPool,
  leaves: number,
  stride: number,
  combine: PartGroup['combine'],
): Promise<LoadedProgram> {
  const inputs = Array.from({ length: leaves }, (_, leaf) =>
    placeholder({ shape: [SLICE_BYTES / 4], dtype: 'float32' }, `leaf ${leaf}`),
  );
  const total = combineTree<Tensor>(inputs, combine === 'sum' ? add : maximum);
  const { program } = trace([total], inputs);
  const places = inputs.map((_, leaf) => ({ segment: 1, offset: leaf * stride }));
  return load(pool, program, { inputs: places, outputs: [{ segment: 2, offset: 0 }], memory }, {});
}

/** A program at its place: the arena is the machine's own. */
export function launchOf({ image }: LoadedProgram, arena: Block, blocks: Launch['blocks']): Launch {
  return { image, blocks: [arena, ...blocks] };
}
