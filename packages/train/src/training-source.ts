import {
  Adam,
  BaseModel,
  type Loss,
  type ModelLoss,
  ModelWeight,
  meanSquaredError,
  type Optimizer,
  type Weight,
} from '@weft/nn';
import { withClassWeight } from './class-weight.js';
import { type Examples, type NamedExamples, namedExamples } from './data.js';
import type { FIT_WITH_RUNTIME, TrainedWeights, Update } from './options/fit-options.js';
import type { CheckedOptions } from './options/schema.js';
import { shown } from './options/shown.js';
import type { NamedWeight, TrainingSource } from './prepare-training.js';
import type { UpdateSource } from './step/trace-update.js';
import type { OpenedStream } from './streams/open-stream.js';

/** As in Keras. */
export const DEFAULT_BATCH_SIZE = 32;

/** Options of `fit` that were checked. */
export type CheckedFitOptions = CheckedOptions<typeof FIT_WITH_RUNTIME>;

/**
 * What `fit` is to train, on what, and how.
 *
 * @throws RangeError or TypeError if examples, losses or weights do not fit the model or each other
 */
export function trainingSource(
  model: BaseModel,
  data: Examples | OpenedStream,
  options: CheckedFitOptions,
  validationStream?: OpenedStream,
): TrainingSource {
  const { validationSplit, batchSize, seed, augment, corrupt, epochs, initialEpoch, classWeight } = options;
  const validationData = options.validationData as Examples | undefined;
  const stream = isOpened(data) ? data : undefined;
  const given = isOpened(data) ? data.ring.examples : namedExamples('fit', model, data);
  if (initialEpoch >= epochs) {
    throw new RangeError(
      `fit: initialEpoch is ${initialEpoch} and epochs ${epochs}. epochs is the number of the last epoch; give a larger one.`,
    );
  }
  if (validationData && validationSplit > 0) {
    throw new RangeError('fit: both validationData and validationSplit are given. Give one of them.');
  }
  const trainCount = stream ? given.count : trainCountOf(given.count, validationSplit);
  const examples = stream ? given : withClassWeight(given, classWeight, 'fit', model.outputs, trainCount);
  const names = new WeightNames(model);
  const updates = updateSources(model, options, names);
  return {
    model,
    weights: names.list,
    updates,
    examples,
    stream,
    trainCount,
    validation: validationStream
      ? {
          examples: validationStream.ring.examples,
          stream: validationStream,
          first: 0,
          count: validationStream.ring.examples.count,
        }
      : validationOf(model, examples, trainCount, validationData),
    augment,
    corrupt,
    batchSize: stream?.ring.capacity ?? Math.min(batchSize ?? DEFAULT_BATCH_SIZE, trainCount),
    seed,
  };
}

/**
 * How many examples are trained on; the others are held out.
 *
 * @throws RangeError if there is none
 */
export function trainCountOf(count: number, validationSplit: number): number {
  const trainCount = Math.floor(count * (1 - validationSplit));
  if (trainCount > 0) return trainCount;
  throw new RangeError(`fit: validationSplit: ${validationSplit} of ${count} examples leaves none to train on.`);
}

export const isOpened = (data: unknown): data is OpenedStream => 'ring' in Object(data);

function validationOf(
  model: BaseModel,
  examples: NamedExamples,
  trainCount: number,
  data: Examples | undefined,
): TrainingSource['validation'] {
  if (data) {
    const own = namedExamples('fit: validationData', model, data, 'validationData.');
    return { examples: own, stream: undefined, first: 0, count: own.count };
  }
  const count = examples.count - trainCount;
  return count === 0 ? undefined : { examples, stream: undefined, first: trainCount, count };
}

function updateSources(model: BaseModel, options: CheckedFitOptions, names: WeightNames): UpdateSource[] {
  const { updates, loss, lossWeights, metrics, optimizer } = options;
  const rest = { model, ...(lossWeights && { lossWeights }), metrics };
  if (!updates) {
    const trainable = model.weights.filter((weight) => weight.trainable);
    const own = optimizer ?? new Adam();
    const weights = changedBy(own, trainable);
    return [{ ...rest, name: 'loss', loss: loss ?? meanSquaredError, weights, optimizer: own }];
  }
  if (loss || optimizer || lossWeights) {
    throw new RangeError(
      'fit: updates have losses and optimisers of their own. Leave out loss, lossWeights and optimizer.',
    );
  }
  return updates.map((update: Update, index): UpdateSource => {
    const own = update.optimizer ?? new Adam();
    const weights = trainedWeights(model, `updates: number ${index + 1}`, update.weights, names);
    const name = updates.length === 1 && !update.name ? 'loss' : `${update.name ?? `update_${index + 1}`}_loss`;
    return {
      model,
      name,
      loss: update.loss as Loss | ModelLoss,
      metrics: index === 0 ? metrics : [],
      weights: changedBy(own, weights),
      penalised: weights,
      optimizer: own,
    };
  });
}

/** Those of the weights that an optimiser does not leave as they are. */
function changedBy(optimizer: Optimizer, weights: readonly ModelWeight[]): readonly ModelWeight[] {
  const paths = new Set(optimizer.trained?.(weights.map(({ path }) => path)) ?? weights.map(({ path }) => path));
  return weights.filter(({ path }) => paths.has(path));
}

/** The weights that an update names, in the order in which they lie in memory. */
function trainedWeights(model: BaseModel, label: string, given: TrainedWeights, names: WeightNames): ModelWeight[] {
  const list: readonly unknown[] =
    typeof given === 'function'
      ? model.weights.filter(({ path, trainable }) => trainable && given(path))
      : Array.isArray(given)
        ? given
        : [given];
  const weights = list.flatMap((item) => {
    if (item instanceof BaseModel) {
      for (const weight of item.weights) names.add(weight, item);
      return item.weights.filter(({ trainable }) => trainable);
    }
    if (item instanceof ModelWeight) {
      names.add(item, undefined);
      if (item.trainable) return [item];
      throw new RangeError(`fit: ${label}: the weight ${item.path} is not trainable. Leave it out, or set trainable.`);
    }
    throw new TypeError(`fit: ${label}: weights holds ${shown(item)}; expected models, or weights of models.`);
  });
  const distinct = weights.filter(({ weight }, at) => weights.findIndex((other) => other.weight === weight) === at);
  if (distinct.length === 0) {
    throw new RangeError(`fit: ${label}: weights names none that can be trained. Its model has ${names.paths}.`);
  }
  return distinct;
}

/** Names for the weights of a training: paths within its model, and behind another model's name for those of others. */
class WeightNames {
  readonly list: NamedWeight[] = [];
  private readonly known = new Map<Weight, string>();

  constructor(model: BaseModel) {
    // Weights that training changes come first, and side by side.
    const sorted = [...model.weights].sort((a, b) => Number(b.trainable) - Number(a.trainable));
    for (const { path, weight } of sorted) this.put(path, weight);
  }

  get paths(): string {
    return this.list.map(({ path }) => path).join(', ');
  }

  add({ path, weight }: ModelWeight, model: BaseModel | undefined): void {
    if (!this.known.has(weight)) this.put(model ? `${model.name}/${path}` : path, weight);
  }

  private put(path: string, weight: Weight): void {
    if (this.known.has(weight)) return;
    if (this.list.some((other) => other.path === path)) {
      throw new RangeError(`fit: two weights are called ${path}. Give their models or layers different names.`);
    }
    this.known.set(weight, path);
    this.list.push({ path, weight });
  }
}
