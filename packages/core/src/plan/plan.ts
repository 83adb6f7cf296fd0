import type { KernelAttributes } from '../fuse/kernels.js';
import { isOfKind } from '../operations/table.js';
import { byteLength } from '../tensor/shape.js';
import type { Operation, Program } from '../trace/program.js';

/** Where a value lies: a segment, whose address is given when the program is run, and an offset in bytes. */
export interface Placement {
  readonly segment: number;
  readonly offset: number;
}

/** Segment 0 is the arena, which holds what a program keeps for itself. */
export const ARENA = 0;

/**
 * Everything is aligned to a cache line.
 *
 * @example
 * Math.ceil(100 / ALIGNMENT) * ALIGNMENT; // 128
 */
export const ALIGNMENT = 64;

/** A program with a place for every stored value, and its operations in two parts. */
export interface MemoryPlan {
  /** By value; undefined for values that are not stored. */
  readonly placements: readonly (Placement | undefined)[];
  readonly arenaBytes: number;
  /**
   * Bytes of the arena that are used anew in every run of the main part. A figure for reports and tests: what decides
   * bits, such as the size of micro-batches, must not depend on it, since any better plan changes it.
   */
  readonly transientBytes: number;
  /** Operations that depend on invariant inputs alone: to be run once for as long as those do not change. */
  readonly prologue: readonly Operation[];
  /** The others: to be run for every new input. */
  readonly main: readonly Operation[];
}

/** What a plan has to keep to. */
export interface PlanOptions {
  /** Values that lie outside of the arena: inputs and outputs that the caller has a place for. */
  readonly placed: ReadonlyMap<number, Placement>;
  /** Inputs that stay the same over many runs, such as weights. */
  readonly invariant: ReadonlySet<number>;
}

/**
 * Gives every value a place. Values whose lives do not overlap share bytes: the largest are placed first, each at the
 * lowest offset that is free while it lives. What the prologue computes lives until the end.
 *
 * @throws RangeError if an input has no place
 * @example
 * const { program } = trace([exp(placeholder({ shape: [1000], dtype: 'float32' }, 'x'))]);
 * const placed = new Map(program.inputs.map((value) => [value, { segment: 1, offset: 0 }]));
 * planMemory(program, { placed, invariant: new Set() }).arenaBytes; // 4032
 */
export function planMemory(program: Program, { placed, invariant }: PlanOptions): MemoryPlan {
  for (const value of program.inputs) {
    if (!placed.has(value)) throw new RangeError(`planMemory: input value ${value} has no place.`);
  }
  const [wrong] = overwriting(program, { placed, invariant });
  if (wrong) {
    throw new RangeError(`planMemory: value ${wrong.output} would overwrite value ${wrong.value} before it is read.`);
  }
  const { prologue, main, ordered, rootOf } = orderOf(program, { placed, invariant });
  const lives = livesOf(program, ordered, prologue.length, placed, rootOf);
  placeLives([...lives.values()]);
  const placements = program.values.map((_, value): Placement | undefined => {
    const root = rootOf(value);
    const life = lives.get(root);
    return placed.get(root) ?? (life && { segment: ARENA, offset: life.offset });
  });
  const all = [...lives.values()];
  const arenaBytes = Math.max(0, ...all.map((life) => life.offset + life.bytes));
  const lasting = all.reduce((total, life) => total + (life.from < 0 ? life.bytes : 0), 0);
  return { placements, arenaBytes, transientBytes: arenaBytes - lasting, prologue, main };
}

/** The order of operations, and the value that each reshaped one is. */
function orderOf(program: Program, { placed, invariant }: PlanOptions) {
  const { prologue, main } = splitInvariant(program, placed, invariant);
  const ordered = [...prologue, ...main];
  const alias = new Map<number, number>();
  const rootOf = (value: number): number => (alias.has(value) ? rootOf(alias.get(value) as number) : value);
  for (const { name, inputs, outputs } of ordered) {
    if (name === 'reshape' && !placed.has(outputs[0])) alias.set(outputs[0], inputs[0]);
  }
  return { prologue, main, ordered, rootOf };
}

/** Takes apart what depends on invariant inputs alone, and the rest. */
function splitInvariant(program: Program, placed: PlanOptions['placed'], invariant: PlanOptions['invariant']) {
  const isInvariant = new Set(invariant);
  const prologue: Operation[] = [];
  const main: Operation[] = [];
  for (const operation of program.operations) {
    // What has a place of the caller's is written in every run, and so is what depends on it.
    const stays =
      operation.inputs.every((value) => isInvariant.has(value)) &&
      !operation.outputs.some((value) => placed.has(value));
    if (stays) for (const value of operation.outputs) isInvariant.add(value);
    (stays ? prologue : main).push(operation);
  }
  return { prologue, main };
}

/** From which operation to which a value is needed, and where it lies. */
interface Life {
  readonly bytes: number;
  readonly from: number;
  to: number;
  offset: number;
}

/**
 * The lives of values in the arena. What the prologue computes for the main part lives from before the first operation to
 * the end; what only the prologue reads makes room for the main part.
 */
function livesOf(
  program: Program,
  ordered: readonly Operation[],
  prologue: number,
  placed: PlanOptions['placed'],
  rootOf: (value: number) => number,
): Map<number, Life> {
  const lives = new Map<number, Life>();
  const wanted = [...ordered.slice(prologue).flatMap(({ inputs }) => inputs), ...program.outputs];
  const isWanted = new Set(wanted.map(rootOf));
  ordered.forEach(({ inputs, outputs }, at) => {
    for (const value of outputs) {
      const root = rootOf(value);
      if (placed.has(root) || root !== value) continue;
      const bytes = Math.ceil(byteLength(program.values[value]) / ALIGNMENT) * ALIGNMENT;
      const lasting = at < prologue && isWanted.has(value);
      lives.set(value, { bytes, from: lasting ? -1 : at, to: lasting ? ordered.length : at, offset: 0 });
    }
    for (const value of inputs) {
      const life = lives.get(rootOf(value));
      if (life) life.to = Math.max(life.to, at);
    }
  });
  for (const value of program.outputs) {
    const life = lives.get(rootOf(value));
    if (life) life.to = ordered.length;
  }
  return lives;
}

/** Gives lives their offsets: the largest first, each the lowest that is free while it lasts. */
function placeLives(lives: readonly Life[]): void {
  const done: Life[] = [];
  for (const life of [...lives].sort((a, b) => b.bytes - a.bytes || a.from - b.from)) {
    const neighbours = done
      .filter((other) => other.from <= life.to && life.from <= other.to)
      .sort((a, b) => a.offset - b.offset);
    for (const other of neighbours) {
      if (life.offset + life.bytes <= other.offset) break;
      life.offset = Math.max(life.offset, other.offset + other.bytes);
    }
    done.push(life);
  }
}

/**
 * Outputs that would overwrite a value that is still to be read. An output may be placed upon an input, to be updated in
 * place, if nothing reads the input any more when the output is written, or only while it is written, element by element.
 */
export function overwriting(program: Program, options: PlanOptions): { output: number; value: number }[] {
  const { placed } = options;
  const { ordered, rootOf } = orderOf(program, options);
  const lastRead = new Map<number, number>();
  ordered.forEach(({ inputs }, at) => {
    for (const value of inputs) lastRead.set(rootOf(value), at);
  });
  // What is asked for is read when all is done.
  for (const value of program.outputs) lastRead.set(rootOf(value), ordered.length);
  return ordered.flatMap((operation, at) =>
    operation.outputs.flatMap((output) => {
      const place = placed.get(output);
      const wrong = [...placed].find(([value, other]) => {
        if (value === output || other.segment !== place?.segment || other.offset !== place.offset) return false;
        const last = lastRead.get(value) ?? -1;
        return last > at || (last === at && !isInStep(operation, value, output, rootOf));
      });
      return wrong ? [{ output, value: wrong[0] }] : [];
    }),
  );
}

/** Whether an operation reads a value at no other place than the one it writes at the time. */
function isInStep(
  { name, inputs, outputs, attributes }: Operation,
  value: number,
  output: number,
  rootOf: (value: number) => number,
): boolean {
  if (name !== 'kernel') return true;
  const { body } = attributes as KernelAttributes;
  const isElementwise = (operation: Operation) => isOfKind(operation.name, 'elementwise');
  const written = body.outputs[outputs.indexOf(output)];
  if (!body.operations.some((inner) => isElementwise(inner) && inner.outputs.includes(written))) return false;
  const read = new Set(body.inputs.filter((_, which) => rootOf(inputs[which]) === value));
  return body.operations.every((inner) => {
    if (!inner.inputs.some((operand) => read.has(operand))) return true;
    if (inner.name === 'reshape') read.add(inner.outputs[0]);
    return inner.name === 'reshape' || isElementwise(inner);
  });
}
