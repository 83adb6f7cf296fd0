import { counted, formatNumber } from '@weft/report';
import type { StudyReport } from '../report/study-report.js';
import { listText, NONE, shown } from '../report/texts.js';
import { rungsOf, sweepConfigurations } from './configurations.js';
import type { SweepRow } from './perform-rungs.js';
import type { SweepResults } from './run-sweep.js';
import { SCORES } from './scores.js';
import { isRange, type Sweep } from './sweep.js';
import { sweepFigures } from './sweep-figures.js';

/** What a sweep has found. */
export function sweepReport(results: SweepResults): StudyReport {
  const { sweep, rows } = results;
  // A trial that went on had its earlier epochs already.
  const epochs = rows.reduce((sum, each) => sum + each.epochs, 0);
  const missing = rows.filter(({ score }) => score === null).length;
  const [best] = rows;
  return {
    summary: null,
    lead: [
      ...(best.score === null ? [] : [bestSentence(best, sweep, rows.length)]),
      ...(missing === 0
        ? []
        : [`${counted(missing, 'trial')} of ${rows.length} ${missing === 1 ? 'has' : 'have'} no finite score.`]),
    ],
    cards: [
      { value: shown(best.score), name: `best ${scoreTitle(sweep)}` },
      { value: String(rows.length), name: rows.length === 1 ? 'trial' : 'trials' },
      { value: String(epochs), name: epochs === 1 ? 'epoch of training' : 'epochs of training' },
    ],
    tables: [sweepTable(results)],
    figures: sweepFigures(results),
    method: methodOf(sweep),
  };
}

/** The score as the head of a column. */
const scoreTitle = ({ score: { of, model } }: Sweep) =>
  model === undefined ? SCORES[of].title : `${SCORES[of].title} of ${model}`;

/** The table of all trials, as the terminal shows it. */
function sweepTable({ sweep, rows }: SweepResults): StudyReport['tables'][number] {
  const searched = Object.keys(sweep.space);
  return {
    caption: 'All trials, from the best to the worst',
    head: ['Trial', ...searched, 'Epochs', scoreTitle(sweep)],
    rows: rows.map(({ trial, options, epochs, score }) => [
      trial,
      ...searched.map((option) => String(options[option] ?? NONE)),
      String(epochs),
      shown(score),
    ]),
    textColumns: 1 + searched.length,
  };
}

function bestSentence({ trial, score, options }: SweepRow, sweep: Sweep, count: number): string {
  const values = Object.entries(options).map(([option, value]) => `${option} ${value}`);
  const { goal } = sweep.score;
  return `Of ${counted(count, 'trial')}, ${trial} has the ${goal === 'minimise' ? 'lowest' : 'highest'} score, ${scoreTitle(sweep)} ${formatNumber(score ?? Number.NaN)}, with ${listText(values)}.`;
}

function methodOf(sweep: Sweep): string[] {
  const { space, seed, trials, halving } = sweep;
  const lists = Object.entries(space).flatMap(([option, axis]) =>
    isRange(axis) ? [] : [`${option} (${axis.join(', ')})`],
  );
  const ranges = Object.entries(space).flatMap(([option, axis]) => (isRange(axis) ? [rangeText(option, axis)] : []));
  const count = sweepConfigurations(sweep).length;
  return [
    ...(ranges.length === 0
      ? []
      : [`${counted(trials ?? 0, 'point')} of a Sobol sequence, shifted by seed ${seed}: ${listText(ranges)}.`]),
    ...(lists.length === 0
      ? []
      : [`All combinations of ${listText(lists)}${ranges.length > 0 ? ' with each point' : ''}.`]),
    ...(halving
      ? [
          `Successive halving by ${halving.factor}: ${listText(rungsOf(sweep, count).map((rung) => `${counted(rung.count, 'trial')} with ${counted(rung.epochs ?? 0, 'epoch')}`))}. The best of a rung go on from their checkpoints.`,
        ]
      : []),
    'Trials with equal scores stand in the order of their numbers.',
  ];
}

function rangeText(option: string, range: object): string {
  const [[kind, values]] = Object.entries(range) as [[string, readonly unknown[]]];
  if (kind === 'choice') return `${option} of ${values.join(', ')}`;
  const words: Readonly<Record<string, string>> = {
    uniform: 'uniform',
    logUniform: 'log-uniform',
    integers: 'whole',
    powersOfTwo: 'a power of two',
  };
  return `${option} ${words[kind]} from ${values[0]} to ${values[1]}`;
}
