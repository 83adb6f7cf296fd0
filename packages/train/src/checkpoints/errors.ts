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
        'Resume with the options and data that it was begun with, or begin anew in another folder.',
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
  ) {
    super(
      `${what} after step ${step + 1} of epoch ${epoch + 1}: training has diverged. Use a smaller learning rate` +
        `${checkpoint === undefined ? '' : `; the last good checkpoint is ${checkpoint}`}.`,
    );
  }
}

function cut(text: string): string {
  return text.length > 160 ? `${text.slice(0, 157)}...` : text;
}
