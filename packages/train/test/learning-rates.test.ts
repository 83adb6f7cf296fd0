import { readFileSync } from 'node:fs';
import { mean, square } from '@weft/core';
import { Adam, Dense, ExponentialDecay, type ModelLoss, PiecewiseConstantDecay, Sequential, SGD } from '@weft/nn';
import { describe, expect, it } from 'vitest';
import {
  type Callback,
  CSVLogger,
  type FitOptions,
  fit,
  LearningRateScheduler,
  ReduceLROnPlateau,
  type TrainInfo,
} from '../src/index.js';
import { numbers, weightsOf } from './support/close.js';
import { rule } from './support/many-weights.js';
import { OneThread } from './support/one-thread.js';

interface Plateau {
  readonly options: Readonly<Record<string, number | 'max'>>;
  readonly values: readonly number[];
  readonly rates: readonly number[];
}
const fixture = new URL('./fixtures/keras-plateau.json', import.meta.url);
const plateaus: readonly Plateau[] = JSON.parse(readFileSync(fixture, 'utf8')).cases;

const COUNT = 20;
/** Of an epoch; the last one is short. */
const STEPS = 4;
const data = { x: numbers(COUNT * 3), y: numbers(COUNT * 2, 2) };
const build = () => new Sequential([new Dense({ units: 4 }), new Dense({ units: 2 })], { inputShape: [3] });

async function train(options: Partial<FitOptions>, runtime = new OneThread()) {
  const model = build();
  const { history, optimizerState } = await fit(model, data, { epochs: 6, batchSize: 6, runtime, ...options });
  return { history, weights: weightsOf(model), slots: optimizerState.slots };
}

const halving = () => new LearningRateScheduler((epoch, rate) => (epoch > 0 ? rate / 2 : rate));
const plateau = () => new ReduceLROnPlateau({ monitor: 'loss', factor: 0.5, patience: 1, minDelta: 0.5, cooldown: 1 });

describe('ReduceLROnPlateau', () => {
  /** @param isMoved whether after each epoch another one continues from its state, as after an interruption */
  function ratesOf({ options, values }: Plateau, isMoved: boolean): number[] {
    const named = Object.entries(options).map(([name, value]) => [
      name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]);
    const begun = () => {
      const callback = new ReduceLROnPlateau(Object.fromEntries(named));
      const info = { logNames: ['loss', 'val_loss', 'learning_rate'], validationCount: 1 };
      callback.onTrainBegin(info as unknown as TrainInfo);
      return callback;
    };
    let callback = begun();
    let rate = 0.1;
    return values.map((value, epoch) => {
      rate = callback.nextLearningRate(epoch, rate);
      const logs = { loss: 0, val_loss: value, learning_rate: rate, seconds: 1, examplesPerSecond: 1 };
      callback.onEpochEnd(epoch, logs);
      if (isMoved) {
        const state = callback.state();
        callback = begun();
        callback.restore(state);
      }
      return rate;
    });
  }

  it.each(plateaus)('has the learning rates of Keras, with $options', (each) => {
    expect(ratesOf(each, false)).toEqual(each.rates.map((wanted) => expect.closeTo(wanted, 8)));
  });

  it.each(plateaus)('continues from its state after any epoch, with $options', (each) => {
    expect(ratesOf(each, true)).toEqual(ratesOf(each, false));
  });

  it('begins anew with each training', async () => {
    const callbacks = [plateau()];
    const first = await train({ callbacks });
    expect(await train({ callbacks })).toEqual(first);
    expect(first.history.learning_rate).toEqual([0.001, 0.001, 0.0005, 0.00025, 0.000125, 0.0000625]);
  });

  it('refuses options that are not what they must be', () => {
    expect(() => new ReduceLROnPlateau({ factor: 1 })).toThrow(
      'ReduceLROnPlateau: factor: got 1; expected a number above 0 and below 1.',
    );
    expect(() => new ReduceLROnPlateau({ min_lr: 1 } as never)).toThrow("there is no option 'min_lr'");
  });
});

describe('LearningRateScheduler', () => {
  it('trains with the bits of a schedule that has the same values', async () => {
    const { weights, history } = await train({ optimizer: new Adam({ learningRate: 0.04 }), callbacks: [halving()] });
    const values = [0.04, 0.02, 0.01, 0.005, 0.0025, 0.00125];
    expect(history.learning_rate).toEqual(values);
    const boundaries = values.slice(1).map((_, index) => STEPS * (index + 1) - 1);
    const learningRate = new PiecewiseConstantDecay({ boundaries, values });
    expect((await train({ optimizer: new Adam({ learningRate }) })).weights).toEqual(weights);
    expect((await train({ optimizer: new Adam({ learningRate: 0.04 }) })).weights).not.toEqual(weights);
  });

  it('is asked for the optimiser of each update', async () => {
    const model = build();
    const size: ModelLoss = ({ outputs }) => mean(square(Object.values(outputs)[0]), 1);
    const asked: string[] = [];
    const callback: Callback = {
      nextLearningRate(epoch, rate, update) {
        asked.push(`${epoch} ${update} ${rate}`);
        return rate / 2;
      },
    };
    const updates = [
      { name: 'maker', loss: size, weights: model, optimizer: new SGD({ learningRate: 1 }) },
      { loss: size, weights: model, optimizer: new SGD({ learningRate: 0.1 }) },
    ];
    const { history } = await fit(model, data, { epochs: 2, updates, callbacks: [callback], runtime: new OneThread() });
    expect(asked).toEqual(['0 maker 1', '0 update_2 0.1', '1 maker 0.5', '1 update_2 0.05']);
    expect([history.learning_rate_maker, history.learning_rate_update_2]).toEqual([
      [0.5, 0.25],
      [0.05, 0.025],
    ]);
  });

  it('refuses what is no learning rate, and a schedule beside it', async () => {
    expect(() => new LearningRateScheduler(new ExponentialDecay({} as never) as never)).toThrow();
    expect(() => new LearningRateScheduler(0.1 as never)).toThrow(
      'LearningRateScheduler: got 0.1; expected a function',
    );
    const nothing = new LearningRateScheduler(() => Number.NaN);
    await expect(train({ callbacks: [nothing] })).rejects.toThrow(
      'LearningRateScheduler: the learning rate of epoch 0 is NaN; expected a number from 0.',
    );
    const learningRate = new PiecewiseConstantDecay({ boundaries: [1], values: [1, 2] });
    await expect(train({ optimizer: new SGD({ learningRate }), callbacks: [halving()] })).rejects.toThrow(
      'fit: LearningRateScheduler sets learning rates, but that of SGD is a schedule. Give SGD a number',
    );
    const own = rule('own', [], ({ parameter }) => ({ parameter, state: [] }), { scalars: () => [0.1] });
    await expect(train({ optimizer: own, callbacks: [halving()] })).rejects.toThrow(
      'fit: LearningRateScheduler sets learning rates, but scalars of own does not use the one that it is given.',
    );
  });
});

describe('the learning rate in the logs', () => {
  it('is there where it can change, behind losses and metrics', async () => {
    const runtime = new OneThread();
    const logger = new CSVLogger({ path: 'log.csv' });
    const learningRate = new PiecewiseConstantDecay({ boundaries: [STEPS, 2 * STEPS], values: [0.1, 0.05, 0.01] });
    const { history } = await train(
      { optimizer: new SGD({ learningRate }), callbacks: [logger], validationSplit: 0.2, epochs: 3 },
      runtime,
    );
    // As in Keras, that of the step after the epoch.
    expect(history.learning_rate).toEqual([0.1, 0.05, 0.05].map((_, epoch) => learningRate.at(3 * (epoch + 1))));
    expect(Object.keys(history)).toEqual(['loss', 'val_loss', 'learning_rate']);
    expect(runtime.store.text('log.csv').split('\n')[0]).toContain('loss,val_loss,learning_rate');
    expect(Object.keys((await train({})).history)).toEqual(['loss']);
  });
});

describe.each([
  ['LearningRateScheduler', halving],
  ['ReduceLROnPlateau', plateau],
])('a training with %s', (_name, callback) => {
  it('that was interrupted anywhere ends with the bits of one that was not', async () => {
    const optimizer = () => new SGD({ learningRate: 0.1, momentum: 0.5 });
    const wanted = await train({ optimizer: optimizer(), callbacks: [callback()] });
    expect(new Set(wanted.history.learning_rate).size).toBeGreaterThan(2);
    const runtime = new OneThread();
    const checkpoints = { directory: 'kept', every: { steps: 1 } };
    for (const steps of [2, STEPS, STEPS + 1, 3 * STEPS, 4 * STEPS + 3]) {
      const controller = new AbortController();
      const stop: Callback = {
        onBatchEnd: (step, { epoch }) => void (epoch * STEPS + step + 1 === steps && controller.abort()),
      };
      const callbacks = [callback(), stop];
      const { signal } = controller;
      await train({ optimizer: optimizer(), callbacks, checkpoints, resumeFrom: 'kept', signal }, runtime);
    }
    const callbacks = [callback()];
    const again = await train({ optimizer: optimizer(), callbacks, checkpoints, resumeFrom: 'kept' }, runtime);
    expect(again).toEqual(wanted);
  });
});

describe('moving averages of weights', () => {
  const optimizer = () => new SGD({ learningRate: 0.1, useEma: true, emaMomentum: 0.9 });

  it('are what the model ends with, while checkpoints have the weights themselves', async () => {
    const runtime = new OneThread();
    const checkpoints = { directory: 'kept' };
    const wanted = await train({ optimizer: optimizer() });
    const averages = [...(wanted.slots.get('0/average')?.values() ?? [])].flatMap((tensor) => [...tensor.data]);
    expect([...wanted.weights]).toEqual(averages);
    const plain = await train({ optimizer: new SGD({ learningRate: 0.1 }) });
    expect(plain.weights).not.toEqual(wanted.weights);
    expect(wanted.history.loss).toEqual(plain.history.loss);
    await train({ optimizer: optimizer(), epochs: 3, checkpoints }, runtime);
    expect(await train({ optimizer: optimizer(), checkpoints, resumeFrom: 'kept' }, runtime)).toEqual(wanted);
  });
});

describe('a checkpoint', () => {
  const within = (part: string) => new SGD({ groups: [{ match: (path) => path.includes(part), weightDecay: 0.1 }] });

  it.each([
    ['a group that a function chooses', within('dense/'), within('dense_1/'), 'update rules'],
    [
      'a schedule',
      new SGD({ learningRate: new ExponentialDecay({ initialLearningRate: 1, decaySteps: 2, decayRate: 0.5 }) }),
      new SGD({ learningRate: new ExponentialDecay({ initialLearningRate: 1, decaySteps: 3, decayRate: 0.5 }) }),
      'optimizer',
    ],
  ])('is not resumed with %s of another kind', async (_what, first, second, field) => {
    const runtime = new OneThread();
    const checkpoints = { directory: 'kept' };
    await train({ optimizer: first, epochs: 1, checkpoints }, runtime);
    const again = { optimizer: second, epochs: 2, checkpoints, resumeFrom: 'kept' };
    await expect(train(again, runtime)).rejects.toMatchObject({
      name: 'CheckpointMismatchError',
      differences: [expect.objectContaining({ name: field })],
    });
    await train({ ...again, optimizer: first }, runtime);
  });
});
