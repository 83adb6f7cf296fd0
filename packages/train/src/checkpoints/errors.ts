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
    /** The number in the data that is not finite, if that is the reason. */
    readonly found: NonFiniteValue | undefined = undefined,
  ) {
    const reason = found
      ? `${found.array} holds ${found.value} in example ${found.example} (from 0), at [${found.place.join(',')}]. Replace it, or leave the example out`
      : 'training has diverged. Use a smaller learning rate';
    const good = checkpoint === undefined ? '' : `; the last good checkpoint is ${checkpoint}`;
    super(`${what} after step ${step + 1} of epoch ${epoch + 1}: ${reason}${good}.`);
  }
}

function cut(text: string): string {
  return text.length > 160 ? `${text.slice(0, 157)}...` : text;
}
