import { log, mean, mul, neg, square, sub } from '@weft/core';
import {
  Adam,
  auc,
  BatchNormalization,
  Dense,
  Dropout,
  input,
  Model,
  type ModelLoss,
  metricOf,
  Sequential,
  SGD,
} from '@weft/nn';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type FitOptions, fit, type Update } from '../src/index.js';
import { breakingOff, directory, pools, prepare } from './support/checkpoint-training.js';
import { uniform, weightsOf } from './support/models.js';

prepare();

const COUNT = 40;
const EPOCHS = 3;
/** Of an epoch; the last one is short. */
const STEPS = 5;
const data = {
  x: uniform(COUNT * 4),
  y: { real: uniform(COUNT * 2, 2), label: uniform(COUNT, 3).map((value) => Number(value > 0.5)) },
};

/** A maker with a shared dropout that is called twice, and a critic with batch normalisation. */
function players() {
  const noise = input({ shape: [4], name: 'noise' });
  const dropout = new Dropout({ rate: 0.3, name: 'dropout' });
  const normal = new BatchNormalization({ momentum: 0.8, name: 'normal' });
  const hidden = normal.apply(dropout.apply(new Dense({ units: 6, activation: 'tanh', name: 'in' }).apply(noise)));
  const maker = new Model({
    inputs: { noise },
    outputs: {
      real: new Dense({ units: 2, name: 'out' }).apply(normal.apply(dropout.apply(hidden))),
      label: new Dense({ units: 1, activation: 'sigmoid', name: 'guess' }).apply(hidden),
    },
    name: 'maker',
  });
  const critic = new Sequential(
    [new Dense({ units: 5 }), new BatchNormalization(), new Dense({ units: 1, activation: 'sigmoid' })],
    { inputShape: [2], name: 'critic' },
  );
  const judge: ModelLoss = ({ outputs, targets, context }) =>
    neg(mean(log(mul(critic.call(targets.real, context), sub(1, critic.call(outputs.real, context)))), 1));
  const deceive: ModelLoss = ({ outputs, targets, context }) =>
    sub(mean(square(sub(outputs.label, targets.label)), 1), mean(log(critic.call(outputs.real, context))));
  const updates: Update[] = [
    { name: 'critic', loss: judge, weights: critic, optimizer: new SGD({ learningRate: 0.1, momentum: 0.9 }) },
    { name: 'maker', loss: deceive, weights: maker, optimizer: new Adam({ learningRate: 0.02 }) },
  ];
  return { maker, critic, updates };
}

async function train(options: Partial<FitOptions>, pool = pools[0]) {
  const { maker, critic, updates } = players();
  const metrics = { label: [auc, metricOf((p, t) => mean(square(sub(p, t)), 1), 'square')] };
  const usual = { epochs: EPOCHS, batchSize: 7, validationSplit: 0.25, metrics, updates, pool };
  const { history } = await fit(maker, data, { ...usual, ...options });
  return { maker: weightsOf(maker), critic: weightsOf(critic), history };
}

it('a training with state, draws, several updates and scores ends, resumed, with the bits of an undisturbed one', async () => {
  const wanted = await train({});
  expect(Object.keys(wanted.history)).toContain('val_label_auc');
  expect(await train({}, pools[1])).toEqual(wanted);
  const cases = fc.record({
    every: fc.constantFrom(1, 2, 3),
    breaks: fc.array(fc.integer({ min: 1, max: EPOCHS * STEPS }), { minLength: 1, maxLength: 3 }),
  });
  let number = 0;
  await fc.assert(
    fc.asyncProperty(cases, async ({ every, breaks }) => {
      const folder = `${directory}/case-${number++}`;
      const resumable = { checkpoints: { directory: folder, every: { steps: every } }, resumeFrom: folder };
      for (const [index, steps] of breaks.entries()) {
        await train({ ...resumable, ...breakingOff(steps) }, pools[index % 2]);
      }
      expect(await train(resumable, pools[breaks.length % 2])).toEqual(wanted);
    }),
    { numRuns: 8 },
  );
});
