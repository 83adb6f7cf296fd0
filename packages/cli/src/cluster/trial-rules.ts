import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import { NUMERICS_VERSION } from '@weft/pool';
import { StudyError, type Trial, type TrialOptions } from '@weft/study';
import { withDefaults } from '../arguments/table.js';
import { trainOptions } from '../commands/train-options.js';
import { continuedFiles } from '../run/continue-run.js';
import { RUN_FILES } from '../run/directory.js';
import { loadData } from '../run/load-data.js';
import { runIdentity } from '../run/options-file.js';
import { checkMeasure, MEASURE_KINDS } from '../study/measure-trial.js';
import { checkOptions, givenTrainOptions } from '../study/trial-options.js';
import type { Terminal } from '../terminal/terminal.js';
import { WEFT_VERSION } from '../version.js';

/** What must be the same on all machines that perform trials together. */
export const TRIAL_VERSIONS = { weft: WEFT_VERSION, numerics: NUMERICS_VERSION } as const;

/**
 * Checks a trial that is to be performed on another machine, or has come from one.
 *
 * @throws StudyError for an option or a measure that no training takes, or one that machines cannot share
 */
export function checkSharedTrial({ name, options, measures = [] }: Trial): void {
  const checked = checkOptions(options, name);
  if (checked.data != null) {
    throw new StudyError(
      `${name}: --data ${checked.data} is a folder of one machine, which workers do not have. Use a data set by its name, or leave out --cluster.`,
    );
  }
  if (checked.fastMath) {
    throw new StudyError(
      `${name}: with --fast-math the last bits differ between machines. Leave it out, or leave out --cluster.`,
    );
  }
  for (const measure of measures) {
    if (!MEASURE_KINDS.includes(measure.kind)) throw new StudyError(`${name}: got the measure '${measure.kind}'.`);
    checkMeasure(measure, name);
  }
}

/** Finds out what data a trial has on this machine; what was found is remembered. */
export class TrialDataFinder {
  private readonly found = new Map<string, ReturnType<typeof findData>>();

  constructor(private readonly terminal: Terminal) {}

  readonly dataOf = (trial: Trial, signal: AbortSignal) => {
    checkSharedTrial(trial);
    const { dataset, limit, testLimit, classes } = trial.options;
    const key = JSON.stringify([dataset, limit, testLimit, classes]);
    let data = this.found.get(key);
    if (data === undefined) {
      data = findData(trial.options, this.terminal, signal);
      this.found.set(key, data);
      // What cannot be had now may be there later.
      data.catch(() => this.found.delete(key));
    }
    return data;
  };
}

async function findData(options: TrialOptions, terminal: Terminal, signal: AbortSignal) {
  const data = await loadData(withDefaults(trainOptions, givenTrainOptions(options, 1)), terminal, { signal });
  try {
    const { dataset, dataSha256 } = runIdentity(data);
    return { dataset, ...dataSha256 };
  } finally {
    data.close();
  }
}

/** Files from which a run can go on, with `/` between names. */
export async function resumableFiles(folder: string): Promise<string[]> {
  const files = await continuedFiles(folder);
  // The times of the processes so far.
  const hasTimes = existsSync(join(folder, RUN_FILES.sessions));
  return [...files, ...(hasTimes ? [RUN_FILES.sessions] : [])].map(slashed);
}

/** Files of a finished run from which another run can go on, with `/` between names. */
export async function finishedFiles(folder: string): Promise<string[]> {
  return [...(await continuedFiles(folder)), RUN_FILES.record].map(slashed);
}

const slashed = (path: string) => path.replaceAll(sep, '/');
