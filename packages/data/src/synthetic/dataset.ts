import { RandomStream } from '@weft/core';
import { checkOptions, checkWholeNumber } from '../checks.js';
import type { ImageDataset, LoadedData } from '../dataset.js';
import { FASHION_MNIST_CLASS_NAMES } from '../fashion-mnist/class-names.js';
import { sha256Hex } from '../sha256.js';
import { between } from './choice.js';
import { GARMENTS } from './garments.js';
import { drawLook } from './look.js';
import { Canvas, SIDE } from './rasteriser.js';
import { weave } from './textures.js';

const CLASSES = GARMENTS.length;
const LARGEST_COUNT = 1_000_000;

/** Purposes of the random streams: one for the pictures of each split and one for the order of its classes. */
const PURPOSES = {
  train: { pictures: 0x53594e00, order: 0x53594e01 },
  test: { pictures: 0x53594e02, order: 0x53594e03 },
};

/** Draws one picture; what is drawn depends on the label and the stream alone. */
function drawGarment(canvas: Canvas, label: number, random: RandomStream): void {
  const garment = GARMENTS[label]!;
  const look = drawLook(random, garment.patterns);
  weave(canvas.cloth, random, look.pattern, look.contrast);
  canvas.clear();
  canvas.place(
    between(random, 0.92, 1.04),
    between(random, 0.94, 1.02),
    between(random, -0.02, 0.02),
    between(random, -0.8, 0.8),
    between(random, -0.6, 0.6),
  );
  garment.draw(canvas, look, random);
}

function drawSplit(split: 'train' | 'test', count: number, seed: number): ImageDataset {
  const pixels = SIDE * SIDE;
  const images = new Uint8Array(count * pixels);
  const labels = new Uint8Array(count);
  const canvas = new Canvas();
  const order = new Uint32Array(CLASSES);
  for (let index = 0; index < count; index++) {
    const place = index % CLASSES;
    if (place === 0) {
      // Every ten pictures hold each class once, so that any multiple of ten is balanced.
      for (let label = 0; label < CLASSES; label++) order[label] = label;
      new RandomStream(seed, PURPOSES[split].order, index / CLASSES).shuffle(order);
    }
    labels[index] = order[place]!;
    drawGarment(canvas, labels[index]!, new RandomStream(seed, PURPOSES[split].pictures, index));
    canvas.writeTo(images, index * pixels);
  }
  const name = split === 'train' ? 'synthetic garments, training set' : 'synthetic garments, test set';
  return { name, images, labels, count, height: SIDE, width: SIDE, channels: 1 };
}

/**
 * Pictures of ten kinds of garment, drawn by code: a stand-in for Fashion-MNIST that needs no file and no network.
 *
 * Each picture is 28 x 28 grey values and a function of (seed, split, index) alone: more pictures leave the first
 * ones as they are, and every machine draws the same bytes. Every ten pictures hold each class once, in random order.
 *
 * @throws RangeError if a count is not an integer from 1 to 1,000,000, the seed not a safe integer >= 0, or there is
 *         no such option; TypeError if the options are no object
 * @example
 * const { train, test } = syntheticGarments({ trainCount: 50, testCount: 10, seed: 1 });
 * [train.count, train.height, train.width, train.channels]; // [50, 28, 28, 1]
 * test.labels.toSorted(); // [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
 */
export function syntheticGarments(
  options: { trainCount?: number | undefined; testCount?: number | undefined; seed?: number | undefined } = {},
): LoadedData {
  checkOptions('syntheticGarments', options, ['trainCount', 'testCount', 'seed']);
  const { trainCount = 60_000, testCount = 10_000, seed = 0 } = options;
  checkWholeNumber('syntheticGarments: trainCount', trainCount, 1, LARGEST_COUNT);
  checkWholeNumber('syntheticGarments: testCount', testCount, 1, LARGEST_COUNT);
  checkWholeNumber('syntheticGarments: seed', seed, 0);
  const train = drawSplit('train', trainCount, seed);
  const test = drawSplit('test', testCount, seed);
  return {
    name: 'synthetic',
    synthetic: true,
    train,
    test,
    classNames: FASHION_MNIST_CLASS_NAMES,
    checksums: {
      'train-images': sha256Hex(train.images),
      'train-labels': sha256Hex(train.labels),
      'test-images': sha256Hex(test.images),
      'test-labels': sha256Hex(test.labels),
    },
    origin: `drawn by Weft from the seed ${seed}`,
  };
}
