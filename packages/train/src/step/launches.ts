import { placeholder, type Tensor } from '@weft/core';
import {
  type Binding,
  type CompiledProgram,
  type CompileOptions,
  compile,
  jsonOf,
  type Placement,
  type Program,
  Recent,
  trace,
} from '@weft/core/program';
import { MAXIMUM_PAGES } from '../memory.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Block, Launch } from './stages.js';

const limits = { initial: 1, maximum: MAXIMUM_PAGES, shared: true } as const;

/** The arena is segment 0. What lies at one address lies in segment 1, which begins at address 0. */
const FIXED = 1;

const isFixed = (block: Block) => Object.keys(block).every((key) => key === 'address');

/** A program that is not compiled yet. */
export interface DraftLaunch {
  readonly id: string;
  readonly program: Program;
  readonly blocks: readonly Block[];
  compile(): CompiledProgram;
}

/** A program that is ready to be run. */
export interface LoadedLaunch {
  readonly launch: Launch;
  readonly compiled: CompiledProgram;
}

/** Programs compiled last, for memory laid out as it was: what is used again is compiled once. */
const compiledPrograms = new Recent<CompiledProgram>(64);

/**
 * A program whose inputs and outputs lie in blocks.
 *
 * @param inputs  of the program, in their order
 * @param outputs of the program, in their order
 */
export function draftLaunch(
  id: string,
  program: Program,
  inputs: readonly Block[],
  outputs: readonly Block[],
  options: CompileOptions,
): DraftLaunch {
  const blocks: Block[] = [{ address: 0 }, { address: 0 }];
  const segments = new Map<string, number>();
  const place = (block: Block): Placement => {
    if (isFixed(block)) return { segment: FIXED, offset: block.address };
    // Blocks that move alike share a segment, which begins where the first of them does.
    const key = JSON.stringify({ ...block, address: 0 }, Object.keys(block).sort());
    const segment = segments.get(key) ?? blocks.push(block) - 1;
    segments.set(key, segment);
    return { segment, offset: block.address - blocks[segment].address };
  };
  const binding: Binding = {
    inputs: inputs.map(place),
    outputs: outputs.map(place),
    invariant: inputs.flatMap((block, which) => (isFixed(block) ? [which] : [])),
    memory: limits,
  };
  const key = `${jsonOf(program)} ${JSON.stringify([binding, options])}`;
  return {
    id,
    program,
    blocks,
    compile: () => compiledPrograms.get(key, () => compile(program, binding, options)),
  };
}

/** A program on slices of memory, or on whole arrays, that is built of placeholders. */
export function draftSlices(
  id: string,
  inputs: readonly { readonly tensor: Tensor; readonly block: Block }[],
  outputs: readonly { readonly tensor: Tensor; readonly block: Block }[],
  options: CompileOptions,
): DraftLaunch {
  const { program } = trace(
    outputs.map(({ tensor }) => tensor),
    inputs.map(({ tensor }) => tensor),
  );
  return draftLaunch(
    id,
    program,
    inputs.map(({ block }) => block),
    outputs.map(({ block }) => block),
    options,
  );
}

/** A placeholder for float32 numbers. */
export function numbers(shape: readonly number[], name: string): Tensor {
  return placeholder({ shape, dtype: 'float32' }, name);
}

/** Programs of a stage, which are used in turns: each has an arena of its own. */
export type DraftStage = readonly DraftLaunch[];

/**
 * Compiles every program and gives it an arena for each worker. Stages come one after another, so that they share the
 * memory.
 *
 * @returns the launches, by their drafts
 */
export async function loadDrafts(
  runtime: Runtime,
  stages: readonly DraftStage[],
): Promise<ReadonlyMap<DraftLaunch, LoadedLaunch>> {
  const programs = new Map<DraftLaunch, CompiledProgram>();
  for (const draft of stages.flat()) {
    await runtime.turn?.();
    programs.set(draft, draft.compile());
  }
  const programOf = (draft: DraftLaunch) => programs.get(draft) as CompiledProgram;
  const bytesOf = (stage: DraftStage) => stage.reduce((total, draft) => total + programOf(draft).arenaBytes, 0);
  const perWorker = Math.max(0, ...stages.map(bytesOf));
  const arenas = runtime.memory.allocateScratch(perWorker * runtime.threads);
  const launches = new Map<DraftLaunch, LoadedLaunch>();
  for (const stage of stages) {
    let address = arenas;
    for (const draft of stage) {
      const compiled = programOf(draft);
      const image = await runtime.load(draft.id, compiled);
      const blocks = [{ address, perWorker }, ...draft.blocks.slice(1)];
      launches.set(draft, { launch: { image, blocks }, compiled });
      address += compiled.arenaBytes;
    }
  }
  return launches;
}
