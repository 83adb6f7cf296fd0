import { kebab } from '../arguments/table.js';
import type { TrainOptions } from '../commands/train-options.js';
import { UsageError } from '../exit.js';

/** What is said of the pictures of `--data`, and means nothing without it. */
const OF_PICTURES = ['size', 'tile', 'overlap', 'channels', 'onBadImage'] as const;

/**
 * @param given names of the options that were given
 * @throws UsageError for options of data that do not fit each other
 */
export function checkDataOptions(options: TrainOptions, given: ReadonlySet<string>): void {
  if (options.data === undefined) {
    const alone = OF_PICTURES.find((name) => options[name] !== undefined);
    if (alone === undefined) return;
    throw new UsageError(`--${kebab(alone)}: there are no pictures that it is for. Give their folder with --data DIR.`);
  }
  if (given.has('dataset')) {
    throw new UsageError('--dataset: --data was given as well, which takes its place. Give one of them.');
  }
  const { size, tile, overlap } = options;
  if (size !== undefined && tile !== undefined) {
    throw new UsageError('--tile: --size was given as well. Pictures are resized or cut into tiles: give one of them.');
  }
  if (overlap === undefined) return;
  if (tile === undefined)
    throw new UsageError('--overlap: there are no tiles to overlap. Give their size with --tile N.');
  if (overlap >= tile) {
    throw new UsageError(`--overlap: got ${overlap}, expected less than the ${tile} pixels of a tile.`);
  }
}
