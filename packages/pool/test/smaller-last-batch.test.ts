import { expect, it } from 'vitest';
import {
  add,
  Dense,
  fit,
  type ModelLoss,
  mean,
  Sequential,
  SGD,
  slice,
  square,
  sub,
  tensor,
  trainStep,
  WorkerPool,
} from '../src/index.js';
import { uniform } from './support/models.js';

const [count, batchSize] = [13, 6];
const x = uniform(count * 6);
const make = () =>
  new Sequential([new Dense({ units: 4, activation: 'tanh' }), new Dense({ units: 3 })], { inputShape: [6], seed: 3 });

/** In a batch of one its gradients are put together in another way than in larger batches. */
const loss: ModelLoss = ({ outputs }) => {
  const [z] = Object.values(outputs);
  const [examples] = z.shape;
  if (examples < 2) return mean(square(z));
  const ends = add(slice(z, [0], [1]), slice(z, [examples - 1], [examples]));
  return mean(square(sub(z, ends)));
};

it('an optimiser finds the gradients of a smaller last batch where they are', async () => {
  const wanted = make();
  const step = trainStep(wanted, new SGD({ learningRate: 0.05 }));
  for (let begin = 0; begin < count; begin += batchSize) {
    const examples = Math.min(batchSize, count - begin);
    const batch = tensor(x.slice(begin * 6, (begin + examples) * 6), [examples, 6]);
    step((context) => loss({ outputs: { z: wanted.call(batch, context) } } as unknown as Parameters<ModelLoss>[0]));
  }
  for (const threads of [1, 2]) {
    await using pool = await WorkerPool.create({ threads });
    const model = make();
    const optimizer = new SGD({ learningRate: 0.05 });
    await fit(model, { x }, { loss, optimizer, epochs: 1, batchSize, shuffle: false, pool });
    model.weights.forEach(({ path, data }, which) => {
      data.forEach((value, at) => {
        expect(value, `${path} at ${at}`).toBeCloseTo(wanted.weights[which].data[at], 5);
      });
    });
  }
});
