import { checkTensor } from '../tensor/describe.js';
import { checkShape, type DType, formatShape, type Shape, type TypedArray, type ValueType } from '../tensor/shape.js';
import { type Attributes, createNode, type Engine, Tensor } from '../tensor/tensor.js';
import type { ShardRule } from './sharding.js';

/** What a reference kernel is given: typed arrays and their types, in the order of the operation's arguments. */
export interface KernelArguments<A extends Attributes> {
  readonly inputs: readonly TypedArray[];
  readonly outputs: readonly TypedArray[];
  readonly inputTypes: readonly ValueType[];
  readonly outputTypes: readonly ValueType[];
  readonly attributes: A;
}

/** What a gradient rule is given: the operation as it was applied, and the gradients of the loss in its outputs. */
export interface GradientArguments<A extends Attributes> {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  /** The first output, which most operations have alone. */
  readonly output: Tensor;
  /** By output; undefined where the loss does not depend on one. */
  readonly gradients: readonly (Tensor | undefined)[];
  /** The gradient in the first output. */
  readonly gradient: Tensor;
  readonly attributes: A;
}

/**
 * What passes may do with an operation.
 *
 * - `elementwise`: each element of the output comes from the same place of the inputs; computed in loops with others
 * - `reduction`: combines elements along `attributes.axes`; computed in loops too
 * - `view`: the elements of its input read in another way, or a number: nothing is stored
 * - `copy`: moves elements and computes nothing
 * - `anchor`: a kernel of its own, whose results element-wise operations may change before they are stored
 * - `alone`: a kernel of its own
 * - `lowered`: replaced by other operations before kernels are made
 */
export type OperationKind = 'elementwise' | 'reduction' | 'view' | 'copy' | 'anchor' | 'alone' | 'lowered';

/**
 * Everything there is to know about an operation but its WebAssembly: the shape rule with its errors, the gradient rule
 * written in operations, what passes may do with it, and a kernel in plain TypeScript that is the oracle for all others.
 */
export interface OperationDefinition<A extends Attributes = Attributes> {
  readonly name: string;
  readonly kind: OperationKind;
  /**
   * Whether every kernel gives the same bits: results are rounded exactly, as those of + - * / and sqrt are. Others must
   * not be computed by passes, whose bits would differ from the kernels'.
   */
  readonly exact: boolean;
  /**
   * Storage of the inputs, which is one for all; default float32. `numbers` is float32 or int32, `words` any of four
   * bytes, `any` leaves the check to `infer`.
   */
  readonly takes?: 'float32' | 'numbers' | 'words' | 'any';
  /** The types of the outputs; throws a RangeError where the inputs do not fit. */
  infer(inputs: readonly ValueType[], attributes: A): readonly ValueType[];
  /** What it does to the axis of examples. */
  readonly shard: ShardRule<A>;
  /**
   * Where it may be applied to the parts of a sum before they are added up: in all operands together, or in one of those
   * listed while the others are the same for all parts. Default: nowhere.
   */
  readonly linear?: 'jointly' | readonly number[];
  /**
   * Whether the output does not change with the inputs, but in jumps, so that gradients rightly stop here. An operation
   * that has neither this nor a gradient rule cannot be differentiated through.
   */
  readonly isConstant?: boolean;
  /**
   * In what it has no gradient, and what to do instead: for an operation that is neither, or whose rule gives none in some
   * input. Ends the error's message.
   */
  readonly noGradient?: string;
  /** Gradients in the inputs, in their order; undefined where there is none. */
  gradient?(rule: GradientArguments<A>): (Tensor | undefined)[];
  /** Computes the outputs in clear TypeScript; sums are kept in float64. */
  reference(kernel: KernelArguments<A>): void;
}

/**
 * Applies an operation of one output lazily: checks shapes now, computes nothing.
 *
 * @throws RangeError or TypeError if the inputs do not fit
 */
export function apply<A extends Attributes>(
  definition: OperationDefinition<A>,
  inputs: readonly Tensor[],
  attributes: A,
): Tensor {
  return applyAll(definition, inputs, attributes)[0];
}

/** As `apply`, for operations of several outputs. */
export function applyAll<A extends Attributes>(
  definition: OperationDefinition<A>,
  inputs: readonly Tensor[],
  attributes: A,
): Tensor[] {
  for (const input of inputs) checkTensor(definition.name, input);
  checkStorage(definition, inputs);
  const outputs = definition.infer(
    inputs.map((input) => ({ shape: input.shape, dtype: input.dtype })),
    attributes,
  );
  for (const { shape } of outputs) checkShape(definition.name, shape);
  return nodeOf(definition.name, inputs, attributes, outputs);
}

/** The first input whose storage an operation does not take, and what it takes in its place. */
export function wrongStorage(
  { takes }: Pick<OperationDefinition, 'takes'>,
  inputs: readonly ValueType[],
): { readonly got: ValueType; readonly expected: DType } | undefined {
  if (takes === 'any') return undefined;
  if (takes === 'numbers' && inputs.every(({ dtype }) => dtype === 'int32')) return undefined;
  const isWord = takes === 'words' && inputs.length > 0 && inputs[0].dtype !== 'uint8';
  const expected = isWord ? inputs[0].dtype : 'float32';
  const got = inputs.find(({ dtype }) => dtype !== expected);
  return got && { got, expected };
}

/** @internal @throws TypeError naming an input whose storage an operation does not take */
export function checkStorage(
  definition: Pick<OperationDefinition, 'name' | 'takes'>,
  inputs: readonly ValueType[],
): void {
  const wrong = wrongStorage(definition, inputs);
  if (!wrong) return;
  const { got, expected } = wrong;
  throw new TypeError(
    `${definition.name}: expected ${expected}, got ${got.dtype} ${formatShape(got.shape)}. Convert it with cast(x, 'float32').`,
  );
}

/** @internal A node with its output tensors; the engine is the inputs' own. */
export function nodeOf(
  operation: string,
  inputs: readonly Tensor[],
  attributes: Attributes,
  outputs: readonly ValueType[],
): Tensor[] {
  const engine: Engine | undefined = inputs.find((input) => input.node.engine)?.node.engine;
  const node = createNode({ operation, inputs, attributes, outputs, engine, data: outputs.map(() => undefined) });
  return outputs.map((_, index) => new Tensor(node, index));
}

/** The type of a float32 value. */
export function float32(shape: Shape): ValueType {
  return { shape, dtype: 'float32' };
}

/** @internal A leaf without data. */
export function placeholder(type: ValueType, name: string): Tensor {
  checkShape('placeholder', type.shape);
  return nodeOf('input', [], { name }, [type])[0];
}
