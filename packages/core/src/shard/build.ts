import { apply, applyAll, placeholder } from '../operations/definition.js';
import { add, maximum } from '../operations/elementwise.js';
import { transpose } from '../operations/reshape.js';
import { resized, type Sharding } from '../operations/sharding.js';
import { definitionOf, isOfKind } from '../operations/table.js';
import { simplify } from '../simplify/simplify.js';
import type { Shape, ValueType } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import type { Operation, Program } from '../trace/program.js';
import { trace } from '../trace/trace.js';
import { type Access, type PartitionPlan, toFront } from './plan.js';

/** A program of a step, and where its values lie. */
export interface StepProgram {
  readonly program: Program;
  readonly inputs: readonly Access[];
  readonly outputs: readonly Access[];
}

/**
 * Builds one program of a partition: what it computes itself is built of tensors anew, at the size of its micro-batch,
 * and what others have computed is read from where they have put it.
 */
export class StepBuilder {
  private readonly inputs: { readonly tensor: Tensor; readonly access: Access }[] = [];
  private readonly known = new Map<string, Tensor>();
  private readonly producer: ReadonlyMap<number, Operation>;

  /**
   * @param level    of the program: its phase for micro-batches; else that of the values it computes as a whole
   * @param examples of a micro-batch; undefined for what is computed as a whole
   */
  constructor(
    private readonly plan: PartitionPlan,
    private readonly level: number,
    private readonly examples: number | undefined,
  ) {
    this.producer = plan.producer;
  }

  /** The program with some outputs. */
  finish(outputs: readonly { readonly tensor: Tensor; readonly access: Access }[]): StepProgram {
    const { program } = trace(
      outputs.map(({ tensor }) => tensor),
      this.inputs.map(({ tensor }) => tensor),
    );
    return {
      program: simplify(program),
      inputs: this.inputs.map(({ access }) => access),
      outputs: outputs.map(({ access }) => access),
    };
  }

  /** A value as a whole. */
  whole(value: number): Tensor {
    return this.once(`whole ${value}`, () => this.buildWhole(value));
  }

  private buildWhole(value: number): Tensor {
    const { plan, level } = this;
    const { layouts } = plan.classification;
    const layout = layouts[value];
    const input = plan.program.inputs.indexOf(value);
    if (input >= 0) return this.read(plan.program.values[value], { of: 'input', index: input, mode: 'whole' });
    if (layout.kind === 'part') return this.slot(plan.partSlot(value), 'whole');
    // Of what is transposed the operand is kept, which others may want, too: nothing is stored twice.
    const isTransposed = layout.kind === 'rows' && this.operationOf(value).name === 'transpose';
    if (layout.kind === 'rows' && !isTransposed) {
      const { sharding } = layout;
      const gathered = this.slot(plan.rowSlot(value, true), 'whole');
      if (sharding.axis === 0) return gathered;
      const order = toFront(sharding, gathered.shape.length);
      return transpose(
        gathered,
        order.map((_, axis) => order.indexOf(axis)),
      );
    }
    const operation = this.operationOf(value);
    // What depends on nothing but inputs is computed wherever it is used, as views are.
    const isOwn = isTransposed || layout.level === 0 || (this.examples === undefined && layout.level === level);
    if (!isOwn && !isOfKind(operation.name, 'view')) return this.slot(plan.wholeSlot(value, layout.level), 'whole');
    const operands = operation.inputs.map((operand) => this.whole(operand));
    return applyAll(definitionOf(operation.name), operands, operation.attributes)[operation.outputs.indexOf(value)];
  }

  /** The rows of a value that belong to the examples of the micro-batch. */
  rows(value: number): Tensor {
    return this.once(`rows ${value}`, () => {
      const { plan } = this;
      const layout = plan.classification.layouts[value];
      if (layout.kind !== 'rows') throw new TypeError(`partition: value ${value} has no rows.`);
      const input = plan.program.inputs.indexOf(value);
      if (input >= 0) return this.cutInput(input, layout.sharding);
      const operation = this.operationOf(value);
      const isEarlier = layout.level < this.level && !isOfKind(operation.name, 'view');
      return isEarlier ? this.slot(plan.rowSlot(value, false), 'rows', layout.sharding) : this.computed(value);
    });
  }

  /** Rows with the axis of examples in front. */
  firstAxis(value: number): Tensor {
    const layout = this.plan.classification.layouts[value];
    const rows = this.rows(value);
    return layout.kind === 'rows' ? transpose(rows, toFront(layout.sharding, rows.shape.length)) : rows;
  }

  /** The part of a sum or a maximum that comes from the examples of the micro-batch. */
  part(value: number, adds = false): Tensor {
    const layout = this.plan.classification.layouts[value];
    const part = this.once(`part ${value}`, () => this.computed(value));
    if (!adds || layout.kind !== 'part') return part;
    const before = this.slot(this.plan.partSlot(value), 'whole');
    return layout.combine === 'sum' ? add(before, part) : maximum(before, part);
  }

  /** An operation applied to the examples of the micro-batch. */
  private computed(value: number): Tensor {
    const operation = this.operationOf(value);
    const { layouts, answers } = this.plan.classification;
    const answer = answers.get(operation);
    const operands = operation.inputs.map((operand, which) => {
      const wanted = answer?.operands[which];
      if (wanted !== undefined && wanted !== 'whole') return this.cut(operand, wanted);
      return !answer && layouts[operand].kind === 'part' ? this.part(operand) : this.whole(operand);
    });
    const attributes = answer?.resize?.(this.examples as number) ?? operation.attributes;
    return applyAll(definitionOf(operation.name), operands, attributes)[operation.outputs.indexOf(value)];
  }

  /** The part of any value that belongs to the examples of the micro-batch. */
  private cut(value: number, sharding: Sharding): Tensor {
    const { plan } = this;
    const layout = plan.classification.layouts[value];
    if (layout.kind === 'rows') return this.rows(value);
    return this.once(`cut ${value} ${sharding.axis} ${sharding.factor}`, () => {
      const input = plan.program.inputs.indexOf(value);
      if (input >= 0) return this.cutInput(input, sharding);
      if (layout.kind === 'part') return this.slot(plan.partSlot(value), 'rows', sharding);
      const how = plan.classification.howToCut(value, sharding);
      if (typeof how !== 'object') return this.slot(plan.wholeSlot(value, layout.level), 'rows', sharding);
      const operation = this.operationOf(value);
      const operands = operation.inputs.map((operand, which) => {
        const wanted = how.operands[which];
        return wanted === 'whole' ? this.whole(operand) : this.cut(operand, wanted);
      });
      const { shape } = operation.attributes as { shape?: Shape };
      const attributes = shape && { shape: resized(shape, sharding, this.examples as number) };
      return apply(definitionOf(operation.name), operands, attributes ?? operation.attributes);
    });
  }

  private cutInput(input: number, sharding: Sharding): Tensor {
    const type = this.plan.program.values[this.plan.program.inputs[input]];
    const shape = resized(type.shape, sharding, this.examples as number);
    return this.read({ ...type, shape }, { of: 'input', index: input, mode: 'rows' });
  }

  private slot(index: number, mode: Access['mode'], sharding?: Sharding): Tensor {
    const { type } = this.plan.slots[index];
    const shape = sharding ? resized(type.shape, sharding, this.examples as number) : type.shape;
    return this.read({ ...type, shape }, { of: 'slot', index, mode });
  }

  private read(type: ValueType, access: Access): Tensor {
    return this.once(`read ${access.of} ${access.index} ${access.mode}`, () => {
      const tensor = placeholder(type, `${access.of} ${access.index}`);
      this.inputs.push({ tensor, access });
      return tensor;
    });
  }

  private once(key: string, build: () => Tensor): Tensor {
    const known = this.known.get(key);
    if (known) return known;
    const built = build();
    this.known.set(key, built);
    return built;
  }

  private operationOf(value: number): Operation {
    const operation = this.producer.get(value);
    if (!operation) throw new TypeError(`partition: value ${value} is computed by no operation.`);
    return operation;
  }
}
