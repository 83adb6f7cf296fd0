import type { ImageDataset } from '@weft/data';
import { UsageError } from '../exit.js';
import { isInMemory, selected, type TrainingSet } from './run-data.js';

/**
 * The images of some classes; copied, so that the others can be forgotten.
 *
 * @param asked numbers or names of classes, with commas between them
 * @throws UsageError if there is no such class, or no image of them
 */
export function onlyClasses(images: ImageDataset, asked: string, classNames: readonly string[]): ImageDataset;
export function onlyClasses(images: TrainingSet, asked: string, classNames: readonly string[]): TrainingSet;
export function onlyClasses(images: TrainingSet, asked: string, classNames: readonly string[]): TrainingSet {
  const wanted = new Set(asked.split(',').map((word) => classNumber(word.trim(), classNames)));
  const places = [...images.labels.keys()].filter((index) => wanted.has(images.labels[index]));
  if (places.length === 0) {
    throw new UsageError(
      `--classes: got ${asked}, of which there is no training image. Give others, or a larger --limit.`,
    );
  }
  if (!isInMemory(images)) return selected(images, Uint32Array.from(places));
  const size = images.height * images.width * images.channels;
  const kept = new Uint8Array(places.length * size);
  for (const [at, place] of places.entries()) {
    kept.set(images.images.subarray(place * size, (place + 1) * size), at * size);
  }
  const labels = Uint8Array.from(places, (place) => images.labels[place]);
  return { ...images, count: places.length, images: kept, labels };
}

function classNumber(word: string, classNames: readonly string[]): number {
  const named = classNames.findIndex((name) => name.toLowerCase() === word.toLowerCase());
  const number = named >= 0 ? named : /^\d+$/.test(word) ? Number(word) : -1;
  if (number >= 0 && number < classNames.length) return number;
  const list = classNames.map((name, index) => `${index} (${name})`).join(', ');
  throw new UsageError(`--classes: got '${word}', expected some of ${list}, with commas between them.`);
}
