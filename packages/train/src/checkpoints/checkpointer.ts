import { checkOptions } from '../options/schema.js';
import { joinPath, type Store } from '../runtime/store.js';
import { CheckpointError } from './errors.js';
import { CheckpointFolder } from './folder.js';
import { CHECKPOINT_OPTIONS, type CheckpointOptions } from './options.js';
import type { TrainingState } from './state.js';

/** Says when checkpoints are due, and writes them while training continues. */
export class Checkpointer {
  private readonly folder: CheckpointFolder;
  private readonly keep: number;
  private readonly seconds: number;
  private readonly steps: number;
  private last = performance.now();
  private writing: Promise<void> = Promise.resolve();
  /** The newest that is safely on the disk. */
  newest: string | undefined;

  private constructor(
    options: CheckpointOptions,
    store: Store,
    private readonly warn: (message: string) => void,
  ) {
    const { directory, name, every, keep } = checkOptions(
      'checkpoints',
      options,
      CHECKPOINT_OPTIONS,
      "{ directory: 'checkpoints' }",
    );
    this.folder = new CheckpointFolder(store, directory, name);
    this.keep = keep;
    this.seconds = every.seconds ?? Number.POSITIVE_INFINITY;
    this.steps = every.steps ?? Number.POSITIVE_INFINITY;
  }

  /**
   * @param resumeFrom where training was to resume from, if it was, and the checkpoint that was found there
   * @throws CheckpointError if other checkpoints are in the folder already: a later resume would take them for ours
   */
  static async open(
    options: CheckpointOptions,
    store: Store,
    warn: (message: string) => void,
    resumeFrom: string | undefined,
    resumed: string | undefined,
  ): Promise<Checkpointer> {
    const checkpointer = new Checkpointer(options, store, warn);
    const isOurs = resumeFrom !== undefined && liesIn(store, resumeFrom, options.directory);
    if (!isOurs && !(await checkpointer.folder.isEmpty())) {
      throw new CheckpointError(
        `checkpoints: ${options.directory} holds checkpoints of an earlier training. Continue it with resumeFrom: '${options.directory}', give another directory, or remove them.`,
      );
    }
    await checkpointer.folder.sweep();
    checkpointer.newest = resumed;
    return checkpointer;
  }

  /** The step, counted from the training's begin, after which the next checkpoint by steps is due. */
  nextAfter(steps: number): number {
    return steps - (steps % this.steps) + this.steps;
  }

  /** Milliseconds to the next checkpoint by time; at most what a timer can wait. */
  get milliseconds(): number {
    return Math.min(2 ** 31 - 1, Math.max(0, this.last + this.seconds * 1000 - performance.now()));
  }

  /** Begins to write a checkpoint; waits for the one before, so that there never are more than one on the way. */
  async save(state: TrainingState): Promise<void> {
    await this.writing;
    this.last = performance.now();
    this.writing = this.write(state);
  }

  /** Waits until all is written. */
  async end(): Promise<void> {
    await this.writing;
  }

  /** A disk that is full today may have room tomorrow: training continues, and what is there stays. */
  private async write(state: TrainingState): Promise<void> {
    try {
      this.newest = await this.folder.write(state, this.keep);
    } catch (error) {
      const kept = this.newest === undefined ? 'there is none yet' : `the last one that is whole is ${this.newest}`;
      this.warn(
        `The checkpoint after step ${state.steps} could not be written: ${(error as Error).message}. Training continues; ${kept}.`,
      );
    }
  }
}

/** Whether a path is a folder, or lies in it. */
function liesIn(store: Store, path: string, folder: string): boolean {
  const [inner, outer] = [store.resolve(path), store.resolve(folder)];
  return inner === outer || inner.startsWith(joinPath(outer, ''));
}
