import type { Shape } from '@weft/core';
import type { Sequential } from '@weft/nn';
import type { SharedMemory } from './memory.js';
import { shown } from './options/shown.js';
import type { Table } from './programs.js';

/** Values of examples one after another, row-major. Bytes stand for numbers from 0 to 1, in steps of 1/255. */
export type ExampleValues = Uint8Array | Float32Array;

/** What a model is trained on. */
export interface Examples {
  /** Inputs, [count, ...inputShape]. */
  readonly x: ExampleValues;
  /**
   * What the model is to make of them, [count, ...outputShape]. Default: the inputs themselves. Here too bytes are
   * divided by 255: give class numbers and the like as a Float32Array.
   */
  readonly y?: ExampleValues;
}

const sizeOf = (shape: Shape) => shape.reduce((product, length) => product * length, 1);

/**
 * How many examples of a shape an array holds.
 *
 * @throws RangeError if it holds none, or a part of one
 */
export function countExamples(name: string, values: ExampleValues, shape: Shape): number {
  if (!(values instanceof Uint8Array) && !(values instanceof Float32Array)) {
    const given: unknown = values;
    const advice = Array.isArray(given)
      ? ` Give Float32Array.from(${given.some(Array.isArray) ? `${name}.flat(Infinity)` : name}), or new Uint8Array(...) of numbers from 0 to 255, which stand for 0 to 1.`
      : '';
    throw new TypeError(`${name}: got ${shown(given)}; expected a Uint8Array or a Float32Array.${advice}`);
  }
  const count = values.length / sizeOf(shape);
  if (!Number.isInteger(count) || count === 0) {
    throw new RangeError(
      `${name}: ${values.length} values are not a whole number of examples of shape [${shape.join(',')}], which take ${sizeOf(shape)} each.`,
    );
  }
  return count;
}

/**
 * Checks a model's examples.
 *
 * @returns their number
 * @throws RangeError if inputs and targets do not fit the model or each other; TypeError if they are no such arrays
 */
export function checkExamples(call: string, model: Sequential, data: Examples): number {
  if (typeof data !== 'object' || data === null || !('x' in data)) {
    throw new TypeError(`${call}: the examples are ${shown(data)}; expected an object { x } or { x, y }.`);
  }
  const { x, y } = data;
  const count = countExamples('x', x, model.inputShape);
  if (!y && sizeOf(model.inputShape) !== sizeOf(model.outputShape)) {
    throw new RangeError(
      `y: there are no targets. The model makes [${model.outputShape.join(',')}] of inputs [${model.inputShape.join(',')}], ` +
        'so that the inputs cannot be their own.',
    );
  }
  const targets = countExamples('y', y ?? x, model.outputShape);
  if (targets !== count) throw new RangeError(`y: there are ${targets} targets for ${count} inputs.`);
  return count;
}

/** Puts a table into shared memory. */
export function shareTable(
  memory: SharedMemory,
  values: ExampleValues,
  shape: Shape,
): { table: Table; address: number } {
  const address = memory.allocate(values.byteLength);
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  new Uint8Array(memory.memory.buffer, address, bytes.length).set(bytes);
  const dtype = values instanceof Uint8Array ? 'uint8' : 'float32';
  return { table: { dtype, count: values.length / sizeOf(shape), shape }, address };
}
