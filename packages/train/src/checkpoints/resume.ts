import type { TypedArray } from '@weft/core';
import { formatShape } from '@weft/core/program';
import type { Callback, CallbackState } from '../callbacks/callback.js';
import type { NamedExamples } from '../data.js';
import type { EpochHistory } from '../history.js';
import { learningRateNames } from '../learning-rates.js';
import type { PreparedTraining } from '../prepare-training.js';
import { sha256Hex } from '../sha256.js';
import { tracedUpdate } from '../step/optimizer-stages.js';
import { tablesOf } from '../step/trace-batch.js';
import { slotName } from '../trainer.js';
import type { CheckedFitOptions } from '../training-source.js';
import { CheckpointError, CheckpointMismatchError } from './errors.js';
import { describedArray, differences, type Fingerprint, fingerprint } from './fingerprint.js';
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

/** What a training and a checkpoint must have in common for the one to resume from the other. */
export async function trainingFingerprint(
  prepared: PreparedTraining,
  options: CheckedFitOptions,
): Promise<Fingerprint> {
  const { source, traced, runtime } = prepared;
  const { model, batchSize, seed, trainCount, updates, stream } = source;
  const { shuffle, convolution, fastMath, callbacks, initialEpoch } = options;
  const hash = (bytes: Uint8Array) => runtime.sha256?.(bytes) ?? sha256Hex(bytes);
  // These may be hundreds of megabytes.
  const hashBeside = (bytes: Uint8Array) => runtime.digest?.(bytes) ?? hash(bytes);
  const arrays = new Map<string, string>();
  for (const [label, values] of arraysOf(prepared)) {
    arrays.set(label, typeof values === 'string' ? values : await describedArray(values, hashBeside));
  }
  return fingerprint(
    {
      model,
      arrays,
      updates: traced.map(({ program }, index) => {
        const { optimizer, weights } = updates[index];
        const scalarCount = prepared.updates[index].scalarCount;
        return { program, optimizer, rules: weights.map((weight) => tracedUpdate(optimizer, weight, scalarCount)) };
      }),
      options: {
        batchSize,
        'training examples': stream ? (stream.reader.examples ?? 'a stream') : trainCount,
        ...(stream && stream.reader.examples === undefined && { 'steps per epoch': options.stepsPerEpoch ?? 'all' }),
        seed,
        shuffle,
        convolution,
        fastMath,
        initialEpoch,
        kernels: runtime.kernels,
      },
      callbacks: stateful(callbacks).map((callback) => callback.constructor.name),
    },
    hash,
  );
}

/**
 * Examples, of streams those of the first batch, of records what they say that they are, and what losses, layers and
 * corruption have captured.
 */
function arraysOf({ source, traced }: PreparedTraining): Map<string, TypedArray | string> {
  const { examples, stream, validation, weights } = source;
  const arrays = (set: NamedExamples) =>
    tablesOf(set).map(({ label, values, shape, records }): [string, TypedArray | string] => [
      label,
      records ? `${records.count} records ${formatShape(shape)}, SHA-256 ${records.sha256}` : values,
    ]);
  const known = stream?.reader.known ?? examples;
  const ofTraining = arrays(known);
  const ofValidation =
    validation && validation.examples !== examples && validation.stream?.reader.known !== known
      ? arrays(validation.stream?.reader.known ?? validation.examples)
      : [];
  const own = new Set(weights.map(({ weight }) => weight.tensor.node));
  const captured = traced.flatMap(({ leaves, placeholders }) =>
    leaves.slice(placeholders).filter(({ node }) => !own.has(node)),
  );
  const ofLosses = captured.map(({ node, index }, which): [string, TypedArray] => [
    `captured array ${which}`,
    node.data[index] as TypedArray,
  ]);
  return new Map([...ofTraining, ...ofValidation, ...ofLosses]);
}

/**
 * The checkpoint that `resumeFrom` asks for; undefined if the folder has none that is whole.
 *
 * @throws CheckpointMismatchError if it belongs to another training; CheckpointError if it was asked for by its own
 *   path and is damaged
 */
export async function resumable(
  prepared: PreparedTraining,
  options: CheckedFitOptions,
  wanted: Fingerprint,
  warn: (message: string) => void,
): Promise<FoundCheckpoint | undefined> {
  const { resumeFrom = '', checkpoints } = options;
  let passedOver = false;
  const found = await findCheckpoint(prepared.runtime.store, resumeFrom, checkpoints?.name ?? DEFAULT_NAME, (error) => {
    passedOver = true;
    warn(`${error.message} It is passed over.`);
  });
  if (!found && passedOver) warn(`${resumeFrom}: no checkpoint is whole, so training starts from the beginning.`);
  const different = found ? differences(found.state.fingerprint, wanted) : [];
  if (found && different.length > 0) throw new CheckpointMismatchError(found.path, different);
  if (found) checkContents(found, prepared, options);
  return found;
}

/**
 * Layers of a user's own may give the same configuration for other weights.
 *
 * @throws CheckpointError if the tensors in a checkpoint are not those of the training
 */
function checkContents({ path, state }: FoundCheckpoint, prepared: PreparedTraining, options: CheckedFitOptions): void {
  const { source } = prepared;
  const { initialEpoch } = options;
  const { weights, slots, epoch, step, steps, history, callbacks } = state;
  // Without a number the epochs of a stream may differ.
  const stepsInEpoch = source.stream ? source.stream.reader.steps : prepared.batches.length;
  const describe = (name: string, shape: readonly number[]) => `${name} [${shape.join(',')}]`;
  const wanted = source.weights.map((named) => describe(named.path, named.weight.shape)).sort();
  const got = [...weights].map(([name, { shape }]) => describe(name, shape)).sort();
  const fits =
    got.join() === wanted.join() &&
    hasSlots(slots, prepared) &&
    (stepsInEpoch === undefined || (step < stepsInEpoch && steps === (epoch - initialEpoch) * stepsInEpoch + step)) &&
    isHistoryOf(history, logNames(prepared, options.callbacks), epoch - initialEpoch) &&
    callbacks.length === stateful(options.callbacks).length;
  if (fits) return;
  throw new CheckpointError(
    `${path}: the checkpoint's contents do not fit the training, which has the weights ${wanted.join(', ')} and ${stepsInEpoch ?? 'any number of'} steps an epoch. Start again in another folder.`,
  );
}

function hasSlots(slots: FoundCheckpoint['state']['slots'], { source }: PreparedTraining): boolean {
  const wanted = source.updates.flatMap(({ optimizer, weights }, update) =>
    optimizer.slots.map((slot) => `${slotName(update, slot)} of ${weights.map(({ shape }) => shape.join()).sort()}`),
  );
  const got = [...slots].map(
    ([name, tensors]) => `${name} of ${[...tensors.values()].map(({ shape }) => shape.join()).sort()}`,
  );
  return wanted.sort().join(';') === got.sort().join(';');
}

/** Names in the logs: losses and metrics of training, those of validation, and learning rates if they can change. */
export function logNames(
  { log, validation, source }: PreparedTraining,
  callbacks: readonly Callback[],
): readonly string[] {
  const ofValidation = (validation?.log.names ?? []).map((name) => `val_${name}`);
  return [...log.names, ...ofValidation, ...learningRateNames(source.updates, callbacks)];
}

/** Whether a history has these losses and metrics, and no other, of so many epochs. */
function isHistoryOf({ history }: EpochHistory, names: readonly string[], epochs: number): boolean {
  return (
    Object.keys(history).sort().join() === [...names].sort().join() &&
    names.every((name) => history[name]?.length === epochs)
  );
}
