import type { BatchLogs, TrainInfo } from '@weft/pool';

/** How far and how fast a training is, within an epoch. */
export interface Pace {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Images done in this epoch, and images in an epoch. */
  readonly images: number;
  readonly imagesInEpoch: number;
  /** Mean of this epoch so far. */
  readonly loss: number;
  readonly imagesPerSecond: number;
  /** To the end of this model's training. */
  readonly secondsLeft: number;
}

/** Measures how fast a training is. */
export class PaceMeter {
  private epochs = 0;
  private began: number | undefined;
  private epochBegan = 0;
  /** What was done before a resumption: part of the training, and images of its epoch. */
  private before = { done: 0, epoch: 0, images: 0 };

  beginTraining({ epochs, steps, trainCount, initialEpoch, initialStep }: TrainInfo): void {
    this.epochs = epochs;
    this.began = undefined;
    const part = initialStep / steps;
    this.before = { done: (initialEpoch + part) / epochs, epoch: initialEpoch, images: part * trainCount };
  }

  beginEpoch(): void {
    this.epochBegan = performance.now();
    this.began ??= this.epochBegan;
  }

  /** The pace after a step. */
  after({ loss, epoch, examples: images, examplesInEpoch: imagesInEpoch }: BatchLogs): Pace {
    const now = performance.now();
    const { before, began = now } = this;
    const done = (epoch + images / imagesInEpoch) / this.epochs;
    return {
      epoch: epoch + 1,
      epochs: this.epochs,
      images,
      imagesInEpoch,
      loss,
      imagesPerSecond: (images - (epoch === before.epoch ? before.images : 0)) / ((now - this.epochBegan) / 1000),
      secondsLeft: ((now - began) / 1000) * ((1 - done) / (done - before.done)),
    };
  }
}
