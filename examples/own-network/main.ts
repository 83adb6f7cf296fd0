/**
 * A network of one's own, with @weft/core and @weft/nn: it learns to tell upright bars from level ones in noisy pictures.
 *
 * The training loop is written out, to show what there is below `fit`: a loss, its gradients, an optimiser's step.
 */
import { compute, grad, RandomStream, type Tensor, tensor, zeros } from '@weft/core';
import { Adam, binaryCrossentropy, Conv2D, Dense, Flatten, MaxPooling2D, Sequential } from '@weft/nn';

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
const optimizer = new Adam({ learningRate: 0.02 });
const shapes = model.parameters.map(({ shape }) => shape);
let weights = model.parameters.map(({ data, shape }) => tensor(data, shape));
let states = shapes.map((shape) => Array.from({ length: optimizer.slots }, () => zeros(shape)));

for (let step = 1; step <= STEPS; step++) {
  const loss = binaryCrossentropy(model.call(pictures, { training: true }, weights), labels);
  const gradients = grad(loss, weights);
  const scalars = tensor([...optimizer.scalars(step)]);
  const updates = weights.map((parameter, index) =>
    optimizer.update({ parameter, gradient: gradients[index], state: states[index], scalars }),
  );
  // Nothing has been computed so far. The whole step is asked for at once, and what its parts share is computed once.
  const wanted = [loss, ...updates.flatMap(({ parameter, state }) => [parameter, ...state])];
  const values = compute(wanted).map((data, index) => tensor(data, wanted[index].shape));
  const stride = 1 + optimizer.slots;
  weights = shapes.map((_, index) => values[1 + index * stride]);
  states = shapes.map((_, index) => values.slice(2 + index * stride, 1 + (index + 1) * stride));
  if (step % 8 === 0 || step === 1) console.log(`step ${step} loss ${values[0].item().toFixed(4)}`);
}

const guesses = model.call(pictures, { training: false }, weights).toArray();
const right = labels.toArray().filter((label, index) => Math.round(guesses[index]) === label).length;
console.log(`${right} of ${COUNT} pictures are told right`);
