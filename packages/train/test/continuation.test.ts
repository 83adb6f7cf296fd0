import { mean, square } from '@weft/core';
import { Adam, BatchNormalization, Dense, Dropout, type ModelLoss, Sequential, SGD } from '@weft/nn';
import { describe, expect, it } from 'vitest';
import { CSVLogger, type FitOptions, fit } from '../src/index.js';
import { numbers, weightsOf } from './support/close.js';
import { OneThread } from './support/one-thread.js';

const COUNT = 20;
const data = { x: numbers(COUNT * 3), y: numbers(COUNT * 2, 2) };

const build = () =>
  new Sequential(
    [new Dense({ units: 5 }), new BatchNormalization(), new Dropout({ rate: 0.3 }), new Dense({ units: 2 })],
    {
      inputShape: [3],
    },
  );

const size: ModelLoss = ({ outputs }) => mean(square(Object.values(outputs)[0]), 1);

const OPTIONS: Readonly<Record<string, (model: Sequential) => Partial<FitOptions>>> = {
  Adam: () => ({ optimizer: new Adam({ learningRate: 0.02 }) }),
  momentum: () => ({ optimizer: new SGD({ learningRate: 0.02, momentum: 0.9 }), validationSplit: 0.3 }),
  'two updates': (model) => ({
    updates: [
      { loss: size, weights: model.slice(0, 1), optimizer: new Adam() },
      { loss: size, weights: model, optimizer: new SGD({ momentum: 0.5 }) },
    ],
  }),
};

function trainer(options: (typeof OPTIONS)[string], runtime = new OneThread()) {
  const model = build();
  return {
    model,
    runtime,
    train: (more: Partial<FitOptions>) =>
      fit(model, data, { epochs: 1, batchSize: 6, runtime, ...options(model), ...more }),
  };
}

describe.each(Object.keys(OPTIONS))('trainings one after another, with %s', (name) => {
  it('end with the bits of one, given the state of its optimisers and the number of its epochs', async () => {
    const whole = trainer(OPTIONS[name]);
    const { history, steps } = await whole.train({ epochs: 5 });
    const parts = trainer(OPTIONS[name]);
    const first = await parts.train({ epochs: 2 });
    const second = await parts.train({ epochs: 3, initialEpoch: 2, optimizerState: first.optimizerState });
    const third = await parts.train({ epochs: 5, initialEpoch: 3, optimizerState: second.optimizerState });
    expect(weightsOf(parts.model)).toEqual(weightsOf(whole.model));
    for (const [key, values = []] of Object.entries(history)) {
      expect([first, second, third].flatMap((part) => part.history[key] ?? [])).toEqual(values);
    }
    expect(third.optimizerState.steps).toBe(steps);
    expect(parts.runtime.warnings).toEqual([]);
  });

  it('may be interrupted in the last of them', async () => {
    const whole = trainer(OPTIONS[name]);
    await whole.train({ epochs: 4 });
    const parts = trainer(OPTIONS[name]);
    const { optimizerState } = await parts.train({ epochs: 2 });
    const more = { initialEpoch: 2, optimizerState, checkpoints: { directory: 'kept', every: { steps: 1 } } };
    const logger = () => ({ callbacks: [new CSVLogger({ path: 'log.csv' })] });
    await parts.train({ ...more, ...logger(), epochs: 3 });
    const again = trainer(OPTIONS[name], parts.runtime);
    const resumed = await again.train({ ...more, ...logger(), epochs: 4, resumeFrom: 'kept' });
    const rows = parts.runtime.store.text('log.csv').trimEnd().split('\n');
    expect(rows.map((row) => row.split(',')[0])).toEqual(['epoch', '3', '4']);
    expect(weightsOf(again.model)).toEqual(weightsOf(whole.model));
    expect(resumed.history.loss).toHaveLength(2);
    expect(parts.runtime.warnings).toEqual([]);
  });
});

describe('the state of optimisers', () => {
  it('starts anew where none is given', async () => {
    const [one, other] = [trainer(OPTIONS.Adam), trainer(OPTIONS.Adam)];
    const { optimizerState } = await one.train({ epochs: 1 });
    await one.train({ epochs: 2, initialEpoch: 1, optimizerState });
    await other.train({ epochs: 1 });
    await other.train({ epochs: 2, initialEpoch: 1 });
    expect(weightsOf(other.model)).not.toEqual(weightsOf(one.model));
  });

  it('of another optimiser or another model is refused, and what differs is named', async () => {
    const { optimizerState } = await trainer(OPTIONS.momentum).train({ epochs: 1 });
    await expect(trainer(OPTIONS.Adam).train({ epochs: 2, initialEpoch: 1, optimizerState })).rejects.toThrow(
      'fit: optimizerState: its slot 0/velocity has no numbers for the weight dense/kernel, and Adam needs 15.',
    );
    const other = new Sequential([new Dense({ units: 2 })], { inputShape: [3] });
    const options = { epochs: 2, initialEpoch: 1, optimizerState, runtime: new OneThread() };
    const optimizer = new SGD({ momentum: 0.9 });
    await expect(fit(other, data, { ...options, optimizer })).rejects.toThrow(
      'its slot 0/momentum has 15 numbers for the weight dense/kernel, and SGD needs 6.',
    );
  });

  it('names weights by their paths, and slots as Keras does', async () => {
    const { optimizerState } = await trainer(OPTIONS.Adam).train({ epochs: 1 });
    expect([...optimizerState.slots.keys()]).toEqual(['0/momentum', '0/velocity']);
    const { shape } = optimizerState.slots.get('0/momentum')?.get('dense_1/kernel') ?? {};
    expect(shape).toEqual([5, 2]);
  });
});

describe('initialEpoch', () => {
  it('must be below epochs, which is the number of the last epoch', async () => {
    await expect(trainer(OPTIONS.Adam).train({ epochs: 3, initialEpoch: 3 })).rejects.toThrow(
      'fit: initialEpoch is 3 and epochs 3. epochs is the number of the last epoch; give a larger one.',
    );
  });
});

describe('a training that is repeated with its seed', () => {
  const message =
    /The model sequential was trained with seed 42 before: the same order .* Give initialEpoch: 2 to continue/;

  it('is told so once', async () => {
    const { train, runtime } = trainer(OPTIONS.Adam);
    await train({ epochs: 2 });
    expect(runtime.warnings).toEqual([]);
    await train({ epochs: 1 });
    await train({ epochs: 2 });
    expect(runtime.warnings).toEqual([expect.stringMatching(message)]);
  });

  it('is told so by onWarning, if there is one', async () => {
    const { train, runtime } = trainer(OPTIONS.Adam);
    const warnings: string[] = [];
    await train({ epochs: 2 });
    await train({ epochs: 3, initialEpoch: 1, onWarning: (warning) => void warnings.push(warning) });
    expect([warnings, runtime.warnings]).toEqual([[expect.stringMatching(message)], []]);
  });

  it('is told nothing with another seed, behind the epochs before, or where nothing is random', async () => {
    const { train, runtime } = trainer(OPTIONS.Adam);
    await train({ epochs: 2 });
    await train({ epochs: 2, seed: 1 });
    await train({ epochs: 3, initialEpoch: 2 });
    const plain = new Sequential([new Dense({ units: 2 })], { inputShape: [3] });
    for (let time = 0; time < 2; time++) await fit(plain, data, { epochs: 1, shuffle: false, runtime });
    expect(runtime.warnings).toEqual([]);
  });

  it('is told nothing where it is resumed', async () => {
    const { train, runtime } = trainer(OPTIONS.Adam);
    const checkpoints = { directory: 'kept' };
    await train({ epochs: 1, checkpoints });
    await train({ epochs: 2, checkpoints, resumeFrom: 'kept' });
    expect(runtime.warnings).toEqual([]);
  });
});
