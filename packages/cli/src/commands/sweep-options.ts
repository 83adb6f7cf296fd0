import { flag, folder, wholeNumber } from '../arguments/kinds.js';
import { option, type Values } from '../arguments/table.js';
import { workersOptions } from '../cluster/on-workers.js';
import { commonOptions, jsonOption } from './command.js';
import { trialOptions } from './study-options.js';
import { simdOption, threadsOption } from './train-options.js';

/** More trials at a time than any machine can take. */
const MOST_WORKERS = 64;

/** Options of the sweep itself. */
const ownOptions = {
  workers: option({
    kind: wholeNumber(1, MOST_WORKERS),
    default: 1,
    help: 'So many trials at a time, which share the threads. The table is the same for any number.',
  }),
  quick: option({
    kind: flag,
    default: false,
    help: 'Each trial as weft train --quick, where neither the file nor the call say otherwise.',
  }),
  out: option<string | undefined>({
    kind: folder,
    default: undefined,
    defaultText: 'reports/studies/<time>-<name>',
    help: 'Where the sweep is written. Trials that are finished in this folder are taken as they are.',
  }),
  resume: option<string | undefined>({
    kind: folder,
    default: undefined,
    defaultText: 'none',
    help: 'Go on with the sweep in this folder.',
  }),
  threads: threadsOption,
  simd: simdOption,
  ...workersOptions,
  json: jsonOption('results.json'),
};

export const sweepOptions = { ...ownOptions, ...trialOptions, ...commonOptions } as typeof ownOptions &
  typeof commonOptions;

export type SweepOptions = Values<typeof sweepOptions>;
