import type { Sharding } from '../operations/sharding.js';
import { byteLength, type ValueType } from '../tensor/shape.js';
import type { Operation, Program } from '../trace/program.js';
import { type Classification, levelOfWhole } from './classify.js';

/** Memory that lies between programs of a step. */
export interface Slot {
  /** All of it, for the whole batch. */
  readonly type: ValueType;
  /**
   * - `sum`, `max`: parts, to be put together from those of the micro-batches
   * - `rows`: written by micro-batches, each its own examples; the bytes of an example are one number
   * - `whole`: written at once
   */
  readonly kind: 'sum' | 'max' | 'rows' | 'whole';
}

/** Where an input or an output of a program lies: an input of the partitioned program, or a slot. */
export interface Access {
  readonly of: 'input' | 'slot';
  readonly index: number;
  /** `rows`: only the examples of the micro-batch. */
  readonly mode: 'whole' | 'rows';
}

/** Which values leave the programs that compute them, found out from the last program to the first. */
export class PartitionPlan {
  readonly slots: Slot[] = [];
  /** Number of phases. */
  readonly levels: number;
  /** The operation that computes each value. */
  readonly producer: ReadonlyMap<number, Operation>;
  private readonly slotOf = new Map<string, number>();
  private readonly parts = new Map<number, number[]>();
  private readonly rows = new Map<number, { value: number; gathered: boolean }[]>();
  private readonly wholes = new Map<number, number[]>();

  constructor(
    readonly program: Program,
    readonly classification: Classification,
    readonly batch: number,
  ) {
    const { layouts } = classification;
    this.producer = new Map(program.operations.flatMap((operation) => operation.outputs.map((v) => [v, operation])));
    this.levels = Math.max(1, ...program.outputs.map((value) => levelOfWhole(layouts[value])));
  }

  /** Where an output of the program will be. */
  output(value: number): Access {
    const input = this.program.inputs.indexOf(value);
    if (input >= 0) return { of: 'input', index: input, mode: 'whole' };
    const layout = this.classification.layouts[value];
    if (layout.kind === 'part') return wholeOf(this.partSlot(value));
    if (layout.kind === 'rows' && layout.sharding.axis === 0) return wholeOf(this.rowSlot(value, true));
    // What depends on no example is computed last.
    return wholeOf(this.wholeSlot(value, levelOfWhole(layout) || this.levels));
  }

  /** The slot of a part of a sum or of a maximum. */
  partSlot(value: number): number {
    const layout = this.classification.layouts[value];
    if (layout.kind !== 'part') throw new TypeError(`partition: value ${value} is no part.`);
    return this.slot(`part ${value}`, this.program.values[value], layout.combine, () =>
      push(this.parts, layout.level, value),
    );
  }

  /**
   * The slot of rows.
   *
   * @param gathered whether they are read as a whole: then the axis of examples is the first
   */
  rowSlot(value: number, gathered: boolean): number {
    const layout = this.classification.layouts[value];
    if (layout.kind !== 'rows') throw new TypeError(`partition: value ${value} has no rows.`);
    const { axis } = layout.sharding;
    const isMoved = gathered && axis !== 0;
    const type = this.program.values[value];
    const shape = isMoved ? [type.shape[axis], ...type.shape.toSpliced(axis, 1)] : type.shape;
    return this.slot(`${isMoved ? 'gathered' : 'rows'} ${value}`, { ...type, shape }, 'rows', () =>
      push(this.rows, layout.level, { value, gathered: isMoved }),
    );
  }

  /** The slot of a value that is computed as a whole after some phase. */
  wholeSlot(value: number, level: number): number {
    return this.slot(`whole ${value}`, this.program.values[value], 'whole', () => push(this.wholes, level, value));
  }

  private slot(key: string, type: ValueType, kind: Slot['kind'], added: () => void): number {
    const known = this.slotOf.get(key);
    if (known !== undefined) return known;
    const index = this.slots.push({ type, kind }) - 1;
    this.slotOf.set(key, index);
    added();
    return index;
  }

  partsOf(phase: number): readonly number[] {
    return this.parts.get(phase) ?? [];
  }

  /** Rows that leave a phase; some of them with the axis of examples moved to the front. */
  rowsOf(phase: number): readonly { readonly value: number; readonly gathered: boolean }[] {
    return this.rows.get(phase) ?? [];
  }

  /** What is computed as a whole at a level. */
  wholesOf(level: number): readonly number[] {
    return this.wholes.get(level) ?? [];
  }
}

/** All of a slot. */
export function wholeOf(slot: number): Access {
  return { of: 'slot', index: slot, mode: 'whole' };
}

/** Bytes that an example takes in a slot of rows. */
export function bytesOfRow(slot: Slot, batch: number): number {
  return byteLength(slot.type) / batch;
}

/** The order of axes that moves one to the front. */
export function toFront({ axis }: Sharding, rank: number): number[] {
  return [axis, ...Array.from({ length: rank }, (_, at) => at).toSpliced(axis, 1)];
}

function push<T>(lists: Map<number, T[]>, key: number, item: T): void {
  lists.set(key, [...(lists.get(key) ?? []), item]);
}
