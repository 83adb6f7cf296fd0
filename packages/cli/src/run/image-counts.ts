import { splitValidation } from '@weft/data';
import type { TrainOptions } from '../commands/train-options.js';
import { UsageError } from '../exit.js';
import type { Terminal } from '../terminal/terminal.js';
import { formatCount, printable } from '../terminal/text.js';
import type { RunData } from './run-data.js';

/**
 * How the training images are cut. Before they are loaded only a limit is known of their number.
 *
 * @param given names of the options that were given: one that was not is not to blame
 * @throws UsageError if none are left to train on or to validate with
 */
export function checkCounts(
  { limit, validationSplit }: TrainOptions,
  given: ReadonlySet<string>,
  available = Number.POSITIVE_INFINITY,
) {
  const count = Math.min(limit ?? available, available);
  if (count === Number.POSITIVE_INFINITY) return { trainCount: count, validationCount: 0 };
  try {
    return splitValidation(count, validationSplit);
  } catch (cause) {
    const remedy = limit === undefined ? '' : ', or a larger --limit';
    const images = `${formatCount(count)} training image${count === 1 ? '' : 's'}`;
    throw new UsageError(
      given.has('limit') && !given.has('validationSplit')
        ? `--limit: got ${limit}: of ${images} the validation split of ${validationSplit} leaves none to train on or none to validate with. Give a larger one, or --validation-split 0.`
        : `--validation-split: got ${validationSplit}, which of ${images} leaves none to train on or none to validate with. Give another${remedy}.`,
      { cause },
    );
  }
}

/** Says which images a run has. */
export function announceData(data: RunData, { limit, testLimit }: TrainOptions, terminal: Terminal): void {
  terminal.message(
    `${shownName(data)}: ${formatCount(data.train.count)} training and ${formatCount(data.test.count)} test images, ${data.origin}`,
  );
  if (limit !== undefined && limit > data.train.count) {
    terminal.warning(
      `--limit ${limit}: there are only ${formatCount(data.train.count)} training images; all are used.`,
    );
  }
  if (testLimit !== undefined && testLimit > data.test.count) {
    terminal.warning(
      `--test-limit ${testLimit}: there are only ${formatCount(data.test.count)} test images; all are used.`,
    );
  }
}

function shownName({ name, synthetic }: RunData): string {
  if (synthetic) return 'Synthetic garments, a stand-in and not Fashion-MNIST';
  return name === 'fashion-mnist' ? 'Fashion-MNIST' : printable(name);
}

/** How many images there are to train on and to validate with, where the data are known. */
export function countsOf({ train, validation }: RunData, options: TrainOptions, given: ReadonlySet<string>) {
  if (validation) return { trainCount: train.count, validationCount: validation.count };
  return checkCounts(options, given, train.count);
}
