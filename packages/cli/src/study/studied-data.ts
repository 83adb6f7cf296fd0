import { resolve } from 'node:path';
import type { Study, TrialOptions } from '@weft/study';
import type { TrainOptions } from '../commands/train-options.js';
import { callersFolder } from '../run/directory.js';
import { loadData } from '../run/load-data.js';
import type { Terminal } from '../terminal/terminal.js';
import { completeOptions } from './trial-options.js';

/**
 * A study whose data are the same for all trials, and whenever it goes on: paths are absolute, and what `auto` comes to is
 * decided once.
 */
export async function withStudiedData(study: Study, terminal: Terminal, signal: AbortSignal): Promise<Study> {
  const trials = study.trials.map((trial) => ({ ...trial, options: absolute(trial.options) }));
  // A folder of pictures takes the place of a data set.
  if (trials.some(({ options }) => typeof options.data === 'string')) {
    return { ...study, base: absolute(study.base), trials };
  }
  return { ...study, base: await withStudiedBase(study.base, terminal, signal), trials };
}

/** Options that all trials share, with the same data whenever they are used. */
export async function withStudiedBase(
  options: TrialOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<TrialOptions> {
  const base = absolute(options);
  if (typeof base.data === 'string') return base;
  const { dataset } = completeOptions(base) as { dataset: TrainOptions['dataset'] };
  if (dataset !== 'auto') return { ...base, dataset };
  const { name } = await loadData({ dataset, limit: 1, testLimit: 2 }, terminal, { signal });
  return { ...base, dataset: name };
}

function absolute(options: TrialOptions): TrialOptions {
  const { data } = options;
  return typeof data === 'string' ? { ...options, data: resolve(callersFolder(), data) } : options;
}
