import { existsSync } from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { makeFolders, writeAtomically } from '@weft/models';
import { OutputError } from '../exit.js';
import { refuseLinks } from './links.js';
import { MODELS } from './models.js';

/** Files of a run, by what they hold; paths within its folder. */
export const RUN_FILES = {
  options: 'options.json',
  record: 'run.json',
  metrics: 'metrics.csv',
  report: 'report.html',
  checkpoints: 'checkpoints',
  figures: 'figures',
} as const;

/** Where a model's weights are kept, within the run's folder. */
export const modelFile = (model: string) => `${model}.safetensors`;

/** The weights after the epoch of the lowest validation loss so far. */
export const bestCheckpoint = (model: string) => join(RUN_FILES.checkpoints, `${model}-best.safetensors`);
/** The weights when the user stopped the training. */
export const interruptedCheckpoint = (model: string) => join(RUN_FILES.checkpoints, `${model}-interrupted.safetensors`);

const MODEL_KEYS = Object.keys(MODELS);

/** Every file that a run writes besides its record. */
const OTHER_FILES: readonly string[] = [
  ...MODEL_KEYS.map(modelFile),
  ...MODEL_KEYS.flatMap((model) => [bestCheckpoint(model), interruptedCheckpoint(model)]),
  RUN_FILES.metrics,
  RUN_FILES.options,
  RUN_FILES.report,
  ...Array.from({ length: 8 }, (_, index) => join(RUN_FILES.figures, `figure-${index + 1}`)).flatMap((figure) => [
    `${figure}.svg`,
    `${figure}.png`,
  ]),
];

/**
 * The folder from which the user called. pnpm runs the scripts of this workspace in its root, wherever it was called.
 */
export function callersFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { INIT_CWD, npm_package_name, npm_lifecycle_event } = environment;
  const isOurScript = npm_package_name === 'weft' && ['train', 'weft'].includes(npm_lifecycle_event ?? '');
  return isOurScript && INIT_CWD ? INIT_CWD : process.cwd();
}

/** A path for messages: relative to the folder of the caller if it lies within. */
export function shownPath(path: string, folder: string = callersFolder()): string {
  const within = relative(folder, path);
  return within === '' || within === '..' || within.startsWith(`..${sep}`) || isAbsolute(within) ? path : within;
}

/** `reports/runs/2026-01-31T235959Z-all`: a new folder for a run, named by its beginning in UTC and its models. */
export function defaultRunPath(model: string, startedAt: Date): string {
  const name = `${startedAt.toISOString().slice(0, 19).replaceAll(':', '')}Z-${model}`;
  const path = (index: number) => join('reports', 'runs', index === 1 ? name : `${name}-${index}`);
  let index = 1;
  while (existsSync(resolve(callersFolder(), path(index)))) index++;
  return path(index);
}

/** The folder that a run is written into. */
export class RunDirectory {
  private constructor(
    /** Absolute. */
    readonly path: string,
    /** The outermost folder that was made for it; undefined if it was there before. */
    private readonly made: string | undefined,
  ) {}

  private begun = false;

  /**
   * Makes the folder and tries to write into it.
   *
   * @throws OutputError if that fails
   */
  static async open(path: string): Promise<RunDirectory> {
    const absolute = resolve(callersFolder(), path);
    let directory: RunDirectory | undefined;
    try {
      directory = new RunDirectory(absolute, await makeFolders(absolute));
      await refuseLinks(absolute, [RUN_FILES.checkpoints, RUN_FILES.figures]);
      const probe = join(absolute, '.weft-writable');
      await writeAtomically(probe, '');
      await rm(probe);
      return directory;
    } catch (cause) {
      await directory?.discardIfEmpty();
      throw new OutputError(
        `--out: the folder ${path} cannot be written: ${(cause as Error).message}. Choose another with --out DIR.`,
        { cause },
      );
    }
  }

  /** Path of a file in the folder. */
  file(...names: string[]): string {
    return join(this.path, ...names);
  }

  /** Whether a finished run is here already. */
  get holdsRun(): boolean {
    return existsSync(this.file(RUN_FILES.record));
  }

  /** Begins a run: removes what an earlier one has left here, and nothing else, and writes the options down. */
  async begin(options: object): Promise<void> {
    // The record goes first: a folder that has one is a whole run.
    for (const file of [RUN_FILES.record, ...OTHER_FILES]) await rm(this.file(file), { force: true });
    for (const folder of [RUN_FILES.checkpoints, RUN_FILES.figures]) {
      await rmdir(this.file(folder)).catch(() => undefined);
    }
    await this.write(RUN_FILES.options, `${JSON.stringify(options, null, 2)}\n`);
    this.begun = true;
  }

  /** What a run that was broken off has left, as paths within the folder. */
  get saved(): string[] {
    return this.begun ? OTHER_FILES.filter((file) => existsSync(this.file(file))) : [];
  }

  /** Writes a file, whole or not at all, and the folder that it lies in. */
  async write(name: string, content: string | Uint8Array): Promise<void> {
    await makeFolders(dirname(this.file(name)));
    await writeAtomically(this.file(name), content);
  }

  /** Removes the folder again if it was made for this run and nothing is in it. */
  async discardIfEmpty(): Promise<void> {
    if (!this.made) return;
    for (let folder = this.path; folder.length >= this.made.length; folder = dirname(folder)) {
      const removed = await rmdir(folder).then(
        () => true,
        () => false,
      );
      if (!removed) return;
    }
  }
}
