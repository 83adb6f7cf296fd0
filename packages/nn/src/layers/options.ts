import type { Shape } from '@weft/core';
import { checkShape, formatShape, refuse } from '@weft/core/program';

/**
 * A name of a layer or a model. A slash is kept for the weights, as in `enc_conv1/kernel`.
 *
 * @throws RangeError if it is empty, no string or has a slash
 */
export function checkName(label: string, name: unknown): string {
  if (typeof name !== 'string' || name === '' || name.includes('/')) {
    refuse(label, 'name', name, 'a string of at least one character without a slash');
  }
  return name;
}

/** @throws RangeError if the shape is not that of an image without its batch axis */
export function imageShape(label: string, shape: Shape): readonly [number, number, number] {
  if (shape.length !== 3) {
    throw new RangeError(
      `${label}: expected an input of height, width, channels; got ${formatShape(shape)}. Put a Reshape before it.`,
    );
  }
  return [shape[0], shape[1], shape[2]];
}

/** @throws RangeError if the shape is not that of a sequence without its batch axis */
export function sequenceShape(label: string, shape: Shape): readonly [number, number] {
  if (shape.length !== 2) {
    throw new RangeError(
      `${label}: expected an input of length, channels; got ${formatShape(shape)}. Put a Reshape before it.`,
    );
  }
  return [shape[0], shape[1]];
}

/** @throws RangeError if channels or filters cannot be cut into groups */
export function channelsOfGroup(
  label: string,
  channels: number,
  { groups, filters }: { readonly groups: number; readonly filters: number },
): number {
  if (channels % groups !== 0 || filters % groups !== 0) {
    throw new RangeError(
      `${label}: groups is ${groups}; it must divide the ${channels} channels of the input and the ${filters} filters.`,
    );
  }
  return channels / groups;
}

/**
 * Checks the shape of one example as a user gives it.
 *
 * @throws RangeError naming the shape; where it begins with null, as in Keras, the message says to leave that out
 */
export function checkInputShape(label: string, option: string, shape: unknown): asserts shape is Shape {
  if (shape === undefined) {
    throw new RangeError(
      `${label}: ${option} is missing. Give the shape of one example without the batch, such as { ${option}: [28, 28, 1] }.`,
    );
  }
  if (!Array.isArray(shape)) {
    refuse(label, option, shape, 'the shape of one example without the batch, such as [28,28,1]');
  }
  if (shape[0] === null || shape[0] === undefined ? shape.length > 0 : shape[0] === -1) {
    const rest = shape.slice(1);
    throw new RangeError(
      `${label}: ${option} is [${shape.map(String).join(',')}]. Leave the batch out: ${option}: ${formatShape(rest)}.`,
    );
  }
  if (shape.includes(null)) {
    refuse(label, option, shape.map(String), 'whole numbers: each axis of an example has a fixed length');
  }
  checkShape(`${label}: ${option}`, shape);
}

/**
 * The axis of a batch that an option names.
 *
 * @param rank number of axes, the batch's included
 * @throws RangeError if there is none, or it is the batch
 */
export function axisAmong(label: string, option: string, axis: number, rank: number): number {
  const at = axis < 0 ? axis + rank : axis;
  if (at >= 1 && at < rank) return at;
  const axes = rank === 2 ? '1 axis' : `${rank - 1} axes`;
  throw new RangeError(`${label}: ${option} is ${axis}, but examples have ${axes} besides the batch, which is axis 0.`);
}

/** @throws RangeError if there are fewer than two inputs, or not all have as many axes */
export function checkSeveral(label: string, shapes: readonly Shape[]): void {
  const isList = Array.isArray(shapes) && shapes.every((shape) => Array.isArray(shape));
  if (!isList || shapes.length < 2) {
    throw new RangeError(`${label}: expected at least two inputs. Give an array: layer.apply([x, y]).`);
  }
  if (shapes.some(({ length }) => length !== shapes[0].length)) {
    throw new RangeError(
      `${label}: the inputs ${shapes.map(formatShape).join(' and ')} have different numbers of axes. Put a Reshape before.`,
    );
  }
}
