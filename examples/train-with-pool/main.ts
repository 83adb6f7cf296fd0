/**
 * A network of one's own on all cores, with @weft/pool: it learns to say where in a picture a bright spot is.
 */
import {
  Adam,
  type Callback,
  Conv2D,
  Dense,
  evaluate,
  Flatten,
  fit,
  MaxPooling2D,
  predict,
  RandomStream,
  Sequential,
  weightsSha256,
} from '@weft/pool';

const SIZE = 12;

/** Noisy pictures of a spot, [count, SIZE, SIZE, 1], and where it is: row and column as parts of the side, [count, 2]. */
function drawSpots(count: number, seed: number): { x: Float32Array; y: Float32Array } {
  const random = new RandomStream(seed, 0);
  const x = new Float32Array(count * SIZE * SIZE);
  const y = new Float32Array(count * 2);
  for (let picture = 0; picture < count; picture++) {
    const place = [random.uniform(), random.uniform()];
    y.set(place, 2 * picture);
    for (let pixel = 0; pixel < SIZE * SIZE; pixel++) {
      const [down, right] = [Math.floor(pixel / SIZE) - place[0] * SIZE, (pixel % SIZE) - place[1] * SIZE];
      x[picture * SIZE * SIZE + pixel] = 1 / (1 + down * down + right * right) + 0.1 * random.uniform();
    }
  }
  return { x, y };
}

const layers = [
  new Conv2D({ filters: 8, kernelSize: 3, padding: 'same', activation: 'relu' }),
  new MaxPooling2D(),
  new Flatten(),
  new Dense({ units: 32, activation: 'relu' }),
  new Dense({ units: 2, activation: 'sigmoid' }),
];
const model = new Sequential(layers, { inputShape: [SIZE, SIZE, 1], seed: 1 });

const printing: Callback = {
  onEpochEnd: (epoch, { loss, val_loss = Number.NaN }) =>
    console.log(`epoch ${epoch + 1} loss ${loss.toFixed(5)} validation ${val_loss.toFixed(5)}`),
};
const optimizer = new Adam({ learningRate: 0.003 });
const options = { epochs: 8, batchSize: 50, validationSplit: 0.2, optimizer, callbacks: [printing] };
await fit(model, drawSpots(2000, 1), options);

const unseen = drawSpots(200, 2);
console.log(`unseen ${(await evaluate(model, unseen)).loss.toFixed(5)}`);
const [row, column] = await predict(model, unseen.x.subarray(0, SIZE * SIZE));
const wanted = [...unseen.y.subarray(0, 2)].map((part) => part.toFixed(2));
console.log(`the first spot is at ${wanted.join(', ')}; the network says ${row.toFixed(2)}, ${column.toFixed(2)}`);
console.log(`weights ${weightsSha256(model).slice(0, 16)}`);
