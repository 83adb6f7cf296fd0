import { checkTensor } from '../tensor/describe.js';
import { refuse } from '../tensor/options.js';
import { broadcastShapes, formatShape, sameShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { broadcastTo } from './broadcast.js';
import { integer, scalar } from './constant.js';
import { apply, checkStorage, type OperationDefinition } from './definition.js';
import { shardAlike } from './sharding.js';

type NoAttributes = Record<string, never>;
/** Anything that stands for a tensor in arithmetic: a tensor, or a number that broadcasts. */
export type TensorLike = Tensor | number;

/** An operation as a function on tensors, with its record: `operations/table.ts` collects the records of this file. */
export interface Elementwise<Operands extends readonly TensorLike[]> {
  (...operands: Operands): Tensor;
  readonly definition: OperationDefinition<NoAttributes>;
}

export type Unary = Elementwise<[x: Tensor]>;
export type Binary = Elementwise<[x: TensorLike, y: TensorLike]>;
export type Ternary = Elementwise<[condition: TensorLike, x: TensorLike, y: TensorLike]>;

type Rule = (inputs: readonly Tensor[], output: Tensor, gradient: Tensor) => (Tensor | undefined)[];

type Compute = (a: number, b: number, c: number) => number;

interface Traits {
  /** Gradients in the operands; `constant` where there are none. */
  readonly gradient: Rule | 'constant';
  /** Kernels have a polynomial of their own for it: `Math` differs from them, and from engine to engine. */
  readonly inexact?: true;
  readonly linear?: 'jointly' | readonly number[];
  /** For operations that int32 have, too: how they are computed. What leaves the range wraps around. */
  readonly integers?: Compute;
  /** Operands in front that say which of the others is taken: always float32. */
  readonly conditions?: 1;
}

/** An operation that computes each element of its output from the elements at the same place of its inputs. */
function record(name: string, compute: Compute, traits: Traits): OperationDefinition<NoAttributes> {
  const { gradient, inexact, linear, integers, conditions = 0 } = traits;
  return {
    name,
    kind: 'elementwise',
    exact: !inexact,
    takes: conditions > 0 ? 'any' : integers ? 'numbers' : 'float32',
    ...(linear && { linear }),
    shard: shardAlike,
    infer(inputs) {
      checkStorage({ name, takes: 'float32' }, inputs.slice(0, conditions));
      checkStorage({ name, takes: integers ? 'numbers' : 'float32' }, inputs.slice(conditions));
      if (inputs.some(({ shape }) => !sameShape(shape, inputs[0].shape))) {
        throw new RangeError(`${name}: shapes ${inputs.map((i) => formatShape(i.shape)).join(' and ')} differ.`);
      }
      const isTruth = gradient === 'constant';
      return [{ shape: inputs[0].shape, dtype: isTruth ? 'float32' : inputs[conditions].dtype }];
    },
    ...(gradient === 'constant'
      ? { isConstant: true }
      : { gradient: (rule) => gradient(rule.inputs, rule.output, rule.gradient) }),
    reference({ inputs: [a, b, c], outputs: [out], inputTypes }) {
      const f = integers && inputTypes[conditions].dtype === 'int32' ? integers : compute;
      for (let i = 0; i < out.length; i++) out[i] = f(a[i], b?.[i], c?.[i]);
    },
  };
}

/** An operation of one tensor. */
export function unary(name: string, compute: Compute, traits: Traits): Unary {
  const definition = record(name, compute, traits);
  return Object.assign((x: Tensor) => apply(definition, [x], {}), { definition });
}

/** An operation of two tensors or numbers, which broadcast. It takes no more, so that `tensors.reduce(add)` works. */
export function binary(name: string, compute: Compute, traits: Traits): Binary {
  const definition = record(name, compute, traits);
  const operation = (x: TensorLike, y: TensorLike) => apply(definition, broadcastAll(name, [], [x, y]), {});
  return Object.assign(operation, { definition });
}

/** An operation that says where something holds. */
export function comparison(name: string, holds: (a: number, b: number) => boolean): Binary {
  const compute = (a: number, b: number) => (holds(a, b) ? 1 : 0);
  return binary(name, compute, { integers: compute, gradient: 'constant' });
}

/** An operation of a condition and two tensors or numbers, which broadcast. */
export function ternary(name: string, compute: Compute, traits: Traits): Ternary {
  const definition = record(name, compute, traits);
  const operation = (condition: TensorLike, x: TensorLike, y: TensorLike) =>
    apply(definition, broadcastAll(name, [condition], [x, y]), {});
  return Object.assign(operation, { definition });
}

/** Tensors of one shape. Numbers among `operands` have the storage of the tensors beside them. */
function broadcastAll(name: string, conditions: readonly TensorLike[], operands: readonly TensorLike[]): Tensor[] {
  const beside = operands.filter((operand) => typeof operand !== 'number');
  const areIntegers = beside.length > 0 && beside.every((operand) => operand?.dtype === 'int32');
  const tensors = [...conditions, ...operands].map((operand, which) => {
    if (typeof operand === 'number') {
      return areIntegers && which >= conditions.length ? integerBeside(name, operand) : scalar(operand);
    }
    checkTensor(name, operand, 'a tensor or a number');
    return operand;
  });
  const shape = tensors.map((t) => t.shape).reduce((a, b) => broadcastShapes(name, a, b));
  return tensors.map((t) => broadcastTo(t, shape));
}

/** @throws RangeError if a number is no int32 */
function integerBeside(name: string, number: number): Tensor {
  if ((number | 0) === number) return integer(number);
  return refuse(name, 'the number beside int32', number, 'an int32. Cast the tensor to float32 for other numbers');
}
