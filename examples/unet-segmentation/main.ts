/**
 * A U-Net that finds discs and squares in pictures of 64x64x1: which pixels belong to one, and which to the background, to
 * noise, or to the thin lines that cross it. Connections skip from the way down to the way up.
 */
import {
  Activation,
  Adam,
  BatchNormalization,
  binaryCrossentropy,
  binaryIoU,
  Concatenate,
  Conv2D,
  CosineDecay,
  dice,
  evaluate,
  fit,
  input,
  type Loss,
  MaxPooling2D,
  Model,
  metricOf,
  RandomStream,
  type SymbolicTensor,
  UpSampling2D,
  weightsSha256,
} from '@weft/pool';

const SIDE = 64;
const PIXELS = SIDE * SIDE;
const WANTED = 0.95;

/** Pictures and masks, both [count, SIDE, SIDE, 1]. */
function draw(count: number, seed: number) {
  const random = new RandomStream(seed, 0);
  const between = (least: number, most: number) => least + (most - least) * random.uniform();
  const [x, y] = [new Float32Array(count * PIXELS), new Float32Array(count * PIXELS)];
  for (let picture = 0; picture < count; picture++) {
    const shapes = Array.from({ length: 3 }, (_, number) => {
      const radius = between(5, 11);
      const [left, top] = [between(radius, SIDE - radius), between(radius, SIDE - radius)];
      return { isDisc: number < 2, radius, left, top, brightness: between(0.3, 0.8) };
    });
    const line = { begin: between(0, SIDE), slope: between(-0.5, 0.5), brightness: between(0.3, 0.8) };
    for (let pixel = 0; pixel < PIXELS; pixel++) {
      const [column, row] = [pixel % SIDE, Math.floor(pixel / SIDE)];
      const found = shapes.find(({ isDisc, radius, left, top }) => {
        const [right, down] = [Math.abs(column - left), Math.abs(row - top)];
        return isDisc ? right * right + down * down < radius * radius : Math.max(right, down) < 0.8 * radius;
      });
      const isLine = Math.abs(row - line.begin - line.slope * column) < 1.2;
      const at = picture * PIXELS + pixel;
      y[at] = found ? 1 : 0;
      x[at] = (found?.brightness ?? (isLine ? line.brightness : 0)) + 0.2 * (column / SIDE) + 0.15 * random.normal();
    }
  }
  return { x, y };
}

function convolved(x: SymbolicTensor, filters: number): SymbolicTensor {
  const z = new Conv2D({ filters, kernelSize: 3, padding: 'same', useBias: false }).apply(x);
  return new Activation({ activation: 'relu' }).apply(new BatchNormalization({ momentum: 0.9 }).apply(z));
}
const up = (x: SymbolicTensor, skipped: SymbolicTensor) =>
  new Concatenate().apply([skipped, new UpSampling2D().apply(x)]);

const picture = input({ shape: [SIDE, SIDE, 1] });
const large = convolved(picture, 8);
const middle = convolved(new MaxPooling2D().apply(large), 16);
const small = convolved(new MaxPooling2D().apply(middle), 32);
const least = convolved(new MaxPooling2D().apply(small), 32);
const smallAgain = convolved(up(least, small), 32);
const middleAgain = convolved(up(smallAgain, middle), 16);
const largeAgain = convolved(up(middleAgain, large), 8);
const outputs = new Conv2D({ filters: 1, kernelSize: 1, activation: 'sigmoid' }).apply(largeAgain);
const model = new Model({ inputs: picture, outputs, seed: 1 });

const [count, epochs, batchSize] = [300, 8, 10];
const learningRate = new CosineDecay({ initialLearningRate: 0.005, decaySteps: (epochs * count) / batchSize });
const loss: Loss = (prediction, target) => binaryCrossentropy(prediction, target).add(dice(prediction, target));
const options = { loss, metrics: [binaryIoU, metricOf(dice)] };
const optimizer = new Adam({ learningRate });
const { history } = await fit(model, draw(count, 1), { ...options, epochs, batchSize, optimizer });
for (const [epoch, value] of history.loss.entries()) console.log(`epoch ${epoch + 1} loss ${value.toFixed(4)}`);

const unseen = await evaluate(model, draw(100, 2), options);
console.log(
  `IoU ${unseen.binaryIoU.toFixed(3)}, soft Dice ${(1 - unseen.dice).toFixed(3)} on unseen pictures, wanted IoU ${WANTED}`,
);
console.log(`weights ${weightsSha256(model).slice(0, 16)}`);
if (!(unseen.binaryIoU >= WANTED)) throw new Error('The IoU is too low.');
