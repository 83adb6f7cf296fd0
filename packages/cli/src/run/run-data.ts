import { createHash } from 'node:crypto';
import { asExamples, type ImageDataset, type LoadedData, type RecordSet, splitValidation, subset } from '@weft/data';
import type { ModelCard } from './model-card.js';

/** Images to train on: in memory, or in a file that is read at random. */
export type TrainingSet = ImageDataset | Records;

/** Images that are read when they are needed. */
export type Records = Pick<
  RecordSet,
  'count' | 'height' | 'width' | 'channels' | 'shape' | 'dtype' | 'scale' | 'labels' | 'sha256' | 'read'
>;

/** The images of a run with what is needed to name and verify them. */
export interface RunData extends Omit<LoadedData, 'name' | 'train'> {
  /** That of a data set, or of a folder of pictures. */
  name: string;
  train: TrainingSet;
  /** Images to validate on, where they are not a part of those to train on. */
  validation?: TrainingSet | undefined;
  /** How pictures became images of one size. */
  preparation: Pick<ModelCard, 'resize' | 'tile' | 'overlap'>;
  /** Closes files, if images are read from one. */
  close(): void;
}

/** Whether images are in memory, and not read from a file. */
export const isInMemory = (set: TrainingSet): set is ImageDataset => 'images' in set;

/** Images as the functions of training take them. */
export function examplesOf(set: TrainingSet) {
  return isInMemory(set) ? asExamples(set) : set;
}

/**
 * Some of the images of a set that is in memory, as views.
 *
 * @param from number of the first
 * @param to   number behind the last; beyond the end it is the end
 */
export function viewBetween(set: ImageDataset, from: number, to: number): ImageDataset {
  const size = set.height * set.width * set.channels;
  const end = Math.min(to, set.count);
  const images = set.images.subarray(from * size, end * size);
  return { ...set, count: end - from, images, labels: set.labels.subarray(from, end) };
}

/** The same of any set: what is not in memory is read. */
export async function imagesBetween(set: TrainingSet, from: number, to: number): Promise<ImageDataset> {
  if (isInMemory(set)) return viewBetween(set, from, to);
  const { height, width, channels } = set;
  const count = Math.min(to, set.count) - from;
  const images = new Uint8Array(count * height * width * channels);
  const places = Uint32Array.from({ length: count }, (_, index) => from + index);
  await set.read(places, images);
  const labels = Uint8Array.from(set.labels.subarray(from, from + count));
  return { name: 'images', count, height, width, channels, images, labels };
}

/** Images of a set from one number to another. */
interface Part {
  readonly set: TrainingSet;
  readonly from: number;
  readonly to: number;
}

/** The images that a training learns from, and those that validate: a set of their own, or the last of the others. */
export function trainingParts(
  { train, validation }: Pick<RunData, 'train' | 'validation'>,
  validationSplit: number,
): { readonly train: Part; readonly validation: Part } {
  const whole = (set: TrainingSet): Part => ({ set, from: 0, to: set.count });
  if (validation) return { train: whole(train), validation: whole(validation) };
  const { trainCount } = splitValidation(train.count, validationSplit);
  return { train: { ...whole(train), to: trainCount }, validation: { ...whole(train), from: trainCount } };
}

/** The first images of a set; those in memory are copied, so that the others can be forgotten. */
export function firstOf(set: TrainingSet, count: number): TrainingSet {
  if (count >= set.count) return set;
  if (!isInMemory(set))
    return selected(
      set,
      Uint32Array.from({ length: count }, (_, index) => index),
    );
  const part = subset(set, count);
  return { ...part, images: part.images.slice(), labels: part.labels.slice() };
}

/** Records of a set, in another order or not all of them. */
export function selected(set: Records, places: Uint32Array): Records {
  const order = new Uint8Array(places.buffer, places.byteOffset, places.byteLength);
  const { height, width, channels, shape, dtype, scale } = set;
  return {
    ...{ height, width, channels, shape, dtype, scale },
    count: places.length,
    labels: Int32Array.from(places, (place) => set.labels[place]),
    sha256: createHash('sha256').update(set.sha256).update(order).digest('hex'),
    read: (indices, into) =>
      set.read(
        Uint32Array.from(indices, (index) => places[index]),
        into,
      ),
  };
}

/** SHA-256 over images and labels of sets, in hexadecimal. */
export function setSha256(...sets: readonly TrainingSet[]): string {
  const hash = createHash('sha256');
  for (const set of sets) {
    hash.update(isInMemory(set) ? set.images : set.sha256);
    hash.update(new Uint8Array(set.labels.buffer, set.labels.byteOffset, set.labels.byteLength));
  }
  return hash.digest('hex');
}
