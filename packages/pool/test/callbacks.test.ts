import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SGD } from '@weft/nn';
import { CONTROL } from '@weft/train/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BatchLogs, type Callback, type FitOptions, fit, type TrainControl, WorkerPool } from '../src/index.js';
import { smallDense, uniform, weightsOf } from './support/models.js';

let pool: WorkerPool;
let folder: string;
beforeAll(async () => {
  pool = await WorkerPool.create({ threads: 2 });
  folder = await mkdtemp(join(tmpdir(), 'weft-callbacks-'));
});
afterAll(async () => {
  await pool.close();
  await rm(folder, { recursive: true });
});

const COUNT = 40;
const data = { x: uniform(COUNT * 9), y: uniform(COUNT * 3, 2) };
/** So many examples that their epoch takes a hundred times as long as the main thread needs to see a step. */
const ENDLESS = 400_000;
const endless = { x: uniform(ENDLESS * 9), y: uniform(ENDLESS * 3) };
const usual: FitOptions = { epochs: 3, batchSize: 7, validationSplit: 0.25 };
/** Nothing is learnt, so that the loss stays the same in every epoch. */
const still = new SGD({ learningRate: 0 });

async function train(options: Partial<FitOptions> = {}, callbacks: readonly Callback[] = []) {
  const model = smallDense();
  const history = await fit(model, data, { ...usual, ...options, callbacks, pool });
  return { model, history };
}

describe('callbacks', () => {
  it('are called in order, each event by each, and waited for', async () => {
    const events: string[] = [];
    const recorder = (name: string): Callback => {
      const later = async (event: string) => {
        await new Promise((resolve) => setImmediate(resolve));
        events.push(`${name} ${event}`);
      };
      return {
        onTrainBegin: ({ steps, trainCount, validationCount, threads }) =>
          later(`train begins: ${steps} steps, ${trainCount} and ${validationCount} examples, ${threads} threads`),
        onEpochBegin: (epoch) => later(`epoch ${epoch} begins`),
        onBatchEnd: (batch, { epoch }) => {
          events.push(`${name} batch ${epoch}.${batch}`);
        },
        onEpochEnd: (epoch) => later(`epoch ${epoch} ends`),
        onTrainEnd: ({ steps }) => later(`train ends: ${steps} steps`),
      };
    };
    await train({ epochs: 2 }, [recorder('a'), recorder('b')]);
    const both = (event: string) => [`a ${event}`, `b ${event}`];
    expect(events).toEqual([
      ...both('train begins: 5 steps, 30 and 10 examples, 2 threads'),
      ...[0, 1].flatMap((epoch) => [
        ...both(`epoch ${epoch} begins`),
        ...[0, 1, 2, 3, 4].flatMap((batch) => both(`batch ${epoch}.${batch}`)),
        ...both(`epoch ${epoch} ends`),
      ]),
      ...both('train ends: 10 steps'),
    ]);
  });

  it('are told the loss of each step and the mean of the epoch so far', async () => {
    const logs: BatchLogs[] = [];
    const { history } = await train({ epochs: 1 }, [{ onBatchEnd: (_, log) => void logs.push(log) }]);
    const counts = [7, 7, 7, 7, 2];
    let [examples, total] = [0, 0];
    logs.forEach((log, step) => {
      examples += counts[step];
      total += counts[step] * log.batchLoss;
      expect(log).toMatchObject({ epoch: 0, batches: 5, examples, examplesInEpoch: 30 });
      expect(log.loss).toBeCloseTo(total / examples, 12);
    });
    expect(logs.at(-1)?.loss).toBe(history.history.loss[0]);
  });

  it.each(['onTrainBegin', 'onEpochBegin', 'onBatchEnd', 'onEpochEnd', 'onTrainEnd'])(
    'end fit with the error that one throws in %s',
    async (event) => {
      const failing: Callback = {
        [event]: () => {
          throw new Error(`from ${event}`);
        },
      };
      await expect(train({}, [failing])).rejects.toThrow(`from ${event}`);
      expect((await train()).history.history.loss.length).toBe(3);
    },
  );
});

describe('stopping', () => {
  const stop = (_: unknown, _logs: unknown, control: TrainControl) => {
    control.stopTraining = true;
  };

  it('comes after the epoch when onEpochEnd asks for it', async () => {
    const { history } = await train({}, [{ onEpochEnd: stop }]);
    expect(history).toMatchObject({ steps: 5, aborted: false });
    expect(history.history.loss.length).toBe(1);
  });

  it('comes within the epoch when onBatchEnd asks for it, and the model keeps the steps done', async () => {
    const model = smallDense();
    const ended: number[] = [];
    const onTrainEnd: Callback['onTrainEnd'] = ({ steps }) => void ended.push(steps);
    const options: FitOptions = { epochs: 2, batchSize: 4, callbacks: [{ onBatchEnd: stop, onTrainEnd }], pool };
    const history = await fit(model, endless, options);
    expect(history.steps).toBeGreaterThan(0);
    expect(history.steps).toBeLessThan(ENDLESS / 4);
    expect(history.history.loss).toEqual([]);
    expect(ended).toEqual([history.steps]);
    expect(weightsOf(model)).not.toEqual(weightsOf(smallDense()));
  });

  it('in the last step of an epoch leaves it whole, with its own validation loss', async () => {
    // One step an epoch: whether the wish to stop comes while it is done or thereafter, the epoch is the last.
    const count = 30_000;
    const many = { x: uniform(count * 9), y: uniform(count * 3, 2) };
    const options: FitOptions = { epochs: 3, batchSize: 0.8 * count, validationSplit: 0.2, pool };
    const wanted = await fit(smallDense(), many, options);
    const controller = new AbortController();
    const onEpochBegin = (epoch: number) => {
      if (epoch === 1) setImmediate(() => controller.abort());
    };
    const { signal } = controller;
    const history = await fit(smallDense(), many, { ...options, signal, callbacks: [{ onEpochBegin }] });
    expect(history.aborted).toBe(true);
    expect(history.history.loss).toEqual(wanted.history.loss.slice(0, 2));
    expect(history.history.val_loss).toEqual(wanted.history.val_loss?.slice(0, 2));
  });
});

describe('a signal', () => {
  it('ends training with the running step, and the pool goes on', async () => {
    const wanted = weightsOf((await train()).model);
    const controller = new AbortController();
    let done = 0;
    const onBatchEnd = () => {
      if (controller.signal.aborted) return;
      controller.abort();
      done = Atomics.load(pool.control, CONTROL.steps);
    };
    const { signal } = controller;
    const options: FitOptions = { epochs: 3, batchSize: 4, callbacks: [{ onBatchEnd }], signal, pool };
    const history = await fit(smallDense(), endless, options);
    expect(history.aborted).toBe(true);
    expect(history.steps).toBeGreaterThanOrEqual(done);
    expect(history.steps).toBeLessThanOrEqual(done + 1);
    expect(done).toBeLessThan(ENDLESS / 4);
    expect(weightsOf((await train()).model)).toEqual(wanted);
  });

  it('that came before keeps training from beginning', async () => {
    const { model, history } = await train({ signal: AbortSignal.abort() });
    expect(history).toMatchObject({ history: { loss: [] }, steps: 0, aborted: true });
    expect(weightsOf(model)).toEqual(weightsOf(smallDense()));
  });

  it('that comes between epochs keeps the next one from beginning', async () => {
    const controller = new AbortController();
    const onEpochBegin = (epoch: number) => {
      if (epoch === 1) controller.abort();
    };
    const { history } = await train({ signal: controller.signal }, [{ onEpochBegin }]);
    expect(history).toMatchObject({ steps: 5, aborted: true });
    expect(history.history.loss.length).toBe(1);
  });

  it('that comes after the last step has ended nothing', async () => {
    const controller = new AbortController();
    const onEpochEnd = (epoch: number) => {
      if (epoch === 2) controller.abort();
    };
    const { history } = await train({ signal: controller.signal }, [{ onEpochEnd }]);
    expect(history).toMatchObject({ steps: 15, aborted: false });
    expect(history.history.loss.length).toBe(3);
  });

  it('that never comes changes nothing', async () => {
    const { history } = await train({ signal: new AbortController().signal });
    expect(history).toMatchObject({ steps: 15, aborted: false });
  });
});

describe('weights that a callback changes', () => {
  const fill = (model: TrainControl['model'], value: number) => {
    for (const { weight } of model.weights) weight.assign(weight.data.map(() => value));
  };

  it('after an epoch are what the next one begins with', async () => {
    const zeroed: FitOptions = { ...usual, epochs: 2, optimizer: still, pool };
    const onEpochEnd = (epoch: number, _: unknown, { model }: TrainControl) => {
      if (epoch === 0) fill(model, 0);
    };
    const model = smallDense();
    const {
      history: { loss },
    } = await fit(model, data, { ...zeroed, callbacks: [{ onEpochEnd }] });
    const zeros = smallDense();
    fill(zeros, 0);
    const wanted = await fit(zeros, data, { ...zeroed, epochs: 1 });
    expect(loss[1]).toBeCloseTo(wanted.history.loss[0], 6);
    expect(loss[1]).not.toBeCloseTo(loss[0], 3);
    expect(weightsOf(model)).toEqual(weightsOf(zeros));
  });

  it.each(['onTrainBegin', 'onEpochBegin'])('in %s are what the epoch begins with', async (event) => {
    const model = smallDense();
    const fillAtFirst: Callback = { [event]: () => fill(model, 0) };
    await fit(model, data, { ...usual, epochs: 1, callbacks: [fillAtFirst], pool });
    const zeros = smallDense();
    fill(zeros, 0);
    await fit(zeros, data, { ...usual, epochs: 1, pool });
    expect(weightsOf(model)).toEqual(weightsOf(zeros));
  });
});
