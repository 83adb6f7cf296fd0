import { ArraySteps } from './array-steps.js';
import type { EpochSteps } from './epoch-steps.js';
import type { PreparedTraining } from './prepare-training.js';
import { EvaluationStream } from './streams/evaluation-stream.js';
import { StreamSteps } from './streams/stream-steps.js';
import type { CheckedFitOptions } from './training-source.js';

/**
 * The steps of a training's epochs.
 *
 * @param onCompiled told when programs are added on the way, before they run
 */
export function epochStepsOf(
  prepared: PreparedTraining,
  { shuffle, signal }: CheckedFitOptions,
  onCompiled: (programs: PreparedTraining['programs']) => Promise<void>,
): EpochSteps {
  const { source, session } = prepared;
  const { stream } = source;
  const ofValidation = source.validation?.stream;
  const validation =
    ofValidation && prepared.validation && new EvaluationStream(prepared.validation, session, ofValidation, onCompiled);
  if (!stream) return new ArraySteps(prepared, shuffle, validation);
  stream.reader.signal = signal;
  return new StreamSteps(prepared, stream, validation, onCompiled);
}
