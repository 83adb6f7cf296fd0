import { flag, folder, wholeNumber } from '../arguments/kinds.js';
import { listOf } from '../arguments/list.js';
import { type OptionTable, option, type Values } from '../arguments/table.js';
import { TRIAL_OPTIONS } from '../study/trial-options.js';
import { commonOptions, jsonOption } from './command.js';
import { simdOption, threadsOption, trainOptions } from './train-options.js';

/** Options of the study itself. */
const ownOptions = {
  seeds: option<readonly number[] | undefined>({
    kind: listOf(wholeNumber(0)),
    default: undefined,
    defaultText: '1,2,3,4,5 for seeds, 1,2,3 with --quick; 42 for features',
    help: 'For seeds and features: the seeds of the trainings.',
  }),
  normals: option<readonly number[] | undefined>({
    kind: listOf(wholeNumber(0)),
    default: undefined,
    defaultText: '0 to 9; with --quick 0,1,8',
    help: 'For anomaly: the numbers of the classes that are taken as normal, one after another.',
  }),
  quick: option({
    kind: flag,
    default: false,
    help: 'Fewer trials, each as weft train --quick. Options that are given win over it.',
  }),
  out: option<string | undefined>({
    kind: folder,
    default: undefined,
    defaultText: 'reports/studies/<time>-<study>',
    help: 'Where the study is written. Trials that are finished in this folder are taken as they are.',
  }),
  resume: option<string | undefined>({
    kind: folder,
    default: undefined,
    defaultText: 'none',
    help: 'Go on with the study in this folder.',
  }),
  threads: threadsOption,
  simd: simdOption,
  json: jsonOption('results.json'),
};

/** Options of its trainings: those of `weft train`. */
const trialOptions: OptionTable = Object.fromEntries(
  TRIAL_OPTIONS.map((name) => {
    const { quick: _quick, ...each } = (trainOptions as OptionTable)[name];
    return [name, { ...each, default: undefined, defaultText: "the study's own, or that of weft train" }];
  }),
);

export const studyOptions = { ...ownOptions, ...trialOptions, ...commonOptions } as typeof ownOptions &
  typeof commonOptions;

export type StudyOptions = Values<typeof studyOptions>;
