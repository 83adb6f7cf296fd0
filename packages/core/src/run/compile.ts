import { type EmittedModule, emitModule, type MemoryLimits } from '../emit/emit.js';
import { type MemoryPlan, overwriting, type Placement, planMemory } from '../plan/plan.js';
import type { ValueType } from '../tensor/shape.js';
import type { Operation, Program } from '../trace/program.js';
import { verifyPass } from '../verify/verify.js';
import { KERNELS, LOWERING, type PassOptions, runPasses } from './passes.js';
import { statistics } from './statistics.js';
import { checkFastMath } from './support.js';

/**
 * How a program is compiled.
 *
 * With `fastMath`, products and sums may be rounded once instead of twice, where the processor can: faster, but not the
 * same bits on every machine. The engine must have relaxed SIMD.
 */
export interface CompileOptions extends PassOptions {
  /** Whether the program comes from `lower`, so that only what follows is left to do. Default false. */
  readonly isLowered?: boolean;
}

/**
 * The passes from a traced program to one without gradients, convolutions or anything that computes nothing.
 *
 * @example
 * const { program } = trace([grad(sum(square(tensor([1, 2]))), [tensor([1, 2])])[0]]);
 * lower(program).operations.some(({ name }) => name === 'gradient'); // false
 */
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
 * All passes but the last: kernels in their order, with places in memory. A value that is asked for at two places, or
 * an input that is asked for at another place than its own, is copied. What would overwrite an input that is still to be
 * read is copied to its place at the end.
 *
 * @throws RangeError if an input has no place
 * @example
 * const { program } = trace([exp(placeholder({ shape: [8], dtype: 'float32' }, 'x'))]);
 * const memory = { initial: 1, maximum: 1, shared: false };
 * const { plan } = planProgram(program, { inputs: [{ segment: 1, offset: 0 }], memory });
 * plan.main.length; // 1
 */
export function planProgram(traced: Program, binding: Binding, options: CompileOptions = {}): PlannedProgram {
  if (traced.inputs.length !== binding.inputs.length) {
    throw new RangeError(
      `compile: the program has ${traced.inputs.length} inputs, and places are given for ${binding.inputs.length}. ` +
        'Tensors that hold data are inputs, too: where a program is run later, build it of placeholders and numbers.',
    );
  }
  const lowered = distinctOutputs(options.isLowered ? traced : lower(traced, options), binding);
  const program = runPasses(lowered, KERNELS, { ...options, invariant: binding.invariant ?? [] });
  const invariant = new Set((binding.invariant ?? []).map((which) => program.inputs[which]));
  const safe = withoutOverwriting(program, invariant, binding);
  return { program: safe, plan: planMemory(safe, { placed: placesOf(safe, binding), invariant }) };
}

/** A program in which outputs that would overwrite what is still to be read are copied to their places at the end. */
function withoutOverwriting(program: Program, invariant: ReadonlySet<number>, binding: Binding): Program {
  const wanted = new Set<number>();
  let safe = program;
  // What is copied later is read later: then others may have to wait, too.
  for (;;) {
    const wrong = overwriting(safe, { placed: placesOf(safe, binding), invariant });
    const more = wrong.map(({ output }) => safe.outputs.indexOf(output)).filter((which) => !wanted.has(which));
    if (more.length === 0) return safe;
    for (const which of more) wanted.add(which);
    safe = copiedAtEnd(program, wanted, binding);
  }
}

/** Where the caller wants a program's inputs and outputs. */
function placesOf({ inputs, outputs }: Program, binding: Binding): Map<number, Placement> {
  const placed = new Map<number, Placement>(inputs.map((value, which) => [value, binding.inputs[which]]));
  for (const [which, value] of outputs.entries()) {
    const place = binding.outputs?.[which];
    if (place) placed.set(value, place);
  }
  return placed;
}

/** A value of the same elements, and the operation that copies them to it. */
function copyOf(values: ValueType[], value: number): { readonly copy: number; readonly operation: Operation } {
  const type = values[value];
  const copy = values.push(type) - 1;
  return { copy, operation: { name: 'reshape', inputs: [value], outputs: [copy], attributes: { shape: type.shape } } };
}

/**
 * A program that computes some outputs, by their positions, apart, and copies them to their places when all else is done: each before another
 * output takes the place of the input that it is a copy of.
 */
function copiedAtEnd(program: Program, wanted: ReadonlySet<number>, binding: Binding): Program {
  const values = [...program.values];
  const operations = [...program.operations];
  const producer = new Map(operations.map((operation) => [operation.outputs[0], operation]));
  const rootOf = (value: number): number => {
    const operation = producer.get(value);
    return operation?.name === 'reshape' ? rootOf(operation.inputs[0]) : value;
  };
  const inputAt = (place: Placement | undefined) =>
    program.inputs.find((_, which) => {
      const { segment, offset } = binding.inputs[which];
      return segment === place?.segment && offset === place.offset;
    });
  const outputs = [...program.outputs];
  const waiting = new Set(wanted);
  while (waiting.size > 0) {
    const isRead = (value: number | undefined) => [...waiting].some((which) => rootOf(outputs[which]) === value);
    const [first] = waiting;
    const next = [...waiting].find((which) => !isRead(inputAt(binding.outputs?.[which]))) ?? first;
    waiting.delete(next);
    const { copy, operation } = copyOf(values, outputs[next]);
    operations.push(operation);
    outputs[next] = copy;
  }
  return { ...program, values, operations, outputs };
}

/** A program whose outputs are a value for each place. What would have two is copied, by a reshape to its own shape. */
function distinctOutputs(program: Program, binding: Binding): Program {
  const places = placesOf({ ...program, outputs: [] }, binding);
  const values = [...program.values];
  const operations = [...program.operations];
  const outputs = program.outputs.map((value, which) => {
    const place = binding.outputs?.[which];
    const other = places.get(value);
    if (!place || (other && place.segment === other.segment && place.offset === other.offset)) return value;
    if (!other) {
      places.set(value, place);
      return value;
    }
    const { copy, operation } = copyOf(values, value);
    operations.push(operation);
    return copy;
  });
  return { ...program, values, operations, outputs };
}

/** What a program was compiled from, as plain data: another machine compiles the same of it, for vectors of its own width. */
export interface ProgramSource {
  readonly program: Program;
  readonly binding: Binding;
  readonly options: Omit<CompileOptions, 'record' | 'vectorBits'>;
}

/** A program after all passes. */
export interface CompiledProgram extends PlannedProgram, EmittedModule {
  readonly source: ProgramSource;
}

/**
 * All passes: what is traced becomes a WebAssembly module.
 *
 * @throws RangeError as `planProgram` does, or if the engine cannot do `fastMath`
 * @example
 * const { program } = trace([exp(placeholder({ shape: [8], dtype: 'float32' }, 'x'))]);
 * const memory = { initial: 1, maximum: 1, shared: false };
 * const { bytes } = compile(program, { inputs: [{ segment: 1, offset: 0 }], memory });
 * WebAssembly.validate(bytes); // true
 */
export function compile(traced: Program, binding: Binding, options: CompileOptions = {}): CompiledProgram {
  checkFastMath(options.fastMath);
  statistics.compilations++;
  const planned = planProgram(traced, binding, options);
  const { record: _record, vectorBits: _vectorBits, ...others } = options;
  const source = { program: traced, binding, options: others };
  return { ...planned, ...emitModule(planned.program, planned.plan, binding.memory, options), source };
}
