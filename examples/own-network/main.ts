/**
 * A network of one's own, with @weft/core and @weft/nn: it learns to tell upright bars from level ones in noisy pictures.
 *
 * The training loop is written out, to show what there is below `fit`: a loss, and one step of an optimiser after another.
 */
import { RandomStream, type Tensor, tensor } from '@weft/core';
import { Adam, binaryCrossentropy, Conv2D, Dense, Flatten, MaxPooling2D, Sequential, trainStep } from '@weft/nn';

const SIZE = 8;
const COUNT = 64;
const STEPS = 40;

/** Pictures [COUNT, SIZE, SIZE, 1] with a bar each, and labels [COUNT, 1]: 1 for upright, 0 for level. */
function drawBars(): { pictures: Tensor; labels: Tensor } {
  const random = new RandomStream(7, 0);
  const pixels = new Float32Array(COUNT * SIZE * SIZE);
  const upright = new Float32Array(COUNT);
  for (let picture = 0; picture < COUNT; picture++) {
    upright[picture] = picture % 2;
    const place = random.integer(SIZE);
    for (let row = 0; row < SIZE; row++) {
      for (let column = 0; column < SIZE; column++) {
        const bar = (picture % 2 === 1 ? column : row) === place ? 0.7 : 0;
        pixels[(picture * SIZE + row) * SIZE + column] = bar + 0.3 * random.uniform();
      }
    }
  }
  return { pictures: tensor(pixels, [COUNT, SIZE, SIZE, 1]), labels: tensor(upright, [COUNT, 1]) };
}

const model = new Sequential(
  [
    new Conv2D({ filters: 8, kernelSize: 3, activation: 'relu' }),
    new MaxPooling2D(),
    new Flatten(),
    new Dense({ units: 1, activation: 'sigmoid' }),
  ],
  { inputShape: [SIZE, SIZE, 1], seed: 1 },
);
console.log(model.summary());

const { pictures, labels } = drawBars();
// One step on one core: gradients, the optimiser's update of every weight, and its state. It is compiled once.
const step = trainStep(model, new Adam({ learningRate: 0.02 }));

for (let number = 1; number <= STEPS; number++) {
  const { loss } = step((context) => binaryCrossentropy(model.call(pictures, context), labels));
  if (number % 8 === 0 || number === 1) console.log(`step ${number} loss ${loss.toFixed(4)}`);
}

const guesses = model.call(pictures).toArray();
const right = labels.toArray().filter((label, index) => Math.round(guesses[index]) === label).length;
console.log(`${right} of ${COUNT} pictures are told right`);
