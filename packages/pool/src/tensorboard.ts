import { appendFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type EventImage,
  type EventValue,
  encodeEvent,
  eventFileStart,
  eventHistogram,
} from '@weft/formats/tensorboard';
import type { BaseModel } from '@weft/nn';
import type { Callback, EpochLogs, TrainControl, TrainInfo } from '@weft/train';
import {
  type CheckedOptions,
  checkOptions,
  defaulted,
  functionOf,
  type OptionsOf,
  optional,
  required,
  text,
  wholeNumber,
} from '@weft/train/runtime';
import { makeFolders } from './files/make-folders.js';

/** A picture for TensorBoard, as the bytes of a PNG file, and what it is called there. */
export interface TensorBoardImage extends EventImage {
  readonly tag: string;
}

/** Makes pictures of a model as it is after an epoch. */
export type TensorBoardImages = (
  model: BaseModel,
  epoch: number,
) => readonly TensorBoardImage[] | Promise<readonly TensorBoardImage[]>;

const OPTIONS = {
  logDir: required(text('the path of a folder'), 'Where the folders train and validation go.'),
  histogramFreq: defaulted(wholeNumber(0), 0, 'After how many epochs histograms of all weights are written; 0: never.'),
  images: optional(
    functionOf<TensorBoardImages>('a function that gives pictures'),
    'Is called after each epoch, which it counts from 1. Without it no pictures are written.',
  ),
};

/** Options of `TensorBoard`. */
export type TensorBoardOptions = OptionsOf<typeof OPTIONS>;

const VALIDATION = 'val_';

/** Files of this process that were begun: two of one second have other names. */
let begun = 0;

/**
 * Writes event files for TensorBoard: losses, metrics and the learning rate of each epoch, histograms of the weights, and
 * pictures. As Keras's, it makes the folders `train` and `validation`, and tags such as `epoch_loss`. The step is the number
 * of the epoch, from 1. A training that is resumed writes new files behind the old ones.
 *
 * @example
 * import { readdirSync } from 'node:fs';
 * const model = new Sequential([new Dense({ units: 1 })], { inputShape: [2] });
 * const data = { x: new Float32Array(8), y: new Float32Array(4) };
 * const callbacks = [new TensorBoard({ logDir: 'logs', histogramFreq: 1 })];
 * await fit(model, data, { epochs: 2, callbacks, validationSplit: 0.5, threads: 1 });
 * readdirSync('logs').sort(); // ['train', 'validation']
 */
export class TensorBoard implements Callback {
  private readonly options: CheckedOptions<typeof OPTIONS>;
  private train = '';
  private validation = '';

  /** @throws RangeError or TypeError for an option that is not what it must be */
  constructor(options: TensorBoardOptions) {
    this.options = checkOptions('TensorBoard', options, OPTIONS, "{ logDir: 'logs' }");
  }

  /** @throws Error if nothing can be written into its folder */
  async onTrainBegin({ initialEpoch, logNames }: TrainInfo): Promise<void> {
    const hasValidation = logNames.some((name) => name.startsWith(VALIDATION));
    this.train = await this.begin('train', initialEpoch + 1);
    this.validation = hasValidation ? await this.begin('validation', initialEpoch + 1) : '';
  }

  async onEpochEnd(epoch: number, logs: EpochLogs, { model }: TrainControl): Promise<void> {
    if (this.train === '') return;
    const { histogramFreq, images } = this.options;
    const step = epoch + 1;
    const scalars = scalarsOf(logs);
    const isDue = histogramFreq > 0 && step % histogramFreq === 0;
    const pictures = (await images?.(model, step)) ?? [];
    await write(this.train, step, [
      ...scalars.filter(({ isOfValidation }) => !isOfValidation).map(({ value }) => value),
      ...(isDue ? histogramsOf(model) : []),
      ...pictures.map(({ tag, ...image }): EventValue => ({ tag, image })),
    ]);
    if (this.validation === '') return;
    await write(
      this.validation,
      step,
      scalars.filter(({ isOfValidation }) => isOfValidation).map(({ value }) => value),
    );
  }

  /** @returns path of the new file */
  private async begin(name: string, step: number): Promise<string> {
    const folder = join(this.options.logDir, name);
    try {
      await makeFolders(folder);
      if (!(await stat(folder)).isDirectory()) throw new Error('it is no folder');
      // TensorBoard reads the files of a folder in the order of their names.
      const seconds = String(Math.floor(Date.now() / 1000)).padStart(10, '0');
      const number = String(begun++).padStart(6, '0');
      const path = join(folder, `events.out.tfevents.${seconds}.weft.${process.pid}.${number}`);
      await appendFile(path, eventFileStart({ wallTime: Date.now() / 1000, step }), { flag: 'ax' });
      return path;
    } catch (cause) {
      throw new Error(`TensorBoard: logDir: nothing can be written into ${folder} (${(cause as Error).message}).`, {
        cause,
      });
    }
  }
}

const write = (path: string, step: number, values: readonly EventValue[]) =>
  appendFile(path, encodeEvent({ wallTime: Date.now() / 1000, step, values }));

interface Scalar {
  readonly isOfValidation: boolean;
  readonly value: EventValue;
}

/** Keras's tags: `epoch_loss` is also that of `val_loss`, in the folder of the validation. */
function scalarsOf({ seconds, examplesPerSecond, ...logs }: EpochLogs): Scalar[] {
  const numbers = { ...logs, seconds, examples_per_second: examplesPerSecond };
  return Object.entries(numbers).flatMap(([name, scalar]) => {
    if (scalar === undefined) return [];
    const isOfValidation = name.startsWith(VALIDATION);
    const tag = `epoch_${isOfValidation ? name.slice(VALIDATION.length) : name}`;
    return [{ isOfValidation, value: { tag, scalar } }];
  });
}

const histogramsOf = (model: BaseModel): EventValue[] =>
  model.weights.map(({ path, data }) => ({ tag: `${path}/histogram`, histogram: eventHistogram(data) }));
