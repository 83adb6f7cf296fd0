import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { makeFolders } from '../files/make-folders.js';
import { halfWritten, writeAtomically } from '../files/write-atomically.js';
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
    private readonly directory: string,
    private readonly name: string,
  ) {}

  private path(steps: number): string {
    // With zeros in front, so that a list of files is in order.
    return join(this.directory, `${this.name}-step-${String(steps).padStart(8, '0')}.safetensors`);
  }

  /** Steps done of the checkpoints that are there, the newest first. */
  private async steps(): Promise<number[]> {
    const files: string[] = await readdir(this.directory).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    // Others may lie beside ours, under names that end as ours.
    const ours = files.filter((file) => file === this.fileName(stepsOf(file)));
    return ours.map(stepsOf).sort((a, b) => b - a);
  }

  private fileName(steps: number): string {
    return basename(this.path(steps));
  }

  /** Whether there is none, whole or not. */
  async isEmpty(): Promise<boolean> {
    return (await this.steps()).length === 0;
  }

  /**
   * Reads the newest checkpoint that is whole.
   *
   * @param passOver is told of each damaged one
   * @throws CheckpointError if the newest whole one has another format version
   */
  async newest(passOver: (error: CheckpointError) => void): Promise<FoundCheckpoint | undefined> {
    for (const steps of await this.steps()) {
      try {
        return await readCheckpoint(this.path(steps));
      } catch (error) {
        if (!(error instanceof CheckpointError) || error instanceof UnknownFormatError) throw error;
        passOver(error);
      }
    }
    return undefined;
  }

  /**
   * Writes a checkpoint, and then removes those that nobody needs any more: what is there at any moment can be gone
   * on from.
   *
   * @param keep how many of the newest stay; the best stays besides
   * @returns its path
   */
  async write(state: TrainingState, keep: number): Promise<string> {
    await makeFolders(this.directory);
    const path = this.path(state.steps);
    await writeAtomically(path, encodeCheckpoint(state));
    const older = (await this.steps()).filter((steps) => steps <= state.steps);
    const superseded = older.slice(keep).filter((steps) => steps !== state.best?.steps);
    for (const steps of superseded) await rm(this.path(steps), { force: true });
    return path;
  }

  /** Removes what was being written when a process was killed. */
  async sweep(): Promise<void> {
    const files = await readdir(this.directory).catch(() => []);
    const halves = files.filter((file) => halfWritten(file)?.startsWith(`${this.name}-step-`));
    for (const file of halves) await rm(join(this.directory, file), { force: true });
  }
}

/** The steps done that are named in a file's name. */
function stepsOf(file: string): number {
  return Number(/-step-(\d{8,15})\.safetensors$/.exec(file)?.[1]);
}

/** @throws CheckpointError if the file is damaged or no checkpoint; Error of the system if it cannot be read */
async function readCheckpoint(path: string): Promise<FoundCheckpoint> {
  // A pipe or a device might never end.
  if (!(await stat(path)).isFile()) throw new CheckpointError(`${path}: the checkpoint is no file.`);
  return { path, state: decodeCheckpoint(path, await readFile(path)) };
}

/**
 * The checkpoint at a path, or the newest whole one in the folder that is there; undefined if there is none.
 *
 * @param name of the checkpoints in the folder
 */
export async function findCheckpoint(
  path: string,
  name: string,
  passOver: (error: CheckpointError) => void,
): Promise<FoundCheckpoint | undefined> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  if (!(found instanceof Error) && !found.isDirectory()) return readCheckpoint(path);
  if (found instanceof Error && path.endsWith('.safetensors')) {
    throw new CheckpointError(
      `${path}: the checkpoint cannot be read (${found.message}). Give one that is there, or a folder.`,
      { cause: found },
    );
  }
  return new CheckpointFolder(path, name).newest(passOver);
}
