import { recordText } from '@weft/report';
import { folder, number, wholeNumber } from '../arguments/kinds.js';
import { option, type Values } from '../arguments/table.js';
import type { ClassifierTask } from '../classify/classifiers.js';
import { classifyAside } from '../classify/classify-aside.js';
import {
  type Classification,
  classifierName,
  classifyFigures,
  classifyPage,
  classifyRecord,
  classifyText,
} from '../classify/classify-report.js';
import { chooseModel, type Features, featuresOf, requireClasses, splitByPosition } from '../classify/examples.js';
import { contrasts, type Judged, judge } from '../classify/judge.js';
import { openRun } from '../compare/open-runs.js';
import { EXIT } from '../exit.js';
import { modelOption } from '../pictures/options.js';
import { PageFolder } from '../run/page-folder.js';
import { loadTestData, requireImages, type TestData } from '../run/test-data.js';
import { listenForInterrupt } from '../terminal/interrupt.js';
import type { Terminal } from '../terminal/terminal.js';
import { formatCount } from '../terminal/text.js';
import { type Command, commonOptions, jsonOption } from './command.js';
import { simdOption, threadsOption } from './train-options.js';
import { givenPath } from './trained-models.js';

const RECORD = 'classify.json';
const CLASSIFIERS = ['logistic-regression', 'nearest-neighbours'] as const;

const classifyOptions = {
  model: modelOption,
  limit: option({ kind: wholeNumber(3), default: 10_000, help: "Use the first N of the run's test images." }),
  testFraction: option({
    kind: number({ above: 0, below: 1, example: 0.2 }),
    default: 0.2,
    help: 'Part of them, the last ones, that the classifiers are tested on; they learn from the others.',
  }),
  neighbours: option({ kind: wholeNumber(1), default: 5, help: 'How many nearest neighbours vote.' }),
  c: option({
    kind: number({ above: 0, example: 1 }),
    default: 1,
    help: "Inverse strength of the logistic regression's L2 penalty.",
  }),
  tolerance: option({
    kind: number({ above: 0, example: 0.00001 }),
    default: 1e-5,
    help: 'The logistic regression is fitted until no element of the gradient is larger.',
  }),
  maxIterations: option({ kind: wholeNumber(1), default: 1000, help: 'Most iterations of that fit.' }),
  out: option<string | undefined>({
    kind: folder,
    default: undefined,
    defaultText: 'reports/classify-<time>',
    help: 'Where the page, its figures and classify.json are written.',
  }),
  threads: threadsOption,
  simd: simdOption,
  json: jsonOption(RECORD),
  ...commonOptions,
};

export const classify: Command<typeof classifyOptions> = {
  usage: 'weft classify RUN [options]',
  summary: 'Tell classes apart by latents and by pixels.',
  description:
    "Fits a logistic regression and nearest neighbours to latents of a run's model, and to raw pixels, and tests both on other images: accuracies with confidence intervals and confusion matrices. RUN is the folder of a finished run; its test images are split by their position into those that are learned from and those that are tested.",
  options: classifyOptions,
  positionals: { least: 1, most: 1 },
  async run({ values: options, positionals: [path], terminal }) {
    const run = await openRun(givenPath(path));
    requireClasses(run.path, run.record.data.classNames);
    const model = chooseModel(run, options.model);
    const place = await PageFolder.plan(options.out, 'classify', RECORD);
    const interrupt = listenForInterrupt(() => terminal.message('Interrupted.'));
    const { signal } = interrupt;
    try {
      const testLimit = Math.min(options.limit, run.record.data.testCount);
      const data = await loadTestData({ dataset: run.dataset, testLimit }, terminal, signal);
      requireImages(run.path, { ...run.record.data, testSha256: model.saved.card.dataSha256?.test }, data);
      const trainCount = splitByPosition(data, run.path, options.testFraction);
      terminal.show('Computing latents');
      const features = await featuresOf(model, data, { threads: options.threads, signal });
      const { c, tolerance, maxIterations } = options;
      const settings = { c, tolerance, maxIterations, neighbours: Math.min(options.neighbours, trainCount) };
      const { judged, labels } = await judgeAll(features, data, { trainCount, settings, terminal, signal });
      const { height, width, channels, count } = data.test;
      const found: Classification = {
        run,
        model,
        dataset: { name: data.name, synthetic: data.synthetic, classNames: data.classNames, height, width, channels },
        testSha256: data.testSha256,
        trainCount,
        testCount: count - trainCount,
        settings,
        judged,
        contrasts: contrasts(judged, labels),
      };
      await writeOut(found, place, { options, terminal, signal });
      return EXIT.ok;
    } finally {
      terminal.show(undefined);
      interrupt.stop();
    }
  },
};

interface Call {
  readonly trainCount: number;
  readonly settings: Classification['settings'];
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** Each classifier with each kind of features, one after another. */
async function judgeAll(features: readonly Features[], { test, classNames }: TestData, call: Call) {
  const { trainCount, settings, terminal, signal } = call;
  const labels = test.labels.slice(trainCount);
  const classCount = classNames.length;
  const judged: Judged[] = [];
  for (const classifier of CLASSIFIERS) {
    for (const each of features) {
      const task: ClassifierTask = {
        ...settings,
        classifier,
        train: each.values.slice(0, trainCount * each.size),
        test: each.values.slice(trainCount * each.size),
        columns: each.size,
        labels: test.labels.slice(0, trainCount),
        classCount,
      };
      const what = `${classifierName(classifier, settings)} on ${each.name} (${formatCount(trainCount)} x ${formatCount(each.size)})`;
      terminal.message(what);
      terminal.show(what);
      const onSecond = (seconds: number) => terminal.show(`${what}: ${seconds} s`);
      const answer = await classifyAside(task, { signal, onSecond });
      judged.push(judge(each, classifier, answer, { labels, classCount }));
    }
  }
  return { judged, labels };
}

async function writeOut(
  found: Classification,
  place: PageFolder,
  {
    options,
    terminal,
    signal,
  }: { readonly options: Values<typeof classifyOptions>; readonly terminal: Terminal; readonly signal: AbortSignal },
): Promise<void> {
  terminal.show('Drawing figures');
  const figures = classifyFigures(found);
  const record = recordText(classifyRecord(found));
  await place.write({ page: classifyPage(found, figures), figures, files: { [RECORD]: record } }, signal);
  terminal.show(undefined);
  if (options.json) terminal.print(record.trimEnd());
  else terminal.result(`${classifyText(found)}\n\nReport: ${place.report}`);
}
