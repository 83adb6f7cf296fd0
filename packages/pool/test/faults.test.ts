import { rmSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SGD } from '@weft/nn';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FitOptions, fit, NonFiniteError, TerminateOnNaN } from '../src/index.js';
import { smallDense, uniform, weightsOf } from './support/models.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'weft-faults-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const COUNT = 40;
const STEPS = 5;
const data = { x: uniform(COUNT * 9), y: uniform(COUNT * 3, 2) };
const usual: FitOptions = { epochs: 3, batchSize: 8, shuffle: false, threads: 2 };

async function train(options: Partial<FitOptions> = {}, examples = data) {
  const model = smallDense();
  const history = await fit(model, examples, { ...usual, ...options });
  return { weights: weightsOf(model), history };
}

describe('a loss that is no finite number', () => {
  /** Examples of which one is NaN, in the step that is named. */
  const poisoned = (step: number) => {
    const x = data.x.slice();
    x[(step * 8 + 3) * 9] = Number.NaN;
    return { ...data, x };
  };

  it.each([0, 2, STEPS - 1])('ends training after the step, which is named: step %i', async (step) => {
    const checkpoints = { directory, every: { steps: 2 } };
    const done: number[] = [];
    const onBatchEnd = (batch: number) => void done.push(batch);
    const error = await train({ checkpoints, callbacks: [{ onBatchEnd }] }, poisoned(step)).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(NonFiniteError);
    expect(error).toMatchObject({ epoch: 0, step });
    expect((error as Error).message).toContain(
      `The loss is not a finite number after step ${step + 1} of epoch 1: x holds NaN in example ${step * 8 + 3} (from 0), at [0]. Replace it`,
    );
    expect(done).toEqual(Array.from({ length: step + 1 }, (_, index) => index));
    // The newest checkpoint is the one before, and is named.
    const newest = (await readdir(directory)).sort().at(-1);
    const last = step - (step % 2);
    if (last === 0) expect(newest).toBeUndefined();
    else expect((error as Error).message).toContain(`last good checkpoint is ${join(directory, newest ?? 'none')}`);
    expect(newest ?? '00000000').toContain(String(last).padStart(8, '0'));
  });

  it('is accepted if that is wanted, and no checkpoint is written after it', async () => {
    const warnings: string[] = [];
    const onWarning = (message: string) => void warnings.push(message);
    const checkpoints = { directory, every: { steps: 2 } };
    const { history } = await train({ checkpoints, onNaN: 'continue', onWarning }, poisoned(2));
    expect(history.steps).toBe(3 * STEPS);
    expect(history.history.loss).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect((await readdir(directory)).map((file) => /\d{8}/.exec(file)?.[0])).toEqual(['00000002']);
    expect(warnings).toEqual(['Weights are not finite numbers: no more checkpoints are written.']);
  });

  it('is left to a callback that watches for it', async () => {
    const watch = new TerminateOnNaN();
    const { history } = await train({ callbacks: [watch] }, poisoned(3));
    expect(watch.stoppedAt).toEqual({ epoch: 0, batch: 3 });
    expect(history).toMatchObject({ steps: 4, history: { loss: [] } });
  });

  it('may be that of the validation', async () => {
    const error = train({ validationSplit: 0.2, batchSize: 8 }, poisoned(4));
    await expect(error).rejects.toThrow('The validation loss is not a finite number after step 4 of epoch 1');
  });
});

describe('gradients that are no finite numbers', () => {
  it('are met in the weights, at the end of the epoch or when a checkpoint is due', async () => {
    const optimizer = new SGD({ learningRate: 3e38 });
    const far = { ...data, y: data.y.map((value) => 1000 * value) };
    const checkpoints = { directory, every: { steps: 1 } };
    for (const options of [{ checkpoints }, { batchSize: COUNT }]) {
      const error = await train({ ...options, optimizer }, far).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ name: 'NonFiniteError', epoch: 0, step: 0 });
      expect((error as Error).message).toContain('A weight is not a finite number after step 1 of epoch 1');
    }
    expect(await readdir(directory)).toEqual([]);
  });
});

describe('a checkpoint that cannot be written', () => {
  it('is reported, and training continues; what is whole stays', async () => {
    const folder = join(directory, 'checkpoints');
    const warnings: string[] = [];
    // A file where the folder is to be: also root cannot write into that.
    const onTrainBegin = () => writeFile(folder, 'mine');
    const { weights } = await train({
      checkpoints: { directory: folder, every: {} },
      onWarning: (message) => {
        warnings.push(message);
        rmSync(folder);
      },
      callbacks: [{ onTrainBegin }],
    });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(
      /The checkpoint after step 5 could not be written: .+ Training continues; there is none yet./,
    );
    expect(weights).toEqual((await train()).weights);
    expect(await readdir(folder)).toHaveLength(2);
  });
});

describe('options of checkpoints', () => {
  it.each([
    [{ checkpoints: {} }, 'checkpoints: directory: got undefined; expected the path of a folder.'],
    [{ checkpoints: 'folder' }, "checkpoints: the options are 'folder'; expected an object"],
    [{ checkpoints: { directory: 'x', name: '../x' } }, "name: got '../x'; expected letters, digits, - and _ only."],
    [{ checkpoints: { directory: 'x', keep: 0 } }, 'keep: got 0; expected a whole number from 1.'],
    [{ checkpoints: { directory: 'x', every: { steps: 0.5 } } }, 'steps: got 0.5; expected a whole number from 1.'],
    [{ checkpoints: { directory: 'x', every: { seconds: 0 } } }, 'every: seconds: got 0; expected a number above 0'],
    [{ checkpoints: { directory: 'x', every: { minutes: 1 } } }, "there is no option 'minutes'"],
    [{ resumeFrom: 3 }, 'resumeFrom: got 3; expected the path of a checkpoint'],
    [{ onNaN: 'ignore' }, "onNaN: got 'ignore'; expected 'stop' or 'continue'."],
    [{ onWarning: true }, 'onWarning: got true; expected a function'],
  ])('are refused if they are not what they must be: %j', async (options, message) => {
    await expect(train(options as Partial<FitOptions>)).rejects.toThrow(message);
  });
});
