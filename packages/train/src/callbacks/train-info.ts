import type { EpochSteps } from '../epoch-steps.js';
import type { EpochHistory } from '../history.js';
import type { PreparedTraining } from '../prepare-training.js';
import type { TrainInfo } from './callback.js';

/** What callbacks are told when training begins, at a step of an epoch. */
export function trainInfo(
  { source, runtime }: PreparedTraining,
  { stepsInEpoch, examplesInEpoch }: EpochSteps,
  { epochs, epoch, step }: { readonly epochs: number; readonly epoch: number; readonly step: number },
  past: EpochHistory,
  names: readonly string[],
): TrainInfo {
  const { validation } = source;
  return {
    model: source.model,
    epochs,
    steps: stepsInEpoch,
    trainCount: examplesInEpoch,
    validationCount: validation?.stream
      ? (validation.stream.reader.examples ?? Number.POSITIVE_INFINITY)
      : (validation?.count ?? 0),
    threads: runtime.threads,
    store: runtime.store,
    initialEpoch: epoch,
    initialStep: step,
    past,
    logNames: names,
  };
}
