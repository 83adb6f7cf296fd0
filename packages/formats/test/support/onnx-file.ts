import { compute, type Tensor, tensor } from '@weft/core';
import type { BaseModel } from '@weft/nn';
import { type AttributeProto, modelMessage, type TensorProto } from '../../src/onnx/schema.js';
import { encodeMessage } from '../../src/protobuf/message.js';

/** What an attribute of a node may be. */
export type Attribute = number | string | readonly number[] | { readonly float: number };

const attribute = (name: string, value: Attribute): AttributeProto => ({
  name,
  floats: [],
  strings: [],
  ints: Array.isArray(value) ? (value as readonly number[]) : [],
  ...(typeof value === 'number' && { i: value }),
  ...(typeof value === 'string' && { s: new TextEncoder().encode(value) }),
  ...(typeof value === 'object' && 'float' in value && { f: value.float }),
});

/** A node of one output, which gives it its name. */
export const node = (
  opType: string,
  input: readonly string[],
  output: string,
  attributes: Readonly<Record<string, Attribute>> = {},
) => ({
  opType,
  input,
  output: [output],
  name: output,
  attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
});

/** Values of an initializer. */
export interface Numbers {
  readonly dims: readonly number[];
  readonly floats?: readonly number[];
  readonly integers?: readonly number[];
  /** More fields, such as a type of its own. */
  readonly more?: Partial<TensorProto>;
}

function initializer([name, { dims, floats = [], integers = [], more }]: readonly [string, Numbers]): TensorProto {
  const none = { int32Data: [], doubleData: [], uint64Data: [], externalData: [] };
  return {
    ...none,
    name,
    dims,
    dataType: integers.length > 0 ? 7 : 1,
    floatData: floats,
    int64Data: integers,
    ...more,
  };
}

/** A file of one input `x`, whose batch is any number if it is 0, and one output `y`. */
export function file(
  [batch, ...shape]: readonly number[],
  nodes: readonly ReturnType<typeof node>[],
  numbers: Readonly<Record<string, Numbers>> = {},
  { opset = 19, elemType = 1 } = {},
): Uint8Array {
  const dim = [batch === 0 ? { parameter: 'batch' } : { value: batch }, ...shape.map((value) => ({ value }))];
  return encodeMessage(modelMessage, {
    opsetImport: [{ domain: '', version: opset }],
    metadataProps: [],
    functions: [],
    graph: {
      name: 'graph',
      node: nodes,
      initializer: Object.entries(numbers).map(initializer),
      sparseInitializer: [],
      input: [{ name: 'x', type: { tensorType: { elemType, shape: { dim } } } }],
      output: [{ name: 'y' }],
    },
  });
}

/** What a model gives for numbers of a shape. */
export function outputOf(model: BaseModel, x: readonly number[], shape: readonly number[]): number[] {
  const [values] = compute([model.call(tensor(Float32Array.from(x), shape)) as Tensor]);
  return Array.from(values);
}
