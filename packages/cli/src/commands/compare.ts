import { recordText } from '@weft/report';
import { folder } from '../arguments/kinds.js';
import { option } from '../arguments/table.js';
import { compareEntries } from '../compare/compare-entries.js';
import { compareFigures } from '../compare/compare-figures.js';
import { compareCsv, comparePage, compareRecord, compareText } from '../compare/compare-report.js';
import { groupEntries } from '../compare/group-entries.js';
import { openRuns } from '../compare/open-runs.js';
import { testRuns } from '../compare/test-runs.js';
import { EXIT, UsageError } from '../exit.js';
import { PageFolder } from '../run/page-folder.js';
import { listenForInterrupt } from '../terminal/interrupt.js';
import { type Command, commonOptions, jsonOption } from './command.js';
import { simdOption, testLimitOption, threadsOption } from './train-options.js';

const { quick: _quick, ...testLimit } = testLimitOption;

const RECORD = 'compare.json';

const compareOptions = {
  testLimit: option<number | undefined>({ ...testLimit, defaultText: 'those of each run' }),
  out: option<string | undefined>({
    kind: folder,
    default: undefined,
    defaultText: 'reports/compare-<time>',
    help: 'Where the page, its figures, compare.json and compare.csv are written.',
  }),
  threads: threadsOption,
  simd: simdOption,
  json: jsonOption(RECORD),
  ...commonOptions,
};

export const compare: Command<typeof compareOptions> = {
  usage: 'weft compare RUN RUN ... [options]',
  summary: 'Compare runs: losses, errors with intervals, examples.',
  description:
    'Tests the models of several runs anew and puts them side by side: a table, the options that differ, losses, test errors with confidence intervals by the bootstrap over the test images, differences image by image, and examples. RUN is the folder of a finished run. Runs of different test images or noise are said to be not comparable; with --test-limit, runs on the first images of the same data set become so.',
  options: compareOptions,
  positionals: { least: 1, most: 20 },
  async run({ values: options, positionals: paths, terminal }) {
    if (paths.length < 2) {
      throw new UsageError(
        `weft compare: got one run, expected two or more. 'weft evaluate ${paths[0]}' tests the models of one.`,
      );
    }
    const runs = await openRuns(paths);
    const place = await PageFolder.plan(options.out, 'compare', RECORD);
    const interrupt = listenForInterrupt(() => terminal.message('Interrupted.'));
    const { signal } = interrupt;
    try {
      const { testLimit, threads } = options;
      const entries = await testRuns(runs, { testLimit, threads, terminal, signal });
      terminal.show('Computing intervals');
      const groups = await compareEntries(groupEntries(entries), signal);
      const comparison = { runs, groups };
      terminal.show('Drawing figures');
      const figures = compareFigures(groups);
      const record = recordText(compareRecord(comparison));
      const files = { 'compare.csv': compareCsv(comparison), [RECORD]: record };
      await place.write({ page: comparePage(comparison, figures), figures, files }, signal);
      terminal.show(undefined);
      if (options.json) terminal.print(record.trimEnd());
      else terminal.result(`${compareText(comparison)}\n\nReport: ${place.report}`);
      return EXIT.ok;
    } finally {
      terminal.show(undefined);
      interrupt.stop();
    }
  },
};
