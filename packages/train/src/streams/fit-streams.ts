import type { BaseModel } from '@weft/nn';
import { withClassWeight } from '../class-weight.js';
import { type Examples, namedExamples } from '../data.js';
import { areRecords } from '../records/example-records.js';
import { openTrainingRecords, openValidationRecords } from '../records/open-records.js';
import { type CheckedFitOptions, DEFAULT_BATCH_SIZE, isOpened, trainCountOf } from '../training-source.js';
import type { StreamSource } from './batch-reader.js';
import { type ExampleStream, isStream } from './example-stream.js';
import { type OpenedStream, openStream } from './open-stream.js';

/** Data of `fit`, with the first batches of what is a stream. */
export interface FitStreams {
  readonly data: Examples | OpenedStream;
  readonly validation: OpenedStream | undefined;
  close(): Promise<void>;
}

/**
 * Opens those of the data of `fit` that are streams or records.
 *
 * @throws RangeError for an option that a stream cannot have, or that only a stream can have; StreamError if one fails
 */
export function openFitStreams(
  model: BaseModel,
  data: Examples | ExampleStream,
  options: CheckedFitOptions,
): FitStreams | Promise<FitStreams> {
  checkStreamOptions(data, options);
  const { validationData } = options;
  const records = isStream(data) ? { data, validation: undefined } : openRecordsOf(model, data, options);
  if (isStream(data) || isStream(validationData)) return openStreams(model, records, options);
  return { ...records, data: records.data as Examples | OpenedStream, close: closing(records) };
}

interface MaybeOpened {
  readonly data: Examples | ExampleStream | OpenedStream;
  readonly validation: OpenedStream | undefined;
}

const closing =
  ({ data, validation }: MaybeOpened) =>
  async () => {
    if (isOpened(data)) await data.reader.close();
    await validation?.reader.close();
  };

/** Opens those that are records; the others are left as they are. */
function openRecordsOf(model: BaseModel, data: Examples, options: CheckedFitOptions): MaybeOpened {
  const { validationData, validationSplit, batchSize = DEFAULT_BATCH_SIZE } = options;
  const opened = areRecords(data) ? openTrainingRecords(model, data, options) : undefined;
  if (!areRecords(validationData)) return { data: opened?.training ?? data, validation: opened?.validation };
  const size =
    opened?.training.ring.capacity ??
    Math.min(batchSize, trainCountOf(namedExamples('fit', model, data).count, validationSplit));
  return { data: opened?.training ?? data, validation: openValidationRecords(model, options, size) };
}

async function openStreams(model: BaseModel, records: MaybeOpened, options: CheckedFitOptions): Promise<FitStreams> {
  const { validationData, initialEpoch } = options;
  const { data } = records;
  const opened: OpenedStream[] = [];
  const close = async () => {
    for (const { reader } of opened) await reader.close();
    await closing(records)();
  };
  const open = async (source: StreamSource) => {
    const stream = await openStream(source, initialEpoch);
    opened.push(stream);
    return stream;
  };
  try {
    const examples = isStream(data) ? await open(trainingStream(model, data, options)) : data;
    const validation = isStream(validationData)
      ? await open(validationStream(model, validationData, options))
      : areRecords(validationData) && isOpened(examples)
        ? openValidationRecords(model, options, examples.ring.capacity)
        : records.validation;
    if (options.resumeFrom !== undefined) opened.forEach(requireRepeatable);
    return { data: examples, validation, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function trainingStream(model: BaseModel, data: ExampleStream, options: CheckedFitOptions): StreamSource {
  const { stepsPerEpoch, classWeight } = options;
  return {
    data,
    name: 'fit',
    steps: stepsPerEpoch,
    stepsOption: 'stepsPerEpoch',
    hasEpochs: true,
    named: (batch, call, prefix) => {
      const examples = namedExamples(call, model, batch as Examples, prefix);
      return withClassWeight(examples, classWeight, call, model.outputs, examples.count);
    },
  };
}

function validationStream(model: BaseModel, data: ExampleStream, { validationSteps }: CheckedFitOptions): StreamSource {
  return {
    data,
    name: 'fit: validationData',
    steps: validationSteps,
    stepsOption: 'validationSteps',
    hasEpochs: true,
    named: (batch, call, prefix) => namedExamples(call, model, batch as Examples, prefix),
  };
}

function checkStreamOptions(data: unknown, options: CheckedFitOptions): void {
  const { batchSize, validationSplit, validationData, stepsPerEpoch, validationSteps } = options;
  const fail = (message: string): never => {
    throw new RangeError(`fit: ${message}`);
  };
  if (isStream(data)) {
    if (batchSize !== undefined)
      fail('batchSize: the batches of a stream are as large as it makes them. Leave it out.');
    if (validationSplit > 0) fail('validationSplit: a stream cannot be split. Give validationData.');
  } else if (stepsPerEpoch !== undefined) {
    fail('stepsPerEpoch: the data is arrays, of which an epoch takes all. Leave it out, or give a stream of batches.');
  }
  if (validationSteps !== undefined && !isStream(validationData)) {
    fail('validationSteps: validationData is no stream. Leave it out, or give a stream of batches.');
  }
}

function requireRepeatable({ reader }: OpenedStream): void {
  if (reader.isRepeatable) return;
  throw new RangeError(
    `${reader.name}: resumeFrom: a generator cannot be read again from its beginning. Give a function (epoch) => ... that makes the batches of an epoch.`,
  );
}
