import { flag, folder, wholeNumber } from '../arguments/kinds.js';
import { listOf } from '../arguments/list.js';
import { type OptionTable, option, type Values } from '../arguments/table.js';
import { loss, noise } from '../arguments/training-texts.js';
import { workersOptions } from '../cluster/on-workers.js';
import { TRIAL_OPTIONS } from '../study/trial-options.js';
import { commonOptions, jsonOption } from './command.js';
import { simdOption, threadsOption, trainOptions } from './train-options.js';

/** Options of the study itself. */
const ownOptions = {
  seeds: option<readonly number[] | undefined>({
    kind: listOf(wholeNumber(0)),
    default: undefined,
    defaultText: '1,2,3,4,5 for seeds, 1,2,3 with --quick; 42 for others',
    help: 'For seeds, loss, bottleneck and features: the seeds of the trainings.',
  }),
  noises: option<readonly string[] | undefined>({
    kind: listOf(noise),
    default: undefined,
    defaultText: 'seven of all kinds; three with --quick',
    help: 'For noise: the noises to train and to test on, such as gaussian:0.4,blur:1.',
  }),
  normals: option<readonly number[] | undefined>({
    kind: listOf(wholeNumber(0)),
    default: undefined,
    defaultText: '0 to 9; 0,1,8 with --quick',
    help: 'For anomaly: the numbers of the classes that are taken as normal, one after another.',
  }),
  losses: option<readonly string[] | undefined>({
    kind: listOf(loss),
    default: undefined,
    defaultText: 'all five and 0.8*ssim+0.2*mae; three with --quick',
    help: 'For loss: the losses to train on.',
  }),
  sizes: option<readonly number[] | undefined>({
    kind: listOf(wholeNumber(1)),
    default: undefined,
    defaultText: '2,4,8,16,32,64,128; 4,16,64 with --quick',
    help: 'For bottleneck: how many numbers a latent has.',
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
  ...workersOptions,
  json: jsonOption('results.json'),
};

/** Options of the trainings of a study or a sweep: those of `weft train`. */
export const trialOptions: OptionTable = Object.fromEntries(
  TRIAL_OPTIONS.map((name) => {
    const { quick: _quick, ...each } = (trainOptions as OptionTable)[name];
    return [name, { ...each, default: undefined, defaultText: "the study's own, or that of weft train" }];
  }),
);

export const studyOptions = { ...ownOptions, ...trialOptions, ...commonOptions } as typeof ownOptions &
  typeof commonOptions;

export type StudyOptions = Values<typeof studyOptions>;
