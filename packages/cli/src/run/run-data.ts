import { createHash } from 'node:crypto';
import { asExamples, type ImageDataset, type LoadedData, type RecordSet, subset } from '@weft/data';
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
 * Some of the images of a set, in memory.
 *
 * @param from number of the first
 * @param to   number behind the last; beyond the end it is the end
 * @returns views, where the set is in memory
 */
export async function imagesBetween(set: TrainingSet, from: number, to: number): Promise<ImageDataset> {
  const { height, width, channels } = set;
  const size = height * width * channels;
  const end = Math.min(to, set.count);
  const sizes = { name: 'images', count: end - from, height, width, channels };
  if (isInMemory(set)) {
    const images = set.images.subarray(from * size, end * size);
    return { ...sizes, name: set.name, images, labels: set.labels.subarray(from, end) };
  }
  const images = new Uint8Array(sizes.count * size);
  const places = Uint32Array.from({ length: sizes.count }, (_, index) => from + index);
  await set.read(places, images);
  return { ...sizes, images, labels: Uint8Array.from(set.labels.subarray(from, end)) };
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
