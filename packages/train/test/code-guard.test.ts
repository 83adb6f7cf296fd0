import { Adam, BatchNormalization, Dense, Dropout, Sequential } from '@weft/nn';
import { describe, expect, it } from 'vitest';
import { type Callback, CSVLogger, EarlyStopping, evaluate, type FitOptions, fit, predict } from '../src/index.js';
import { decodeCheckpoint } from '../src/runtime.js';
import { numbers } from './support/close.js';
import { OneThread } from './support/one-thread.js';
import { withWrongCode } from './support/wrong-code.js';

const COUNT = 70;
const [x, y] = [numbers(COUNT * 8, 1), numbers(COUNT * 8, 2)];
/** Batches of 24 and 8, in each of which examples meet, and validation on 14. */
const OPTIONS = { epochs: 4, batchSize: 24, validationSplit: 0.2 };

async function train(runtime: OneThread, options: Partial<FitOptions> = {}) {
  const layers = [
    new Dense({ units: 16, activation: 'tanh' }),
    new BatchNormalization(),
    new Dropout({ rate: 0.1 }),
    new Dense({ units: 8 }),
  ];
  const model = new Sequential(layers, { inputShape: [8], seed: 1 });
  const optimizer = new Adam({ learningRate: 0.01 });
  const { history, steps, optimizerState } = await fit(model, { x, y }, { ...OPTIONS, optimizer, runtime, ...options });
  return { history, steps, optimizerState, weights: model.weights.map(({ data }) => data.slice()) };
}

describe('where the engine packs vectors', () => {
  it('and does so rightly, nothing is changed by watching it', async () => {
    const runtime = withWrongCode(new OneThread(), Number.POSITIVE_INFINITY);
    const epochs: number[] = [];
    const callbacks = [{ onEpochBegin: (epoch: number) => void epochs.push(epoch) }];
    expect(await train(runtime, { callbacks })).toEqual(await train(new OneThread()));
    expect(runtime.warnings).toEqual([]);
    expect(epochs).toEqual([0, 1, 2, 3]);
  });

  describe.each([
    ['from the first step on', 0],
    ['after the first epoch', 1],
    ['in the last epoch', 3],
  ])('and is wrong %s', (_, after) => {
    it('training ends with the bits that it has where nothing is packed, after one warning', async () => {
      const runtime = withWrongCode(new OneThread(), after);
      expect(await train(runtime)).toEqual(await train(new OneThread()));
      expect(runtime.wrong.size).toBeGreaterThan(0);
      expect(runtime.warnings).toHaveLength(1);
      expect(runtime.warnings[0]).toMatch(
        /128 bits.*report this.*an engine that is wrong; program .* SHA-256 [0-9a-f]{64}/,
      );
    });

    it('checkpoints and what callbacks keep are those of right code', async () => {
      const checkpoints = { directory: 'kept', every: { steps: 2 }, keep: 2 };
      const callbacks = () => [new EarlyStopping({ patience: 1 }), new CSVLogger({ path: 'log.csv' })];
      const [runtime, right] = [withWrongCode(new OneThread(), 2 * after), new OneThread()];
      const options = { checkpoints, epochs: 12 };
      const got = await train(runtime, { ...options, callbacks: callbacks() });
      expect(got).toEqual(await train(right, { ...options, callbacks: callbacks() }));
      expect(runtime.warnings).toHaveLength(1);
      const table = ({ store }: OneThread) => store.text('log.csv').replace(/(,[\d.]+){2}$/gm, '');
      expect(table(runtime)).toBe(table(right));
      const [files, wanted] = await Promise.all([runtime, right].map(({ store }) => store.list('kept')));
      expect(files.sort()).toEqual(wanted.sort());
      for (const file of files) {
        const [state, expected] = await Promise.all(
          [runtime, right].map(async ({ store }) => decodeCheckpoint('', await store.read(`kept/${file}`))),
        );
        expect([state.weights, state.slots, state.history.history]).toEqual([
          expected.weights,
          expected.slots,
          expected.history.history,
        ]);
      }
    });
  });

  it('no state of wrong code is in a checkpoint at any time', async () => {
    const checkpoints = { directory: 'kept', every: { steps: 1 }, keep: 100 };
    const right = new OneThread();
    await train(right, { checkpoints });
    const runtime = withWrongCode(new OneThread(), 5);
    const killed: Callback = {
      onTrainBegin: ({ initialEpoch, initialStep }) => {
        if (initialEpoch + initialStep > 0) throw new Error('killed');
      },
    };
    await expect(train(runtime, { checkpoints, callbacks: [killed] })).rejects.toThrow('killed');
    const files = await runtime.store.list('kept');
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const [state, expected] = await Promise.all(
        [runtime, right].map(async ({ store }) => decodeCheckpoint('', await store.read(`kept/${file}`))),
      );
      expect(state.weights).toEqual(expected.weights);
    }
  });

  it('the wrong code of any single program is found', async () => {
    const all = withWrongCode(new OneThread(), 0);
    await train(all);
    const wanted = await train(new OneThread(), { epochs: 2 });
    expect(all.possible.size).toBeGreaterThan(8);
    for (const name of all.possible) {
      const runtime = withWrongCode(new OneThread(), 1, (other) => other === name);
      expect(await train(runtime, { epochs: 2 })).toEqual(wanted);
      expect(runtime.warnings.join(), name).toContain(`${name} `);
    }
  });
});

describe('long work of evaluate and predict', () => {
  const data = { x: numbers(36_000 * 8, 3), y: numbers(36_000 * 8, 4) };
  const model = new Sequential([new Dense({ units: 16, activation: 'tanh' }), new Dense({ units: 8 })], {
    inputShape: [8],
    seed: 1,
  });
  const losses = (runtime: OneThread) => evaluate(model, data, { runtime });
  const outputs = (runtime: OneThread) => predict(model, data.x, { runtime });

  it.each([
    ['evaluate', losses],
    ['predict', outputs],
  ])('%s does it again by right code', async (_, run) => {
    const runtime = withWrongCode(new OneThread(), 0);
    expect(await run(runtime)).toEqual(await run(new OneThread()));
    expect(runtime.warnings).toHaveLength(1);
  });
});
