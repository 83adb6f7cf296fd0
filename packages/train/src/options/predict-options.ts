import { isStream } from '../streams/example-stream.js';
import { KERNEL_OPTIONS } from './compile-options.js';
import { CORRUPTION, LOSS, LOSS_WEIGHTS, METRICS, SIGNAL } from './fit-options.js';
import { wholeNumber } from './kinds.js';
import { RUNTIME_OPTION } from './runtime-option.js';
import { defaulted, type OptionsOf, optional } from './schema.js';

/**
 * The options of `mapExamples` on any runtime.
 *
 * @example
 * MAP_OPTIONS.seed.value; // 42
 */
export const MAP_OPTIONS = {
  batchSize: optional(
    wholeNumber(1),
    'Examples that are computed together. Without it 32 where the model lets examples meet, else as many as are fast.',
  ),
  corrupt: optional(CORRUPTION, 'Changes inputs before the model sees them.'),
  seed: defaulted(wholeNumber(0), 42, 'Decides the draws of `corrupt`.'),
  signal: optional(SIGNAL, "Ends the work between two batches; the call then rejects with the signal's reason."),
  ...KERNEL_OPTIONS,
};

/**
 * The options of `predict` on any runtime.
 *
 * @example
 * PREDICT_OPTIONS.seed.value; // 42
 */
export const PREDICT_OPTIONS = {
  ...MAP_OPTIONS,
  steps: optional(wholeNumber(1), 'Batches of a stream that are read. Without it, all. Only for streams.'),
};

/**
 * The options of `evaluate` on any runtime.
 *
 * @example
 * EVALUATE_OPTIONS.metrics.value; // []
 */
export const EVALUATE_OPTIONS = {
  ...PREDICT_OPTIONS,
  batchSize: defaulted(
    wholeNumber(1),
    256,
    'Examples to a batch. It matters for losses that give one number for a batch: these are averaged by the batches’ examples.',
  ),
  loss: optional(LOSS, 'Without it, mean squared error.'),
  lossWeights: optional(LOSS_WEIGHTS, 'By what the losses of outputs are multiplied. Without it, 1.'),
  metrics: defaulted(METRICS, [], 'What else is computed, by the names of metrics.'),
};

export const MAP_WITH_RUNTIME = { ...MAP_OPTIONS, ...RUNTIME_OPTION };
export const PREDICT_WITH_RUNTIME = { ...PREDICT_OPTIONS, ...RUNTIME_OPTION };
export const EVALUATE_WITH_RUNTIME = { ...EVALUATE_OPTIONS, ...RUNTIME_OPTION };

/** Options of `mapExamples`. */
export type MapOptions = OptionsOf<typeof MAP_WITH_RUNTIME>;

/** Options of `predict`. */
export type PredictOptions = OptionsOf<typeof PREDICT_WITH_RUNTIME>;

/** Options of `evaluate`. */
export type EvaluateOptions = OptionsOf<typeof EVALUATE_WITH_RUNTIME>;

/** @throws RangeError for an option that a stream cannot have, or that only a stream can have */
export function checkCallOptions(
  call: string,
  data: unknown,
  { batchSize, steps }: { readonly batchSize?: number | undefined; readonly steps?: number | undefined },
): void {
  if (isStream(data) && batchSize !== undefined) {
    throw new RangeError(`${call}: batchSize: the batches of a stream are as large as it makes them. Leave it out.`);
  }
  if (!isStream(data) && steps !== undefined) {
    throw new RangeError(`${call}: steps: the data is arrays. Leave it out, or give a stream of batches.`);
  }
}
