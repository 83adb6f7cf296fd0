/**
 * A classifier: on which of three spirals, which wind around each other, a point lies. Labels are whole numbers.
 */
import {
  Adam,
  accuracy,
  Dense,
  fit,
  RandomStream,
  Sequential,
  sparseCategoricalCrossentropy,
  weightsSha256,
} from '@weft/pool';

const SPIRALS = 3;
const POINTS = 1500;

const random = new RandomStream(1, 0);
const x = new Float32Array(POINTS * 2);
const y = new Int32Array(POINTS);
for (let point = 0; point < POINTS; point++) {
  y[point] = point % SPIRALS;
  const radius = random.uniform();
  const angle = 2 * Math.PI * (y[point] / SPIRALS + radius) + 0.15 * random.normal();
  x.set([radius * Math.cos(angle), radius * Math.sin(angle)], 2 * point);
}

const model = new Sequential(
  [
    new Dense({ units: 32, activation: 'relu' }),
    new Dense({ units: 32, activation: 'relu' }),
    new Dense({ units: SPIRALS, activation: 'softmax' }),
  ],
  { inputShape: [2], seed: 1 },
);

const { history } = await fit(
  model,
  { x, y },
  {
    epochs: 30,
    batchSize: 50,
    validationSplit: 0.2,
    loss: sparseCategoricalCrossentropy,
    metrics: [accuracy],
    optimizer: new Adam({ learningRate: 0.01 }),
  },
);

for (const [epoch, loss] of history.loss.entries()) console.log(`epoch ${epoch + 1} loss ${loss.toFixed(4)}`);
console.log(`accuracy ${history.val_accuracy?.at(-1)?.toFixed(3)} on points that it was not trained on`);
console.log(`weights ${weightsSha256(model).slice(0, 16)}`);
