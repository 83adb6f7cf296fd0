import type { BaseModel } from '@weft/nn';
import { withClassWeight } from '../class-weight.js';
import { type Examples, type NamedExamples, namedExamples } from '../data.js';
import type { OpenedStream } from '../streams/open-stream.js';
import { Ring } from '../streams/ring.js';
import { type CheckedFitOptions, DEFAULT_BATCH_SIZE, trainCountOf } from '../training-source.js';
import { type RecordPlan, RecordReader } from './record-reader.js';

/** A reader of records, and memory for its batches. */
export function openRecords(
  examples: NamedExamples,
  plan: Omit<RecordPlan, 'first' | 'count'> & Partial<Pick<RecordPlan, 'first' | 'count'>>,
): OpenedStream {
  const { first = 0, count = examples.count } = plan;
  const batchSize = Math.min(plan.batchSize, count);
  const reader = new RecordReader(examples, { ...plan, first, count, batchSize });
  return { reader, ring: new Ring(reader.first) };
}

/**
 * Opens the training data of `fit` that are records, and what `validationSplit` takes of them.
 *
 * @throws RangeError or TypeError if they do not fit the model or each other, or have no `sha256` where there are
 *   checkpoints
 */
export function openTrainingRecords(model: BaseModel, data: Examples, options: CheckedFitOptions) {
  const { validationData, validationSplit, batchSize: wanted = DEFAULT_BATCH_SIZE, classWeight } = options;
  const { seed, shuffle } = options;
  const examples = namedExamples('fit', model, data);
  requireHash(examples, options);
  const count = trainCountOf(examples.count, validationSplit);
  const batchSize = Math.min(wanted, count);
  const weighted = withClassWeight(examples, classWeight, 'fit', model.outputs, count);
  const shuffleSeed = shuffle ? seed : undefined;
  const training = openRecords(weighted, { name: 'fit', count, batchSize, shuffleSeed, hasEpochs: true });
  const rest = { first: count, count: examples.count - count, batchSize, shuffleSeed: undefined, hasEpochs: true };
  const hasRest = rest.count > 0 && !validationData;
  return { training, validation: hasRest ? openRecords(weighted, { name: 'fit: validation', ...rest }) : undefined };
}

/**
 * Opens the validation data of `fit` that are records.
 *
 * @throws as `openTrainingRecords`
 */
export function openValidationRecords(model: BaseModel, options: CheckedFitOptions, batchSize: number): OpenedStream {
  const data = options.validationData as Examples;
  const examples = namedExamples('fit: validationData', model, data, 'validationData.');
  requireHash(examples, options);
  return openRecords(examples, {
    name: 'fit: validationData',
    batchSize,
    shuffleSeed: undefined,
    hasEpochs: true,
  });
}

/** @throws RangeError if checkpoints could not tell the records from others */
function requireHash({ inputs, targets }: NamedExamples, { checkpoints, resumeFrom }: CheckedFitOptions): void {
  if (!checkpoints && resumeFrom === undefined) return;
  for (const { label, records } of [...Object.values(inputs), ...Object.values(targets)]) {
    if (!records || records.sha256) continue;
    throw new RangeError(
      `fit: ${label}: the records have no sha256, and checkpoints know the data by it. Give sha256, a hash of all that they hold.`,
    );
  }
}
