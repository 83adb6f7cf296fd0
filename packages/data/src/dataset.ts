import { checkBytes, checkObject, checkWholeNumber, shown } from './checks.js';

/** Labelled grey or colour pictures of one size. */
export interface ImageDataset {
  name: string;
  /** One byte a value, in the order image, row, column, channel: shape [count, height, width, channels]. */
  images: Uint8Array;
  /** One class number an image, shape [count]. */
  labels: Uint8Array;
  count: number;
  height: number;
  width: number;
  channels: number;
}

/** A training and a test set with what is needed to name and verify them. */
export interface LoadedData {
  name: 'fashion-mnist' | 'synthetic';
  /** True if our own code drew the pictures; whatever shows results must then say so. */
  synthetic: boolean;
  train: ImageDataset;
  test: ImageDataset;
  /** `classNames[label]` names the class. */
  classNames: readonly string[];
  /** For Fashion-MNIST the MD5 of each file as its authors compressed it, for the synthetic set a SHA-256 of each array of bytes. */
  checksums: Record<string, string>;
  /** Where the pictures came from, as part of a sentence; holds no path that the user did not give. */
  origin: string;
}

function checkDataset(call: string, dataset: ImageDataset): void {
  checkObject(`${call}: the data set`, dataset, ['images', 'labels', 'count', 'height', 'width', 'channels']);
  const { images, labels, count, height, width, channels } = dataset;
  for (const [name, size] of Object.entries({ count, height, width, channels })) {
    checkWholeNumber(`${call}: the data set's ${name}`, size, name === 'count' ? 0 : 1);
  }
  checkBytes(`${call}: the images`, images);
  checkBytes(`${call}: the labels`, labels);
  const values = count * height * width * channels;
  if (images.length !== values || labels.length !== count) {
    throw new RangeError(
      `${call}: the images have ${images.length} values and the labels ${labels.length}, but the data set of shape [${[count, height, width, channels]}] needs ${values} and ${count}.`,
    );
  }
}

/** Images as the training functions of Weft take them: bytes, what they mean, and the shape of one image. */
export interface ImageExamples {
  readonly data: Uint8Array;
  /** 1 / 255: a byte of 255 is an intensity of 1. */
  readonly scale: number;
  /** [height, width, channels] */
  readonly shape: readonly [number, number, number];
}

/**
 * Images of a data set as `fit`, `predict` and `evaluate` of `@weft/pool` take them, with intensities from 0 to 1. The
 * bytes are not copied.
 *
 * @throws RangeError if the sizes and arrays of the data set do not fit each other; TypeError if the arrays are no bytes
 * @example
 * const { train } = syntheticGarments({ trainCount: 32, testCount: 1 });
 * const model = new Sequential([new Flatten(), new Dense({ units: 10 })], { inputShape: [28, 28, 1] });
 * const loss = sparseCategoricalCrossentropyWith({ fromLogits: true });
 * const data = { x: asExamples(train), y: Int32Array.from(train.labels) };
 * await fit(model, data, { epochs: 1, loss, threads: 1 });
 */
export function asExamples(dataset: ImageDataset): ImageExamples {
  checkDataset('asExamples', dataset);
  const { images, height, width, channels } = dataset;
  return { data: images, scale: 1 / 255, shape: [height, width, channels] };
}

/**
 * The first images of a data set. The arrays are views: nothing is copied.
 *
 * @param limit how many to keep; a number beyond the data set's count keeps them all
 * @throws RangeError if the limit is not an integer of at least 1, or the sizes and arrays of the data set do not fit
 *         each other; TypeError if the arrays are no bytes
 * @example
 * const { train } = syntheticGarments({ trainCount: 20, testCount: 1 });
 * subset(train, 5).count; // 5
 */
export function subset(dataset: ImageDataset, limit: number): ImageDataset {
  checkDataset('subset', dataset);
  checkWholeNumber('subset: the limit', limit, 1);
  const count = Math.min(limit, dataset.count);
  const imageSize = dataset.height * dataset.width * dataset.channels;
  return {
    ...dataset,
    images: dataset.images.subarray(0, count * imageSize),
    labels: dataset.labels.subarray(0, count),
    count,
  };
}

/**
 * How many examples train and how many validate, as Keras's `validation_split` decides it.
 *
 * The first floor(count * (1 - fraction)) examples, in the order of the files, are for training and the rest
 * for validation: the cut comes before any shuffling.
 *
 * @param count    number of examples, at least 1
 * @param fraction part kept for validation, in [0, 1); 0 keeps none
 * @throws RangeError if they are outside these bounds or one of the two parts would be empty
 * @see keras.src.trainers.data_adapters.array_slicing, train_validation_split
 * @example
 * splitValidation(60_000, 0.1); // { trainCount: 54000, validationCount: 6000 }
 */
export function splitValidation(count: number, fraction: number): { trainCount: number; validationCount: number } {
  checkWholeNumber('splitValidation: the count', count, 1);
  // What is no number compares as one: null as 0, for instance.
  if (typeof fraction !== 'number' || !(fraction >= 0 && fraction < 1)) {
    throw new RangeError(
      `splitValidation: the fraction is ${shown(fraction)}, expected a number of at least 0 and less than 1.`,
    );
  }
  const trainCount = Math.floor(count * (1 - fraction));
  const validationCount = count - trainCount;
  if (trainCount === 0 || (fraction > 0 && validationCount === 0)) {
    throw new RangeError(
      `splitValidation: ${fraction} of ${count} examples leaves ${trainCount} for training and ${validationCount} for validation. Use more examples or another fraction.`,
    );
  }
  return { trainCount, validationCount };
}
