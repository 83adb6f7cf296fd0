import { type ImageDataset, readIdxBlob, syntheticGarments } from '@weft/data/browser';
import type { Job } from '../train/calls.js';

/** Pictures to train on. */
export interface TrainingData {
  /** As cards of models name it. */
  readonly name: string;
  readonly images: Uint8Array;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly classNames: readonly string[];
}

/** More pixels than this would take the memory of small devices. */
const MOST_BYTES = 256 * 2 ** 20;
/** Longest side of a picture. */
const MOST_SIDE = 256;

/** What was loaded last: to go on, or to train another model, takes it again. */
let last: { readonly key: unknown; readonly images: number; readonly data: TrainingData } | undefined;

/** @throws Error if there is no file, or it holds no pictures */
export async function loadTrainingData({ settings, file }: Job): Promise<TrainingData> {
  const { data: source, images } = settings;
  if (source === 'file' && !file) throw new Error('Choose the file of pictures to train on.');
  // A file may have been chosen, and then the other data.
  const chosen = source === 'file' ? file : undefined;
  const key = chosen ?? 'synthetic';
  if (last?.key !== key || last.images !== images) {
    last = { key, images, data: chosen ? await readPictures(chosen, images) : drawPictures(images) };
  }
  return last.data;
}

function drawPictures(count: number): TrainingData {
  const { train, classNames } = syntheticGarments({ trainCount: count, testCount: 1 });
  return { ...sizesOf(train), name: 'synthetic', images: train.images, classNames };
}

const sizesOf = ({ count, height, width }: ImageDataset) => ({ count, height, width });

async function readPictures(file: File, most: number): Promise<TrainingData> {
  const { type, shape, data } = await readIdxBlob(file, { name: file.name, maximumBytes: MOST_BYTES });
  const [available, height, width] = shape;
  const sides = [height, width];
  if (type !== 'uint8' || shape.length !== 3 || sides.some((side) => side < 4 || side > MOST_SIDE) || available < 10) {
    throw new RangeError(
      `${file.name} holds ${type} of shape [${shape.join(', ')}], expected grey pictures: uint8 [count, height, width] with at least 10 pictures of up to ${MOST_SIDE} x ${MOST_SIDE} pixels, such as train-images-idx3-ubyte.gz of Fashion-MNIST.`,
    );
  }
  const count = Math.min(most, available);
  const images = (data as Uint8Array).subarray(0, count * height * width);
  return { name: file.name, images, count, height, width, classNames: [] };
}
