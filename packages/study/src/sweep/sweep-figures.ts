import { type Figure, intervalsFigure, linesFigure, lossCurvesFigure } from '@weft/report';
import type { TrialResult } from '../execute/trial-result.js';
import { datasetOf } from '../report/studied-models.js';
import type { SweepResults } from './run-sweep.js';
import { SCORES, scoredModel, scoreOf } from './scores.js';
import { isRange } from './sweep.js';

/** Curves that stand out from the others. */
const HIGHLIGHTED = 5;
/** Values of an option that can be drawn below each other. */
const MOST_GROUPS = 40;

/** Loss curves of all trials, and the score against each option. */
export function sweepFigures(results: SweepResults): Figure[] {
  const curves = lossFigure(results);
  const scores = Object.keys(results.sweep.space).flatMap((option) => scoreFigure(results, option) ?? []);
  return curves ? [curves, ...scores] : scores;
}

/** The losses of each trial in its last run; none where losses of different kinds have no common axis. */
function lossFigure({ sweep, rows, trials }: SweepResults): Figure | undefined {
  const results = new Map(trials.map((result) => [result.name, result]));
  const runs = rows.flatMap(({ trial, run }) => {
    const result = results.get(run);
    const model = result && scoredModel(result, sweep.score);
    return model ? [{ name: trial, histories: [{ loss: model.loss, valLoss: model.valLoss }] }] : [];
  });
  const losses = [...new Set(trials.map(({ options }) => options.loss ?? null))];
  if (runs.length === 0 || losses.length > 1) return undefined;
  return lossCurvesFigure({
    name: 'losses',
    title: 'Losses of all trials',
    dataset: datasetOf(trials),
    runs,
    ...(losses[0] !== null && losses[0] !== 'mse' && { lossName: `Loss (${losses[0]})` }),
    ...(runs.length > HIGHLIGHTED && { highlighted: runs.slice(0, HIGHLIGHTED).map(({ name }) => name) }),
  });
}

/** The score against an option: a scatter plot for numbers, the values of each group for words. */
function scoreFigure({ sweep, trials }: SweepResults, option: string): Figure | undefined {
  const scored = trials.flatMap((result) => {
    const score = scoreOf(result, sweep.score);
    const value = result.options[option];
    return score === undefined || value == null ? [] : [{ result, score, value }];
  });
  if (new Set(scored.map(({ value }) => value)).size < 2) return undefined;
  const { title } = SCORES[sweep.score.of];
  const heading = { name: `score-by-${option}`, title: `${title} against ${option}`, dataset: datasetOf(trials) };
  const rungs = [...new Set(scored.map(({ result }) => epochsOf(result)))];
  if (scored.every(({ value }) => typeof value === 'number')) {
    return linesFigure({
      ...heading,
      xTitle: option,
      yTitle: title,
      joined: false,
      ...(isLogarithmic(sweep.space[option]) && { logarithmicX: true }),
      series: rungs.map((epochs) => {
        const own = scored.filter(({ result }) => epochsOf(result) === epochs);
        return {
          name: rungs.length > 1 ? `after ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}` : 'trials',
          x: own.map(({ value }) => Number(value)),
          y: own.map(({ score }) => score),
        };
      }),
    });
  }
  // What all trials have done: later rungs have the best ones alone.
  const first = scored.filter(({ result }) => !sweep.halving || epochsOf(result) === sweep.halving.firstEpochs);
  const values = [...new Set(first.map(({ value }) => value))];
  if (values.length > MOST_GROUPS) return undefined;
  return intervalsFigure({
    ...heading,
    valueName: sweep.halving ? `${title}, first rung` : title,
    groups: values.map((value) => ({
      name: String(value),
      values: first.filter((each) => each.value === value).map(({ score }) => score),
    })),
  });
}

/** Whether equal factors are equally far apart in the search. */
function isLogarithmic(axis: SweepResults['sweep']['space'][string]): boolean {
  return isRange(axis) && ('logUniform' in axis || 'powersOfTwo' in axis);
}

function epochsOf({ options }: TrialResult): number {
  return Number(options.epochs);
}
