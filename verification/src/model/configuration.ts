import type { WorkerCode } from './load-worker.js';
import type { Layout, Size } from './step.js';

/** What the model is to go through. */
export interface Configuration extends Size {
  /** Workers that are killed at any moment, or throw wherever they compute. */
  readonly failures: number;
  /** Times that the main thread asks to stop, at any moment; the epoch is then gone on with in another leg. */
  readonly stops: number;
  /** Trainings that are begun anew in the same memory after a failure. */
  readonly restarts: number;
  /** The step whose loss is no finite number, which ends the training; without it all are finite. */
  readonly lostStep?: number;
  /** Loads what workers run. */
  readonly load: () => WorkerCode;
  readonly layOut: (size: Size) => Layout;
}

/** What is shown. */
export const PROPERTIES = {
  passage: 'nobody leaves a barrier before all workers have arrived',
  race: 'no two threads touch the same plain memory at a time, one of them writing',
  bits: 'whatever is computed, and what is left behind each leg, is what one worker alone computes and leaves',
  told: 'a step is counted when its numbers are there, and they stay as they are',
  agreement: 'all workers end with the same step, which is the one that is told; only a failure frees them',
  progress: 'somebody can go on until all have ended, whoever dies: no deadlock, no lost wake-up',
  termination: 'no thread goes round in circles',
} as const;

/** A property does not hold. */
export class Violation extends Error {
  constructor(
    readonly property: keyof typeof PROPERTIES,
    message: string,
  ) {
    super(message);
    this.name = 'Violation';
  }
}
