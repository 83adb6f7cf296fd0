import { compute, tensor } from '@weft/core';
import { type BaseModel, CallContext, Dense, input, Model, Reshape } from '@weft/nn';
import { expect, it } from 'vitest';
import { fromOnnx } from '../import/from-onnx.js';
import { toOnnx } from './to-onnx.js';

it('a value that is several outputs, or that another output is made of, has each of their names', () => {
  const x = input({ shape: [4] });
  const y = new Dense({ units: 2 }).apply(x);
  const column = new Reshape({ targetShape: [2, 1] }).apply(y);
  const model = new Model({ inputs: { x }, outputs: { first: y, again: y, column } });
  const again = fromOnnx(toOnnx(model)).model;
  const batch = tensor([[1, 2, 3, 4]]);
  const valuesOf = (owner: BaseModel) =>
    Object.entries(owner.callNamed({ x: batch }, new CallContext({ training: false }))).map(([name, result]) => [
      name,
      result.shape,
      Array.from(compute([result])[0]),
    ]);
  expect(valuesOf(again)).toEqual(valuesOf(model));
});
