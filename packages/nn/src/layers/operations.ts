import type { DType, Shape, Tensor } from '@weft/core';
import { placeholder } from '@weft/core';
import { applyOperation, checkShape, oneOf, refuse } from '@weft/core/program';
import { leavesOf, type Nest } from '../model/block.js';
import type { WeightSpecification } from '../weights/weight.js';
import { BaseLayer, type LayerOptions, type ShapesOf } from './layer.js';

/** One operation of a layer `Operations`. Values are numbered: what the layer takes, its weights, then results in their order. */
export interface OperationStep {
  /** Name of an operation of `@weft/core`. */
  readonly name: string;
  /** Numbers of values. */
  readonly inputs: readonly number[];
  /** As the operation has them; `{ batch: n }` stands for n times the number of examples. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A weight of a layer `Operations`. */
export interface OperationWeight {
  /** Without a slash. */
  readonly name: string;
  readonly shape: Shape;
  /** Default true. */
  readonly trainable?: boolean;
}

/** Options of `Operations`. */
export interface OperationsOptions extends LayerOptions {
  /** The storage of each tensor that the layer takes. */
  readonly inputs: readonly DType[];
  readonly weights: readonly OperationWeight[];
  readonly steps: readonly OperationStep[];
  /** The number of the value that it gives. */
  readonly output: number;
}

const DTYPES = ['float32', 'int32', 'uint8', 'uint32'] as const;
/** Examples for which shapes are found out. */
const EXAMPLES = 2;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Attributes for a batch. */
function resolved(value: unknown, batch: number): unknown {
  if (Array.isArray(value)) return value.map((each) => resolved(each, batch));
  if (!isRecord(value)) return value;
  if (typeof value.batch === 'number') return value.batch * batch;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, resolved(each, batch)]));
}

/**
 * A piece of a program as a layer: operations of `@weft/core` as plain data, with weights that can be trained. Models from
 * ONNX files are made of such layers.
 *
 * @example
 * const square = { name: 'mul', inputs: [0, 0], attributes: {} };
 * const layer = new Operations({ inputs: ['float32'], weights: [], steps: [square], output: 1 });
 * new Sequential([layer], { inputShape: [2] }).call(tensor([[2, 3]])); // [[4, 9]]
 */
export class Operations extends BaseLayer<Nest<Tensor>> {
  private readonly data: Omit<OperationsOptions, keyof LayerOptions>;

  /** @throws RangeError if a number names no earlier value, or an option is not what it must be */
  constructor(options: OperationsOptions) {
    super('Operations', options, ['inputs', 'weights', 'steps', 'output']);
    const { inputs, weights, steps, output } = options;
    if (!Array.isArray(inputs) || inputs.length === 0) refuse(this.label, 'inputs', inputs, 'a list of dtypes');
    for (const dtype of inputs) oneOf(this.label, 'inputs', dtype as unknown, DTYPES);
    if (!Array.isArray(weights)) refuse(this.label, 'weights', weights, 'a list of { name, shape }');
    for (const weight of weights as unknown[]) checkWeight(this.label, weight);
    if (!Array.isArray(steps)) refuse(this.label, 'steps', steps, 'a list of { name, inputs, attributes }');
    const given = inputs.length + weights.length;
    for (const [which, step] of (steps as unknown[]).entries()) checkStep(this.label, step, given + which);
    if (!isBelow(output, given + steps.length)) refuse(this.label, 'output', output, 'the number of a value');
    this.data = { inputs, weights, steps, output };
  }

  outputShape(inputShape: ShapesOf<Nest<Tensor>>): Shape {
    const { inputs, weights } = this.data;
    const shapes = leavesOf(inputShape as never) as unknown as readonly Shape[];
    const flat = Array.isArray(inputShape) && inputShape.every(Number.isFinite) ? [inputShape as Shape] : shapes;
    if (flat.length !== inputs.length) refuse(this.label, 'the number of inputs', flat.length, String(inputs.length));
    const tensors = flat.map((shape, which) =>
      placeholder({ shape: [EXAMPLES, ...shape], dtype: inputs[which] }, `input ${which}`),
    );
    const values = weights.map(({ name, shape }) => placeholder({ shape, dtype: 'float32' }, name));
    const { shape } = this.run([...tensors, ...values], EXAMPLES);
    if (shape[0] !== EXAMPLES) refuse(this.label, 'the output', shape, 'a value whose first axis is the batch');
    return shape.slice(1);
  }

  override weightSpecifications(): readonly WeightSpecification[] {
    return this.data.weights.map((weight) => ({ ...weight, initializer: 'zeros' }));
  }

  call(x: Nest<Tensor>, weights: readonly Tensor[]): Tensor {
    const tensors = leavesOf(x);
    return this.run([...tensors, ...weights], tensors[0].shape[0]);
  }

  protected options(): Record<string, unknown> {
    return { ...this.data };
  }

  private run(given: readonly Tensor[], batch: number): Tensor {
    const values = [...given];
    for (const [which, { name, inputs, attributes }] of this.data.steps.entries()) {
      const operands = inputs.map((value) => values[value]);
      try {
        values.push(applyOperation(name, operands, resolved(attributes, batch) as Record<string, unknown>)[0]);
      } catch (error) {
        throw new RangeError(`${this.label}: step ${which} cannot be computed: ${(error as Error).message}`);
      }
    }
    return values[this.data.output];
  }
}

const isBelow = (value: unknown, limit: number): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < limit;

function checkWeight(label: string, weight: unknown): void {
  if (!isRecord(weight) || typeof weight.name !== 'string' || !Array.isArray(weight.shape)) {
    refuse(label, 'a weight', weight, '{ name, shape }');
  }
  checkShape(`${label}: the weight ${weight.name}`, weight.shape);
  const { trainable = true } = weight;
  if (typeof trainable !== 'boolean') refuse(label, 'trainable', trainable, 'true or false');
}

/** @param earlier how many values there are before it */
function checkStep(label: string, step: unknown, earlier: number): void {
  const isStep =
    isRecord(step) &&
    typeof step.name === 'string' &&
    isRecord(step.attributes) &&
    Array.isArray(step.inputs) &&
    step.inputs.every((value) => isBelow(value, earlier));
  if (!isStep) refuse(label, 'a step', step, '{ name, inputs, attributes } with numbers of earlier values');
}
