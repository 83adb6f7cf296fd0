import { existsSync } from 'node:fs';
import { readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { halfWritten, makeFolders, writeAtomically } from '@weft/pool';
import { OutputError } from '../exit.js';
import { LockedFolder } from './locked-folder.js';
import { MODEL_KEYS } from './model-keys.js';

/** Files of a run, by what they hold; paths within its folder. */
export const RUN_FILES = {
  lock: 'run.lock',
  options: 'options.json',
  sessions: 'sessions.json',
  record: 'run.json',
  metrics: 'metrics.csv',
  progress: 'progress.json',
  report: 'report.html',
  checkpoints: 'checkpoints',
  figures: 'figures',
} as const;

/** Where a model's weights are kept, within the run's folder. */
export const modelFile = (model: string) => `${model}.safetensors`;

/** Where it is kept how a model sees the test images, within the run's folder. */
export const explorationFile = (model: string) => `explore-${model}.safetensors`;

/** The weights after the epoch of the lowest validation loss so far. */
export const bestCheckpoint = (model: string) => join(RUN_FILES.checkpoints, `${model}-best.safetensors`);

const FIGURES = Array.from({ length: 8 }, (_, index) => join(RUN_FILES.figures, `figure-${index + 1}`));

/** Where the SVG and the PNG of each figure may be, within the run's folder. */
export const FIGURE_FILES: readonly string[] = FIGURES.flatMap((figure) => [`${figure}.svg`, `${figure}.png`]);

/** Every file that a run writes besides its record. */
const OTHER_FILES: readonly string[] = [
  ...MODEL_KEYS.map(modelFile),
  ...MODEL_KEYS.map(bestCheckpoint),
  ...MODEL_KEYS.map(explorationFile),
  RUN_FILES.metrics,
  RUN_FILES.progress,
  RUN_FILES.options,
  RUN_FILES.sessions,
  RUN_FILES.report,
  ...FIGURE_FILES,
  ...FIGURES.map((figure) => `${figure}.json`),
];

/** The states of a training, from which it can be resumed. */
const isCheckpoint = (file: string) => MODEL_KEYS.some((model) => checkpointStep(model, file) !== undefined);

/** Whether a run writes a file of this path within its folder, which has `/` between names. */
export function isRunFile(path: string): boolean {
  const own = join(...path.split('/'));
  const inCheckpoints = `${RUN_FILES.checkpoints}/`;
  if (path.startsWith(inCheckpoints) && isCheckpoint(path.slice(inCheckpoints.length))) return true;
  return own === RUN_FILES.record || (OTHER_FILES.includes(own) && own !== RUN_FILES.progress);
}

/** The step after which a model's checkpoint was written; undefined for a file that is none. */
export function checkpointStep(model: string, file: string): number | undefined {
  const [, step] = /^-step-(\d+)\.safetensors$/.exec(file.startsWith(model) ? file.slice(model.length) : '') ?? [];
  return step === undefined ? undefined : Number(step);
}

/**
 * The folder from which the user called. pnpm runs the scripts of this workspace in its root, wherever it was called.
 */
export function callersFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { INIT_CWD } = environment;
  return pnpmScript(environment) && INIT_CWD ? INIT_CWD : process.cwd();
}

/** The script of this workspace that pnpm runs the command for; undefined if it was called otherwise. */
export function pnpmScript(environment: NodeJS.ProcessEnv = process.env): 'train' | 'weft' | undefined {
  const { npm_package_name, npm_lifecycle_event: script } = environment;
  return npm_package_name === 'weft' && (script === 'train' || script === 'weft') ? script : undefined;
}

/** A path for messages: relative to the folder of the caller if it lies within. */
export function shownPath(path: string, folder: string = callersFolder()): string {
  const within = relative(folder, path);
  return within === '' || within === '..' || within.startsWith(`..${sep}`) || isAbsolute(within) ? path : within;
}

/** `reports/runs/2026-01-31T235959Z-all`: a new folder for a run, named by its beginning in UTC and its models. */
export function defaultRunPath(model: string, startedAt: Date): string {
  return datedPath('runs', model.replaceAll(',', '-'), startedAt);
}

/** A new folder in `reports/<kind>`, named by the time in UTC and a name. */
export function datedPath(kind: 'runs' | 'scores' | 'studies', of: string, time: Date): string {
  return newPath(join('reports', kind, `${timeInName(time)}-${of}`));
}

/** The time in UTC as it stands in names of folders: `2026-01-31T235959Z`. */
export function timeInName(time: Date): string {
  return `${time.toISOString().slice(0, 19).replaceAll(':', '')}Z`;
}

/** A path, with `-2`, `-3` and so on behind it where there is something already. */
export function newPath(stem: string): string {
  let path = stem;
  for (let index = 2; existsSync(resolve(callersFolder(), path)); index++) path = `${stem}-${index}`;
  return path;
}

/** The folder that a run is written into, by one process at a time. */
export class RunDirectory {
  private options: object | undefined;

  private constructor(private readonly folder: LockedFolder) {}

  /**
   * Makes the folder, and keeps others from writing into it.
   *
   * @throws OutputError if that fails, or another process writes into it
   */
  static async open(path: string): Promise<RunDirectory> {
    const written = [RUN_FILES.checkpoints, RUN_FILES.figures];
    return new RunDirectory(await LockedFolder.open(resolve(callersFolder(), path), path, RUN_FILES.lock, written));
  }

  /** Absolute. */
  get path(): string {
    return this.folder.path;
  }

  /** Path of a file in the folder. */
  file(...names: string[]): string {
    return this.folder.file(...names);
  }

  /** Whether a finished run is here already. */
  get holdsRun(): boolean {
    return existsSync(this.file(RUN_FILES.record));
  }

  /** Whether the state of an unfinished run is here. */
  async holdsUnfinishedRun(): Promise<boolean> {
    return !this.holdsRun && (await this.list(RUN_FILES.checkpoints)).some(isCheckpoint);
  }

  /** Whether this process has begun or resumed a run here. */
  get isBegun(): boolean {
    return this.options !== undefined;
  }

  /** Begins a run: removes what an earlier one has left here, and nothing else, and writes the options down. */
  async begin(options: object): Promise<void> {
    // The record goes first: a folder that has one is a whole run.
    for (const file of [RUN_FILES.record, ...OTHER_FILES]) await rm(this.file(file), { force: true });
    for (const file of (await this.list(RUN_FILES.checkpoints)).filter(isCheckpoint)) {
      await rm(this.file(RUN_FILES.checkpoints, file), { force: true });
    }
    for (const folder of [RUN_FILES.checkpoints, RUN_FILES.figures]) {
      await rmdir(this.file(folder)).catch(() => undefined);
    }
    await this.resume(options);
  }

  /** Takes a run up again: what it has is kept, but its record is not true any more. */
  async resume(options: object): Promise<void> {
    for (const file of [RUN_FILES.record, RUN_FILES.progress]) await rm(this.file(file), { force: true });
    await this.sweep();
    this.options = options;
    await this.writeOptions();
  }

  /**
   * Writes a file, whole or not at all, and the folder that it lies in.
   *
   * @throws OutputError if that fails
   */
  async write(name: string, content: string | Uint8Array): Promise<void> {
    try {
      await makeFolders(dirname(this.file(name)));
      await writeAtomically(this.file(name), content);
      // Whoever removes the folder of a running run finds it again, and can resume.
      if (this.isBegun && !existsSync(this.file(RUN_FILES.options))) await this.writeOptions();
    } catch (cause) {
      throw new OutputError(
        `${shownPath(this.file(name))} cannot be written: ${(cause as Error).message}. Make room for it, or make its folder writable.`,
        { cause },
      );
    }
  }

  /** Lets others write into the folder, and removes it again if it was made for this run and nothing is in it. */
  close(): Promise<void> {
    return this.folder.close();
  }

  private async writeOptions(): Promise<void> {
    await writeAtomically(this.file(RUN_FILES.options), `${JSON.stringify(this.options, null, 2)}\n`);
  }

  private list(folder: string): Promise<string[]> {
    return readdir(this.file(folder)).catch(() => []);
  }

  /** Removes what was being written when a process was killed. */
  private async sweep(): Promise<void> {
    const known: readonly string[] = [RUN_FILES.record, RUN_FILES.lock, ...OTHER_FILES];
    for (const folder of ['', RUN_FILES.checkpoints, RUN_FILES.figures]) {
      for (const file of await this.list(folder)) {
        const whole = halfWritten(file);
        if (whole === undefined || !(known.includes(join(folder, whole)) || isCheckpoint(whole))) continue;
        await rm(this.file(folder, file), { force: true });
      }
    }
  }
}
