import { type EmitOptions, type EmittedModule, emitModule, type MemoryLimits } from '../emit/emit.js';
import { type MemoryPlan, type Placement, planMemory } from '../plan/plan.js';
import type { Program } from '../trace/program.js';
import { verifyPass } from '../verify/verify.js';
import { KERNELS, LOWERING, type PassOptions, runPasses } from './passes.js';
import { checkFastMath } from './support.js';

/**
 * How a program is compiled.
 *
 * With `fastMath`, products and sums may be rounded once instead of twice, where the processor can: faster, but not the
 * same bits on every machine. The engine must have relaxed SIMD.
 */
export interface CompileOptions extends EmitOptions, PassOptions {
  /** Whether the program comes from `lower`, so that only what follows is left to do. Default false. */
  readonly isLowered?: boolean;
}

/** The passes from a traced program to one without gradients, convolutions or anything that computes nothing. */
export function lower(program: Program, options: CompileOptions = {}): Program {
  verifyPass(program, 'trace', options.verify);
  return runPasses(program, LOWERING, options);
}

/** Where the caller wants values, and what stays the same from run to run. */
export interface Binding {
  /** By position in the program's inputs. */
  readonly inputs: readonly Placement[];
  /** By position in the program's outputs; undefined leaves one in the arena. */
  readonly outputs?: readonly (Placement | undefined)[];
  /** Positions of inputs that stay the same over many runs, such as weights. */
  readonly invariant?: readonly number[];
  readonly memory: MemoryLimits;
}

/** A program after all passes but the last, with a place for each value. */
export interface PlannedProgram {
  readonly program: Program;
  readonly plan: MemoryPlan;
}

/**
 * All passes but the last: kernels in their order, with places in memory.
 *
 * @throws RangeError if an input has no place, or a value is asked for at two places
 */
export function planProgram(traced: Program, binding: Binding, options: CompileOptions = {}): PlannedProgram {
  if (traced.inputs.length !== binding.inputs.length) {
    throw new RangeError(
      `compile: the program has ${traced.inputs.length} inputs, and places are given for ${binding.inputs.length}. ` +
        'Tensors that hold data are inputs, too: where a program is run later, build it of placeholders and numbers.',
    );
  }
  const program = runPasses(options.isLowered ? traced : lower(traced, options), KERNELS, options);
  const placed = new Map<number, Placement>();
  for (const [which, value] of program.inputs.entries()) placed.set(value, binding.inputs[which]);
  const outputs = program.outputs.map((value, which) => ({ value, place: binding.outputs?.[which] }));
  for (const { value, place } of outputs) {
    if (!place) continue;
    if (placed.has(value)) {
      throw new RangeError(`compile: value ${value} is asked for at two places. Give it one, and copy.`);
    }
    placed.set(value, place);
  }
  const invariant = new Set((binding.invariant ?? []).map((which) => program.inputs[which]));
  return { program, plan: planMemory(program, { placed, invariant }) };
}

/** A program after all passes. */
export interface CompiledProgram extends PlannedProgram, EmittedModule {}

/**
 * All passes: what is traced becomes a WebAssembly module.
 *
 * @throws RangeError as `planProgram` does, or if the engine cannot do `fastMath`
 */
export function compile(traced: Program, binding: Binding, options: CompileOptions = {}): CompiledProgram {
  checkFastMath(options.fastMath);
  const planned = planProgram(traced, binding, options);
  return { ...planned, ...emitModule(planned.program, planned.plan, binding.memory, options) };
}
