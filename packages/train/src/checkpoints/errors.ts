import type { NonFiniteValue } from '../non-finite.js';
import type { Difference } from './fingerprint.js';

/** A checkpoint is damaged, or cannot be read by this version of Weft. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}

/** A checkpoint belongs to another training: to other options, another model, or other data. */
export class CheckpointMismatchError extends Error {
  override readonly name = 'CheckpointMismatchError';
  readonly differences: readonly Difference[];

  constructor(path: string, differences: readonly Difference[]) {
    const list = differences.map(({ name, expected, got }) => `${name}: got ${cut(got)}, expected ${cut(expected)}`);
    super(
      `${path}: the checkpoint belongs to another training. ${list.join('; ')}. ` +
        'Resume with the options and data that it was begun with, or start again in another folder.',
    );
    this.differences = differences;
  }
}

/** A loss or weights are not finite numbers any more. */
export class NonFiniteError extends Error {
  override readonly name = 'NonFiniteError';

  constructor(
    what: string,
    /** From 0. */
    readonly epoch: number,
    /** The last step that was done, from 0. */
    readonly step: number,
    /** The newest checkpoint, whose weights are finite. */
    readonly checkpoint: string | undefined,
    /** What may be wrong with the data: a number that is not finite, or a label that is no class. */
    readonly found: NonFiniteValue | undefined = undefined,
  ) {
    const good = checkpoint === undefined ? '' : `; the last good checkpoint is ${checkpoint}`;
    super(`${what} after step ${step + 1} of epoch ${epoch + 1}: ${reasonOf(found)}${good}.`);
  }
}

function reasonOf(found: NonFiniteValue | undefined): string {
  const diverged = 'training has diverged. Use a smaller learning rate';
  if (!found) return diverged;
  const { array, value, example, place, classes } = found;
  const text = `${array} holds ${value} in example ${example} (from 0)${place.length > 0 ? `, at [${place.join(',')}]` : ''}`;
  if (classes === undefined) return `${text}. Replace it, or leave the example out`;
  return `${text}, but labels are 0 to ${classes - 1}, as the output has ${classes} classes. Number them from 0. If the loss ignores that label, ${diverged}`;
}

function cut(text: string): string {
  return text.length > 160 ? `${text.slice(0, 157)}...` : text;
}
