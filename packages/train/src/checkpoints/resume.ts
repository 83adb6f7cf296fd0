import type { Callback, CallbackState } from '../callbacks/callback.js';
import { type EpochHistory, logNamesOf } from '../history.js';
import type { PreparedTraining } from '../prepare-training.js';
import { CheckpointError, CheckpointMismatchError } from './errors.js';
import { differences, type Fingerprint, fingerprint } from './fingerprint.js';
import { type FoundCheckpoint, findCheckpoint } from './folder.js';
import { DEFAULT_NAME } from './options.js';

/** The callbacks that keep something in checkpoints. */
export function stateful(callbacks: readonly Callback[]): readonly Callback[] {
  return callbacks.filter((callback) => callback.state);
}

/** What they keep, copied. */
export function statesOf(callbacks: readonly Callback[]): CallbackState[] {
  return stateful(callbacks).map((callback) => callback.state?.() ?? {});
}

/** What a training and a checkpoint must have in common for the one to go on from the other. */
export function trainingFingerprint({ source, program, runtime }: PreparedTraining): Fingerprint {
  const { model, data, optimizer, options, plan } = source;
  const { validationSplit = 0, shuffle = true, convolution = 'auto', fastMath = false, callbacks = [] } = options;
  const { batchSize, seed } = plan;
  return fingerprint({
    model,
    data,
    program,
    optimizer,
    options: { batchSize, validationSplit, seed, shuffle, convolution, fastMath, kernels: runtime.kernels },
    callbacks: stateful(callbacks).map((callback) => callback.constructor.name),
  });
}

/**
 * The checkpoint that `resumeFrom` asks for; undefined if the folder has none that is whole.
 *
 * @throws CheckpointMismatchError if it belongs to another training; CheckpointError if it was asked for by its own
 *   path and is damaged
 */
export async function resumable(
  prepared: PreparedTraining,
  wanted: Fingerprint,
  warn: (message: string) => void,
): Promise<FoundCheckpoint | undefined> {
  const { resumeFrom = '', checkpoints } = prepared.source.options;
  let passedOver = false;
  const found = await findCheckpoint(prepared.runtime.store, resumeFrom, checkpoints?.name ?? DEFAULT_NAME, (error) => {
    passedOver = true;
    warn(`${error.message} It is passed over.`);
  });
  if (!found && passedOver) warn(`${resumeFrom}: no checkpoint is whole, so training begins anew.`);
  const different = found ? differences(found.state.fingerprint, wanted) : [];
  if (found && different.length > 0) throw new CheckpointMismatchError(found.path, different);
  if (found) checkContents(found, prepared);
  return found;
}

/**
 * Layers of a user's own may give the same configuration for other weights.
 *
 * @throws CheckpointError if the tensors in a checkpoint are not those of the training
 */
function checkContents({ path, state }: FoundCheckpoint, { source, batches }: PreparedTraining): void {
  const { model, optimizer, options, plan } = source;
  const { weights, optimizer: slots, epoch, step, steps, history, callbacks } = state;
  const wanted = model.parameters.map(({ name, shape }) => `${name} [${shape.join(',')}]`).sort();
  const isWhole = (tensors: typeof weights) => {
    const got = [...tensors].map(([name, { shape }]) => `${name} [${shape.join(',')}]`).sort();
    return got.join() === wanted.join();
  };
  const fits =
    [weights, ...slots].every(isWhole) &&
    slots.length === optimizer.slots &&
    step < batches.length &&
    steps === epoch * batches.length + step &&
    isHistoryOf(history, logNamesOf(plan), epoch) &&
    callbacks.length === stateful(options.callbacks ?? []).length;
  if (fits) return;
  throw new CheckpointError(
    `${path}: the checkpoint's contents do not fit the training, which has the weights ${wanted.join(', ')} and ${batches.length} steps an epoch. Begin anew in another folder.`,
  );
}

/** Whether a history has these losses and metrics, and no other, of so many epochs. */
function isHistoryOf({ history }: EpochHistory, names: readonly string[], epochs: number): boolean {
  return (
    Object.keys(history).sort().join() === [...names].sort().join() &&
    names.every((name) => history[name]?.length === epochs)
  );
}
