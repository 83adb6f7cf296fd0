import { joinPath, type Store } from '../runtime/store.js';
import { CheckpointError } from './errors.js';
import { decodeCheckpoint, encodeCheckpoint, UnknownFormatError } from './file.js';
import type { TrainingState } from './state.js';

/** A checkpoint that was read, and its path. */
export interface FoundCheckpoint {
  readonly path: string;
  readonly state: TrainingState;
}

/** The checkpoints of one training in a folder: `<name>-step-<steps done>.safetensors`. */
export class CheckpointFolder {
  constructor(
    private readonly store: Store,
    private readonly directory: string,
    private readonly name: string,
  ) {}

  private path(steps: number): string {
    return joinPath(this.directory, this.fileName(steps));
  }

  /** Steps done of the checkpoints that are there, the newest first. */
  private async steps(): Promise<number[]> {
    const files = await this.store.list(this.directory);
    // Others may lie beside ours, under names that end as ours.
    const ours = files.filter((file) => file === this.fileName(stepsOf(file)));
    return ours.map(stepsOf).sort((a, b) => b - a);
  }

  private fileName(steps: number): string {
    // With zeros in front, so that a list of files is in order.
    return `${this.name}-step-${String(steps).padStart(8, '0')}.safetensors`;
  }

  /** Whether there is none, whole or not. */
  async isEmpty(): Promise<boolean> {
    return (await this.steps()).length === 0;
  }

  /**
   * Reads the newest checkpoint that is whole.
   *
   * @param passOver receives the error of each damaged one
   * @throws CheckpointError if the newest whole one has another format version
   */
  async newest(passOver: (error: CheckpointError) => void): Promise<FoundCheckpoint | undefined> {
    for (const steps of await this.steps()) {
      try {
        return await readCheckpoint(this.store, this.path(steps));
      } catch (error) {
        if (!(error instanceof CheckpointError) || error instanceof UnknownFormatError) throw error;
        passOver(error);
      }
    }
    return undefined;
  }

  /**
   * Writes a checkpoint, and then removes those that are not needed any more. At any moment
   * there is one to resume from.
   *
   * @param keep how many of the newest stay; the best stays besides
   * @returns its path
   */
  async write(state: TrainingState, keep: number): Promise<string> {
    await this.store.makeFolder(this.directory);
    const path = this.path(state.steps);
    await this.store.write(path, encodeCheckpoint(state));
    const older = (await this.steps()).filter((steps) => steps <= state.steps);
    const superseded = older.slice(keep).filter((steps) => steps !== state.best?.steps);
    for (const steps of superseded) await this.store.remove(this.path(steps));
    return path;
  }

  /** Removes what was being written when a process was killed. */
  async sweep(): Promise<void> {
    await this.store.sweep(this.directory, `${this.name}-step-`);
  }
}

/** The steps done that are named in a file's name. */
function stepsOf(file: string): number {
  return Number(/-step-(\d{8,15})\.safetensors$/.exec(file)?.[1]);
}

/** @throws CheckpointError if the file is damaged or not a checkpoint; Error of the system if it cannot be read */
async function readCheckpoint(store: Store, path: string): Promise<FoundCheckpoint> {
  // A pipe or a device might never end.
  if ((await store.kindOf(path)) !== 'file') throw new CheckpointError(`${path}: the checkpoint is not a file.`);
  return { path, state: decodeCheckpoint(path, await store.read(path)) };
}

/**
 * The checkpoint at a path, or the newest whole one in the folder that is there; undefined if there is none.
 *
 * @param name of the checkpoints in the folder
 */
export async function findCheckpoint(
  store: Store,
  path: string,
  name: string,
  passOver: (error: CheckpointError) => void,
): Promise<FoundCheckpoint | undefined> {
  const kind = await store.kindOf(path);
  if (kind === 'file' || kind === 'other') return readCheckpoint(store, path);
  if (kind === undefined && path.endsWith('.safetensors')) {
    throw new CheckpointError(
      `${path}: the checkpoint cannot be read: there is no such file. Give one that is there, or a folder.`,
    );
  }
  return new CheckpointFolder(store, path, name).newest(passOver);
}
