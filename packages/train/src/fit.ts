import { Adam, meanSquaredError, type Sequential } from '@weft/nn';
import type { Examples } from './examples.js';
import type { History } from './history.js';
import { checkFitOptions, type FitOptions } from './options/fit-options.js';
import { prepareTraining } from './prepare-training.js';
import { withRuntime } from './runtime/runtime.js';
import { TrainingRun } from './training-run.js';

/**
 * Trains a model on all workers of a runtime. The result is the same to the bit for any number of workers: a batch is cut into
 * pieces by shapes alone, and the pieces' gradients are added up in a fixed order. Nor does it depend on whether
 * training was broken off on the way and resumed from a checkpoint.
 *
 * @throws RangeError for options or examples that do not fit, or an option that there is not; TypeError for a value of
 *   another kind than is expected; NonFiniteError if a loss or weights are no finite numbers any more;
 *   CheckpointMismatchError if the checkpoint to go on from belongs to another training; CheckpointError if it is
 *   damaged
 */
export async function fit(model: Sequential, data: Examples, options: FitOptions): Promise<History> {
  const plan = checkFitOptions(model, data, options);
  const { optimizer = new Adam(), loss = meanSquaredError } = options;
  return withRuntime(options.runtime, (runtime) =>
    runtime.hold(async (session) => {
      const source = { model, data, optimizer, loss, options, plan };
      const run = new TrainingRun(await prepareTraining(source, runtime, session));
      return run.train();
    }),
  );
}
