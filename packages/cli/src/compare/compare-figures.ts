import { type Figure, type IntervalGroup, imageGridFigure, intervalsFigure, lossCurvesFigure } from '@weft/report';
import type { Compared, ComparedGroup } from './compare-entries.js';
import type { Entry } from './test-runs.js';

/** As many as one figure shows well. */
const MOST_INTERVALS = 40;
const MOST_ROWS = 8;
/** Loss of runs that do not name one. */
const STANDARD_LOSS = 'mse';
const ERROR = 'Mean squared error (squared pixel intensity)';

/** The figures of a comparison: losses, errors and their differences, examples. */
export function compareFigures(groups: readonly ComparedGroup[]): Figure[] {
  return [
    ...lossFigures(groups.flatMap(({ models }) => models.map(({ entry }) => entry))),
    ...groups.map(errorFigure),
    ...groups.filter(({ models }) => models.some(({ difference }) => difference)).map(differenceFigure),
    ...groups.map(exampleFigure),
  ];
}

/** A figure for each loss: only values of the same loss, of inputs alike, are drawn together. */
function lossFigures(entries: readonly Entry[]): Figure[] {
  const figures = new Map<string, Entry[]>();
  for (const entry of entries) {
    const key = JSON.stringify([lossOf(entry), entry.noise ?? '', entry.images.dataset.name]);
    figures.set(key, [...(figures.get(key) ?? []), entry]);
  }
  return [...figures.values()].map((drawn, index) => {
    const [first] = drawn;
    const loss = lossOf(first);
    const heldOut = drawn.length > 1 && drawn.every(({ model }) => model.record.history.valLoss.length > 0);
    return lossCurvesFigure({
      name: `losses-${index + 1}`,
      title: `${heldOut ? 'Validation loss' : 'Loss'} over the epochs${drawn.length === 1 ? `, ${first.name}` : ''}`,
      dataset: first.images.dataset,
      subtitle: `${first.noise === undefined ? 'clean inputs' : `noise ${first.noise}`} · loss: ${loss}`,
      // A loss in words is too long for an axis.
      ...(loss !== STANDARD_LOSS && { lossName: 'Loss' }),
      runs: drawn.map(({ name, model }) => ({ name, histories: [model.record.history] })),
    });
  });
}

const lossOf = ({ run, model }: Entry) => model.record.objective ?? run.record.options.loss ?? STANDARD_LOSS;

function errorFigure({ id, title, models }: ComparedGroup): Figure {
  return intervalsFigure({
    name: `errors-${id}`,
    title: `Test error, ${title}`,
    dataset: models[0].entry.images.dataset,
    valueName: ERROR,
    groups: models.slice(0, MOST_INTERVALS).map(({ entry, error }) => row(entry, error)),
  });
}

function differenceFigure({ id, title, models: [first, ...others] }: ComparedGroup): Figure {
  return intervalsFigure({
    name: `differences-${id}`,
    title: `Difference in error to ${first.entry.name}`,
    dataset: first.entry.images.dataset,
    subtitle: title,
    valueName: 'Mean difference in squared error (squared pixel intensity)',
    groups: others.slice(0, MOST_INTERVALS).map(({ entry, difference }) => row(entry, difference)),
    references: [{ name: 'no difference', value: 0 }],
  });
}

const row = ({ name }: Entry, interval: Compared['error']): IntervalGroup => ({
  name,
  values: [],
  ...(interval && { interval }),
});

function exampleFigure({ id, title, models }: ComparedGroup): Figure {
  const [{ entry: first }] = models;
  const { noisy } = first.result;
  const shown = models.slice(0, MOST_ROWS);
  return imageGridFigure({
    name: `examples-${id}`,
    title: `The first test images, ${title}`,
    dataset: first.images.dataset,
    target: 'Original',
    rows: [
      { title: 'Original', images: first.images.first },
      ...(noisy ? [{ title: `Noisy (${first.run.name})`, images: noisy.inputs }] : []),
      ...shown.map(({ entry }) => ({ title: entry.name, images: entry.result.outputs })),
    ],
  });
}
