import type { ValueType } from '../tensor/shape.js';
import type { Program } from '../trace/program.js';
import { StepBuilder, type StepProgram } from './build.js';
import { classify } from './classify.js';
import { type Access, PartitionPlan, type Slot, wholeOf } from './plan.js';

/** What is done between two times that examples meet. */
export interface Phase {
  /** Slots of the parts that micro-batches give, in the order of the first outputs of their programs. */
  readonly parts: readonly number[];
  /**
   * The program for a number of examples. Its first outputs are the parts.
   *
   * @param adds whether it adds the parts to those that are there, which are its first inputs then
   */
  micro(examples: number, adds: boolean): StepProgram;
  /** What follows once, when the parts have been put together. */
  readonly whole: StepProgram | undefined;
}

/** A program on a batch as programs on micro-batches. */
export interface Partition {
  /** Types of the program's inputs. */
  readonly inputTypes: readonly ValueType[];
  readonly slots: readonly Slot[];
  /** What comes before the first phase. */
  readonly before: StepProgram | undefined;
  readonly phases: readonly Phase[];
  /** Where the outputs are when all phases are done. */
  readonly outputs: readonly Access[];
}

/** What a partition is made of. */
export interface PartitionOptions {
  /** Positions of the inputs whose axis 0 is that of the examples. */
  readonly examples: readonly number[];
  /** Number of examples. */
  readonly batch: number;
  /** Positions of the outputs that are each to have a slot of their own, which nothing reads. Default: none. */
  readonly own?: readonly number[];
}

/**
 * Cuts a program on a whole batch into programs on micro-batches that give the same values, to within rounding.
 *
 * Examples that meet only in sums which end in the program's outputs need one phase. Where such a sum is used again for
 * each example, as in batch normalisation, the next phase begins. Where examples meet in any other way, the values of
 * the whole batch are kept, and what is done with them is done at once, after a phase.
 *
 * @param program differentiated and lowered, at the size of the batch
 * @example
 * const x = placeholder({ shape: [256, 8], dtype: 'float32' }, 'x');
 * const { program } = trace([sum(square(x))], [x]);
 * const { phases, slots } = partition(lower(program), { examples: [0], batch: 256 });
 * phases.length; // 1
 * slots[0].kind; // 'sum'
 */
export function partition(program: Program, { examples, batch, own = [] }: PartitionOptions): Partition {
  const rows = new Set(examples.map((which) => program.inputs[which]));
  const plan = new PartitionPlan(program, classify(program, rows, batch), batch);
  const outputs = program.outputs.map((value, which) => plan.output(value, own.includes(which) ? which : undefined));
  const phases: Phase[] = [];
  for (let level = plan.levels; level > 0; level--) {
    const whole = wholeProgram(plan, level);
    const phase = level - 1;
    // Once, at the size of the batch: what the phase needs of earlier ones becomes known.
    microProgram(plan, phase, batch, false);
    const known = new Map<string, StepProgram>();
    phases.unshift({
      parts: plan.partsOf(phase).map((value) => plan.partSlot(value)),
      micro(count, adds) {
        const key = `${count} ${adds}`;
        const program = known.get(key) ?? microProgram(plan, phase, count, adds);
        known.set(key, program);
        return program;
      },
      whole,
    });
  }
  const inputTypes = program.inputs.map((value) => program.values[value]);
  return { inputTypes, slots: plan.slots, before: wholeProgram(plan, 0), phases, outputs };
}

/** What is computed as a whole at a level. */
function wholeProgram(plan: PartitionPlan, level: number): StepProgram | undefined {
  const values = plan.wholesOf(level);
  if (values.length === 0) return undefined;
  const builder = new StepBuilder(plan, level, undefined);
  return builder.finish(values.map(({ value, slot }) => ({ tensor: builder.whole(value), access: wholeOf(slot) })));
}

/** What micro-batches of a size compute in a phase. */
function microProgram(plan: PartitionPlan, phase: number, examples: number, adds: boolean): StepProgram {
  const builder = new StepBuilder(plan, phase, examples);
  const parts = plan.partsOf(phase).map((value) => ({
    tensor: builder.part(value, adds),
    access: wholeOf(plan.partSlot(value)),
  }));
  const rows = plan.rowsOf(phase).map(({ value, gathered, slot }) => ({
    tensor: gathered ? builder.firstAxis(value) : builder.rows(value),
    access: { of: 'slot', index: slot, mode: 'rows' } as const,
  }));
  return builder.finish([...parts, ...rows]);
}
