import { rm } from 'node:fs/promises';
import { type BatchLogs, type Callback, type TrainInfo, writeAtomically } from '@weft/pool';
import { type Pace, PaceMeter } from '../terminal/pace.js';
import { LossCurve } from './loss-curve.js';

/** Within an epoch it is written at most so often. */
const INTERVAL_MILLISECONDS = 1000;

/** What progress.json holds while a model is trained. */
export interface TrainingProgressFile extends Pace {
  readonly formatVersion: 1;
  /** Key of the model. */
  readonly model: string;
  /** Pairs of epochs done, a fraction among them, and the mean loss of the steps up to there. */
  readonly curve: readonly (readonly [number, number])[];
}

/**
 * Tells others, about once a second, how far a training is: in a file that is there while it trains only. Training does
 * not wait for it, and nothing depends on it.
 */
export class ProgressFile {
  private written = Number.NEGATIVE_INFINITY;
  private writing: Promise<void> | undefined;

  /** @param path of the file */
  constructor(private readonly path: string) {}

  /** Writes of a model's training. */
  logger(model: string): Callback {
    const meter = new PaceMeter();
    const curve = new LossCurve();
    return {
      onTrainBegin: (info: TrainInfo) => meter.beginTraining(info),
      onEpochBegin: () => meter.beginEpoch(),
      onBatchEnd: (_batch: number, logs: BatchLogs) => {
        curve.add(logs.epoch + logs.examples / logs.examplesInEpoch, logs.batchLoss);
        const now = performance.now();
        const isDue = now - this.written >= INTERVAL_MILLISECONDS || logs.examples === logs.examplesInEpoch;
        if (this.writing || !isDue) return;
        this.written = now;
        this.write({ formatVersion: 1, model, ...meter.after(logs), curve: curve.points });
      },
    };
  }

  /** Removes the file. */
  async remove(): Promise<void> {
    await this.writing;
    await rm(this.path, { force: true }).catch(() => undefined);
  }

  private write(progress: TrainingProgressFile): void {
    this.writing = writeAtomically(this.path, `${JSON.stringify(progress)}\n`, false)
      // The disk may be full, or the folder gone: training tells of it where it matters.
      .catch(() => undefined)
      .finally(() => {
        this.writing = undefined;
      });
  }
}
