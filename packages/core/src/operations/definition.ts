import { checkTensor } from '../tensor/describe.js';
import { checkShape, formatShape, type Shape, type TypedArray, type ValueType } from '../tensor/shape.js';
import { type Attributes, type Engine, Tensor } from '../tensor/tensor.js';

/** What a reference kernel is given: typed arrays and their types, in the order of the operation's arguments. */
export interface KernelArguments<A extends Attributes> {
  readonly inputs: readonly TypedArray[];
  readonly outputs: readonly Float32Array[];
  readonly inputTypes: readonly ValueType[];
  readonly outputTypes: readonly ValueType[];
  readonly attributes: A;
}

/** What a gradient rule is given: the operation as it was applied, and the gradient of the loss in its output. */
export interface GradientArguments<A extends Attributes> {
  readonly inputs: readonly Tensor[];
  readonly output: Tensor;
  readonly gradient: Tensor;
  readonly attributes: A;
}

/**
 * Everything there is to know about an operation but its WebAssembly: the shape rule with its errors, the gradient
 * rule written in operations, and a kernel in plain TypeScript that is the oracle for all others.
 */
export interface OperationDefinition<A extends Attributes = Attributes> {
  readonly name: string;
  /** Whether inputs may be tables of bytes or keys; `infer` then checks their storage. Default: all are float32. */
  readonly takesTables?: boolean;
  /** The type of the output; throws a RangeError where the inputs do not fit. */
  infer(inputs: readonly ValueType[], attributes: A): ValueType;
  /**
   * Whether the output does not change with the inputs, but in jumps, so that gradients rightly stop here. An operation
   * that has neither this nor a gradient rule cannot be differentiated through.
   */
  readonly isConstant?: boolean;
  /** For an operation that is neither: in what it has no gradient, and what to do instead. Ends the error's message. */
  readonly noGradient?: string;
  /** Gradients in the inputs, in their order; undefined where there is none. */
  gradient?(rule: GradientArguments<A>): (Tensor | undefined)[];
  /** Computes the output in clear TypeScript; sums are kept in float64. */
  reference(kernel: KernelArguments<A>): void;
}

/** Applies an operation lazily: checks shapes now, computes nothing. */
export function apply<A extends Attributes>(
  definition: OperationDefinition<A>,
  inputs: readonly Tensor[],
  attributes: A,
): Tensor {
  for (const input of inputs) checkTensor(definition.name, input);
  for (const { shape, dtype } of definition.takesTables ? [] : inputs) {
    if (dtype !== 'float32') {
      throw new TypeError(
        `${definition.name}: expected float32, got ${dtype} ${formatShape(shape)}. Tables are read by takeRows.`,
      );
    }
  }
  const output = definition.infer(
    inputs.map((input) => ({ shape: input.shape, dtype: input.dtype })),
    attributes,
  );
  checkShape(definition.name, output.shape);
  return nodeOf(definition.name, inputs, attributes, [output])[0];
}

/** @internal A node with its output tensors; the engine is the inputs' own. */
export function nodeOf(
  operation: string,
  inputs: readonly Tensor[],
  attributes: Attributes,
  outputs: readonly ValueType[],
): Tensor[] {
  const engine: Engine | undefined = inputs.find((input) => input.node.engine)?.node.engine;
  const node = { operation, inputs, attributes, outputs, engine, data: outputs.map(() => undefined) };
  return outputs.map((_, index) => new Tensor(node, index));
}

/** The type of a float32 value. */
export function float32(shape: Shape): ValueType {
  return { shape, dtype: 'float32' };
}

/** A leaf without data: an argument of a program that is run later. */
export function placeholder(type: ValueType, name: string): Tensor {
  checkShape('placeholder', type.shape);
  return nodeOf('input', [], { name }, [type])[0];
}
