import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Adam, type Optimizer, SGD } from '@weft/nn';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Callback, CSVLogger, EarlyStopping, type FitOptions, fit, ModelCheckpoint } from '../src/index.js';
import {
  breakingOff,
  checkpointFiles,
  data,
  directory,
  EPOCHS,
  losses,
  pools,
  prepare,
  STEPS,
  train,
  usual,
} from './support/checkpoint-training.js';
import { smallDense, weightsOf, withDropout } from './support/models.js';

prepare();

const models = { dense: smallDense, dropout: withDropout };
const optimizers: Readonly<Record<string, () => Optimizer>> = {
  Adam: () => new Adam({ learningRate: 0.01 }),
  SGD: () => new SGD(),
  'SGD with momentum': () => new SGD({ momentum: 0.9, nesterov: true }),
};

describe('a training that was interrupted', () => {
  it('ends, resumed, with the bits of an uninterrupted one, wherever and however often it was interrupted', async () => {
    const cases = fc.record({
      model: fc.constantFrom('dense' as const, 'dropout' as const),
      optimizer: fc.constantFrom(...Object.keys(optimizers)),
      every: fc.oneof(fc.record({ steps: fc.integer({ min: 1, max: 6 }) }), fc.constant({ seconds: 0.001 })),
      breaks: fc.array(fc.integer({ min: 1, max: EPOCHS * STEPS }), { maxLength: 3 }),
      // As a process that is killed loses what it has not yet written.
      loses: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ model, optimizer, every, breaks, loses }) => {
        const folder = await mkdtemp(join(directory, 'case-'));
        const options = (): Partial<FitOptions> => ({ optimizer: optimizers[optimizer]() });
        const wanted = await train(options(), models[model]);
        const resumable = { checkpoints: { directory: folder, every }, resumeFrom: folder };
        for (const [index, steps] of breaks.entries()) {
          await train({ ...options(), ...resumable, ...breakingOff(steps) }, models[model], pools[index % 2]);
          const newest = (await readdir(folder)).sort().at(-1);
          if (loses && newest) await rm(join(folder, newest));
        }
        const resumed = await train({ ...options(), ...resumable }, models[model], pools[1]);
        expect(resumed.weights).toEqual(wanted.weights);
        expect(losses(resumed.history)).toEqual(losses(wanted.history));
      }),
      { numRuns: 25 },
    );
  });

  it('tells callbacks of its past, and of each step that is left, once', async () => {
    const wanted: number[] = [];
    const report = (events: number[]): Callback => ({
      onBatchEnd: (batch, { epoch, loss }) => void events.push(epoch, batch, loss),
    });
    const { history } = await train({ callbacks: [report(wanted)] });
    const got: number[] = [];
    await train({ checkpoints: { directory, every: { steps: 1 } }, ...breakingOff(8) });
    const steps = 3 * (EPOCHS * STEPS - Number(/\d{8}/.exec((await checkpointFiles()).at(-1) ?? '')?.[0]));
    let past: unknown;
    const onTrainBegin: Callback['onTrainBegin'] = ({
      initialEpoch,
      initialStep,
      past: {
        history: { loss },
      },
    }) => {
      past = { initialEpoch, steps: initialEpoch * STEPS + initialStep, loss: [...loss] };
    };
    await train({ resumeFrom: directory, callbacks: [{ ...report(got), onTrainBegin }] });
    expect(got).toEqual(wanted.slice(-steps));
    const epoch = EPOCHS - Math.ceil(steps / 3 / STEPS);
    expect(past).toEqual({
      initialEpoch: epoch,
      steps: EPOCHS * STEPS - steps / 3,
      loss: history.history.loss.slice(0, epoch),
    });
  });

  it('has callbacks go on where they were', async () => {
    const rows = async (name: string) =>
      (await readFile(join(directory, name), 'utf8')).split('\n').map((row) => row.split(',').slice(0, 3));
    // The loss falls and grows, so that weights of an earlier epoch come back, and not all are saved.
    const run = async (name: string, options: Partial<FitOptions>) => {
      const stopping = new EarlyStopping({ patience: 3, restoreBestWeights: true });
      const saving = new ModelCheckpoint({ path: join(directory, `${name}-{epoch}`), saveBestOnly: true });
      const logger = new CSVLogger({ path: join(directory, `${name}.csv`) });
      const callbacks = [stopping, saving, logger, ...(options.callbacks ?? [])];
      const optimizer = new Adam({ learningRate: 0.03 });
      const trained = await train({ ...options, epochs: 12, optimizer, callbacks });
      return { ...trained, stopped: stopping.stoppedEpoch };
    };
    const wanted = await run('wanted', {});
    expect(wanted.stopped).toBeDefined();
    for (let steps = 1; steps < wanted.history.steps; steps += 4) {
      const folder = join(directory, `checkpoints-${steps}`);
      const checkpoints = { directory: folder, every: { steps: 2 } };
      await run('got', { ...breakingOff(steps), checkpoints });
      const got = await run('got', { resumeFrom: folder, checkpoints });
      expect({ ...got, history: losses(got.history) }).toEqual({ ...wanted, history: losses(wanted.history) });
      expect(await rows('got.csv')).toEqual(await rows('wanted.csv'));
      // Resumed once more, there is nothing left to do.
      const again = await run('got', { resumeFrom: folder });
      expect(again.weights).toEqual(wanted.weights);
    }
    const saved = (name: string, files: string[]) =>
      files.flatMap((file) => (file.startsWith(`${name}-`) ? [file.slice(name.length)] : [])).sort();
    const files = await readdir(directory);
    expect(saved('got', files)).toEqual(saved('wanted', files));
  });

  it('has weights that callbacks change changed as often as without it', async () => {
    const run = async (options: Partial<FitOptions>) => {
      const model = smallDense();
      const change = (factor: number) => () => {
        for (const { weight } of model.weights) weight.assign(weight.data.map((value) => value * factor));
      };
      const changing = { onTrainBegin: change(0.5), onEpochBegin: change(0.9), onEpochEnd: change(1.1) };
      const callbacks = [changing, ...(options.callbacks ?? [])];
      await fit(model, data, { ...usual, ...options, callbacks, pool: pools[0] });
      return weightsOf(model);
    };
    const wanted = await run({});
    for (let steps = 1; steps < EPOCHS * STEPS; steps++) {
      const folder = join(directory, `changed-${steps}`);
      await run({ ...breakingOff(steps), checkpoints: { directory: folder, every: { steps: 1 } } });
      expect(await run({ resumeFrom: folder })).toEqual(wanted);
    }
  });

  it('begins anew where there is no checkpoint', async () => {
    const wanted = await train();
    for (const resumeFrom of [directory, join(directory, 'nowhere')]) {
      expect((await train({ resumeFrom })).weights).toEqual(wanted.weights);
    }
  });
});

describe('a training that was finished', () => {
  it('goes on when more epochs are asked for, as if they had been from the beginning', async () => {
    const wanted = await train({ epochs: 4 });
    await train({ epochs: 2, checkpoints: { directory } });
    const resumed = await train({ epochs: 4, checkpoints: { directory }, resumeFrom: directory });
    expect(resumed.weights).toEqual(wanted.weights);
    expect(losses(resumed.history)).toEqual(losses(wanted.history));
  });

  it('by a callback is as finished, and goes on when more epochs are asked for', async () => {
    const onEpochEnd: Callback['onEpochEnd'] = (_epoch, _logs, control) => {
      control.stopTraining = true;
    };
    const stopped = await train({ checkpoints: { directory }, callbacks: [{ onEpochEnd }] });
    expect(stopped.history.history.loss).toHaveLength(1);
    const again = await train({ resumeFrom: directory });
    expect(again).toEqual(stopped);
    const more = await train({ resumeFrom: directory, epochs: EPOCHS + 1 });
    expect(more.weights).toEqual((await train({ epochs: EPOCHS + 1 })).weights);
  });

  it('does no step when no more are', async () => {
    const wanted = await train({ checkpoints: { directory } });
    const onBatchEnd = () => expect.unreachable();
    const { weights, history } = await train({ resumeFrom: directory, callbacks: [{ onBatchEnd }] });
    expect(weights).toEqual(wanted.weights);
    expect(history).toEqual(wanted.history);
  });
});
