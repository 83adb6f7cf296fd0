import type { DType, Shape, Tensor } from '@weft/core';
import { checkTensor, describe, formatShape, sameShape } from '@weft/core/program';
import { isRecordOf, type Nest } from './block.js';

/** An input of a model. */
export interface ModelInput {
  readonly name: string;
  /** Shape of one example, without the batch. */
  readonly shape: Shape;
  readonly dtype: DType;
}

/**
 * A model's inputs by name, from one tensor, an array in the order of the inputs, or a record by name.
 *
 * @throws RangeError if there are too many or too few, or one of another name
 */
export function nameInputs<T extends { readonly shape: Shape }>(
  label: string,
  inputs: readonly ModelInput[],
  given: Nest<T>,
): Readonly<Record<string, T>> {
  const names = inputs.map(({ name }) => name);
  if (isRecordOf<T>(given)) {
    const [missing] = names.filter((name) => !Object.hasOwn(given, name));
    const [unknown] = Object.keys(given).filter((name) => !names.includes(name));
    if (missing === undefined && unknown === undefined) return given;
    throw new RangeError(
      `${label}: ${missing === undefined ? `there is no input '${unknown}'` : `the input '${missing}' is missing`}. ` +
        `The inputs are ${names.join(', ')}; got ${Object.keys(given).join(', ') || 'none'}.`,
    );
  }
  const list = Array.isArray(given) ? (given as readonly T[]) : [given as T];
  if (list.length !== names.length) {
    throw new RangeError(
      `${label}: expected ${names.length} inputs, ${names.join(', ')}; got ${list.length}. ` +
        'Give an array in that order, or a record by name.',
    );
  }
  return Object.fromEntries(names.map((name, which) => [name, list[which]]));
}

/**
 * Checks what a model is called with.
 *
 * @throws TypeError if there is anything but tensors, or of another dtype; RangeError if one has another shape
 */
export function checkExamples(
  label: string,
  inputs: readonly ModelInput[],
  given: Readonly<Record<string, Tensor>>,
): void {
  const batches = inputs.map(({ name, shape, dtype }) => {
    const which = inputs.length === 1 ? '' : ` for the input '${name}'`;
    const x = given[name];
    checkTensor(label, x, `a tensor of examples${which}`);
    if (x.shape.length === 0 || !sameShape(x.shape.slice(1), shape)) {
      throw new RangeError(
        `${label}: expected examples [${['batch', ...shape].join(',')}]${which}, got ${formatShape(x.shape)}.`,
      );
    }
    if (x.dtype !== dtype) throw new TypeError(`${label}: expected examples of ${dtype}${which}, got ${x.dtype}.`);
    return x.shape[0];
  });
  if (new Set(batches).size > 1) {
    const each = inputs.map(({ name }, which) => `${batches[which]} of ${name}`).join(', ');
    throw new RangeError(`${label}: the inputs have different numbers of examples: ${each}.`);
  }
}

/**
 * Checks what a model is applied to in the drawing of another.
 *
 * @throws RangeError if one has another shape or dtype
 */
export function checkSymbols(
  label: string,
  inputs: readonly ModelInput[],
  given: Readonly<Record<string, { readonly shape: Shape; readonly dtype: DType }>>,
): void {
  for (const { name, shape, dtype } of inputs) {
    const { shape: got, dtype: type } = given[name];
    if (sameShape(got, shape) && type === dtype) continue;
    throw new RangeError(
      `${label}: the input '${name}' takes examples of ${dtype} ${formatShape(shape)}, got ${type} ${formatShape(got)}.`,
    );
  }
}

/** @throws TypeError if it is neither a tensor nor an array or a record */
export function checkNest(label: string, given: unknown): void {
  if (typeof given !== 'object' || given === null || ArrayBuffer.isView(given)) {
    throw new TypeError(`${label}: expected a tensor of examples, got ${describe(given)}. Make one with tensor().`);
  }
}
