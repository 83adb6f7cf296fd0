import { KERNEL_OPTIONS } from './compile-options.js';
import { CORRUPTION, LOSS, SIGNAL } from './fit-options.js';
import { wholeNumber } from './kinds.js';
import { RUNTIME_OPTION } from './runtime-option.js';
import { defaulted, type OptionsOf, optional } from './schema.js';

/** The options of `predict` and `mapExamples` on any runtime. */
export const PREDICT_OPTIONS = {
  corrupt: optional(CORRUPTION, 'Changes inputs before the model sees them.'),
  seed: defaulted(wholeNumber(0), 42, 'Decides the draws of `corrupt`.'),
  signal: optional(SIGNAL, "Ends the work between two chunks; the call then rejects with the signal's reason."),
  ...KERNEL_OPTIONS,
};

/** The options of `evaluate` on any runtime. */
export const EVALUATE_OPTIONS = { ...PREDICT_OPTIONS, loss: optional(LOSS, 'Without it, mean squared error.') };

export const PREDICT_WITH_RUNTIME = { ...PREDICT_OPTIONS, ...RUNTIME_OPTION };
export const EVALUATE_WITH_RUNTIME = { ...EVALUATE_OPTIONS, ...RUNTIME_OPTION };

/** Options of `predict` and `mapExamples`. */
export type PredictOptions = OptionsOf<typeof PREDICT_WITH_RUNTIME>;

/** Options of `evaluate`. */
export type EvaluateOptions = OptionsOf<typeof EVALUATE_WITH_RUNTIME>;
