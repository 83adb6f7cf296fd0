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

/** A value whose rows leave a phase, perhaps with the axis of examples moved to the front. */
interface KeptRows {
  readonly value: number;
  readonly gathered: boolean;
  readonly slot: number;
}

/** A value that is computed as a whole. */
interface KeptWhole {
  readonly value: number;
  readonly slot: number;
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
  private readonly rows = new Map<number, KeptRows[]>();
  private readonly wholes = new Map<number, KeptWhole[]>();

  constructor(
    readonly program: Program,
    readonly classification: Classification,
    readonly batch: number,
  ) {
    const { layouts } = classification;
    this.producer = new Map(program.operations.flatMap((operation) => operation.outputs.map((v) => [v, operation])));
    this.levels = Math.max(1, ...program.outputs.map((value) => levelOfWhole(layouts[value])));
  }

  /**
   * Where an output of the program will be. It is never an input: what changes inputs in place comes afterwards, and
   * must not change outputs.
   *
   * @param own its position if it is to have a slot that nothing else reads or writes
   */
  output(value: number, own?: number): Access {
    const layout = this.classification.layouts[value];
    const isInput = this.program.inputs.includes(value);
    if (layout.kind === 'rows' && layout.sharding.axis === 0 && (own !== undefined || !isInput)) {
      return wholeOf(own === undefined ? this.rowSlot(value, true) : this.ownRows(value, layout.level, own));
    }
    if (layout.kind === 'part' && own === undefined) return wholeOf(this.partSlot(value));
    // What depends on no example is computed last.
    const level = layout.level === 0 && layout.kind === 'whole' ? this.levels : levelOfWhole(layout);
    return wholeOf(this.wholeSlot(value, level, own));
  }

  private ownRows(value: number, level: number, own: number): number {
    return this.slot(`own ${own}`, this.program.values[value], 'rows', (slot) =>
      push(this.rows, level, { value, gathered: false, slot }),
    );
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
    return this.slot(`${isMoved ? 'gathered' : 'rows'} ${value}`, { ...type, shape }, 'rows', (slot) =>
      push(this.rows, layout.level, { value, gathered: isMoved, slot }),
    );
  }

  /** The slot of a value that is computed as a whole after some phase. One that is needed early may be computed again. */
  wholeSlot(value: number, level: number, own?: number): number {
    const key = own === undefined ? `whole ${value} ${level}` : `own ${own}`;
    return this.slot(key, this.program.values[value], 'whole', (slot) => push(this.wholes, level, { value, slot }));
  }

  private slot(key: string, type: ValueType, kind: Slot['kind'], added: (slot: number) => void): number {
    const known = this.slotOf.get(key);
    if (known !== undefined) return known;
    const index = this.slots.push({ type, kind }) - 1;
    this.slotOf.set(key, index);
    added(index);
    return index;
  }

  partsOf(phase: number): readonly number[] {
    return this.parts.get(phase) ?? [];
  }

  /** Rows that leave a phase; some of them with the axis of examples moved to the front. */
  rowsOf(phase: number): readonly KeptRows[] {
    return this.rows.get(phase) ?? [];
  }

  /** What is computed as a whole at a level. */
  wholesOf(level: number): readonly KeptWhole[] {
    return this.wholes.get(level) ?? [];
  }
}

/** All of a slot. */
export function wholeOf(slot: number): Access {
  return { of: 'slot', index: slot, mode: 'whole' };
}

/**
 * Bytes that an example takes in a slot of rows.
 *
 * @example
 * bytesOfRow({ type: { shape: [256, 8], dtype: 'float32' }, kind: 'rows' }, 256); // 32
 */
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
