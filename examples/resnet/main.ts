/**
 * A small residual network that tells coloured shapes apart in pictures of 32x32x3: discs, rings, squares and crosses of any
 * colour, size and place on a darker background, with noise. Blocks add what they were given to what they make.
 */
import {
  Activation,
  Adam,
  Add,
  accuracy,
  BatchNormalization,
  Conv2D,
  CosineDecay,
  Dense,
  evaluate,
  fit,
  GlobalAveragePooling2D,
  input,
  Model,
  RandomStream,
  type SymbolicTensor,
  sparseCategoricalCrossentropy,
  weightsSha256,
} from '@weft/pool';

const SIDE = 32;
const WANTED = 0.95;

/** Whether a shape has the point that lies (right, down) of its middle, as parts of its radius. */
const SHAPES: readonly ((right: number, down: number) => boolean)[] = [
  (right, down) => right * right + down * down < 1,
  (right, down) => Math.abs(right * right + down * down - 0.7) < 0.3,
  (right, down) => Math.max(Math.abs(right), Math.abs(down)) < 0.85,
  (right, down) => Math.max(Math.abs(right), Math.abs(down)) < 1 && Math.min(Math.abs(right), Math.abs(down)) < 0.3,
];

/** Pictures [count, SIDE, SIDE, 3], and the numbers of their shapes. */
function draw(count: number, seed: number) {
  const random = new RandomStream(seed, 0);
  const x = new Float32Array(count * SIDE * SIDE * 3);
  const y = new Int32Array(count);
  for (let picture = 0; picture < count; picture++) {
    y[picture] = picture % SHAPES.length;
    const radius = 5 + 7 * random.uniform();
    const [left, top] = [random.uniform(), random.uniform()].map((place) => radius + place * (SIDE - 2 * radius));
    const colours = Array.from({ length: 6 }, (_, channel) => (random.uniform() + (channel < 3 ? 0 : 1)) / 2);
    for (let at = 0; at < SIDE * SIDE * 3; at++) {
      const [column, row] = [Math.floor(at / 3) % SIDE, Math.floor(at / 3 / SIDE)];
      const isInside = SHAPES[y[picture]]((column - left) / radius, (row - top) / radius);
      x[picture * SIDE * SIDE * 3 + at] = colours[(at % 3) + (isInside ? 3 : 0)] + 0.05 * random.normal();
    }
  }
  return { x, y };
}

const normalised = (x: SymbolicTensor, filters: number, kernelSize: number, strides = 1) =>
  new BatchNormalization({ momentum: 0.9 }).apply(
    new Conv2D({ filters, kernelSize, strides, padding: 'same', useBias: false }).apply(x),
  );
const relu = (x: SymbolicTensor) => new Activation({ activation: 'relu' }).apply(x);

/** Two convolutions, and a way past them: of 1x1 where the size changes. */
function block(x: SymbolicTensor, filters: number, strides: number): SymbolicTensor {
  const way = normalised(relu(normalised(x, filters, 3, strides)), filters, 3);
  return relu(new Add().apply([way, strides === 1 ? x : normalised(x, filters, 1, strides)]));
}

const picture = input({ shape: [SIDE, SIDE, 3] });
const stages = block(block(block(relu(normalised(picture, 16, 3)), 16, 1), 32, 2), 64, 2);
const outputs = new Dense({ units: SHAPES.length, activation: 'softmax' }).apply(
  new GlobalAveragePooling2D().apply(stages),
);
const model = new Model({ inputs: picture, outputs, seed: 1 });

const data = draw(1200, 1);
const [epochs, batchSize] = [6, 40];
const learningRate = new CosineDecay({ initialLearningRate: 0.004, decaySteps: (epochs * 1200) / batchSize });
const options = { loss: sparseCategoricalCrossentropy, metrics: [accuracy] };
const { history } = await fit(model, data, { ...options, epochs, batchSize, optimizer: new Adam({ learningRate }) });
for (const [epoch, loss] of history.loss.entries()) console.log(`epoch ${epoch + 1} loss ${loss.toFixed(4)}`);

const unseen = await evaluate(model, draw(400, 2), options);
console.log(`accuracy ${unseen.accuracy.toFixed(3)} on unseen pictures, wanted ${WANTED}`);
console.log(`weights ${weightsSha256(model).slice(0, 16)}`);
if (!(unseen.accuracy >= WANTED)) throw new Error('The accuracy is too low.');
