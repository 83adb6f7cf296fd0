/**
 * A small U-Net that takes the noise from pictures of stripes: a way down to few pixels, a way up again, and connections
 * that skip from one to the other. The noise is drawn in the training's program, anew in every epoch.
 */
import {
  Adam,
  Concatenate,
  Conv2D,
  type Corruption,
  evaluate,
  fit,
  input,
  MaxPooling2D,
  Model,
  RandomStream,
  random,
  type SymbolicTensor,
  UpSampling2D,
  weightsSha256,
} from '@weft/pool';

const SIDE = 16;
const NOISE = 0.3;

/** Pictures [count, SIDE, SIDE, 1] of stripes of any direction and width. */
function drawStripes(count: number, seed: number): Float32Array {
  const stream = new RandomStream(seed, 0);
  const pictures = new Float32Array(count * SIDE * SIDE);
  for (let first = 0; first < pictures.length; first += SIDE * SIDE) {
    const [down, right] = [stream.uniform(), stream.uniform()];
    for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
      pictures[first + pixel] = Math.sin(down * Math.floor(pixel / SIDE) + right * (pixel % SIDE)) > 0 ? 1 : 0;
    }
  }
  return pictures;
}

const convolved = (x: SymbolicTensor, filters: number) =>
  new Conv2D({ filters, kernelSize: 3, padding: 'same', activation: 'relu' }).apply(x);

const picture = input({ shape: [SIDE, SIDE, 1] });
const large = convolved(picture, 8);
const middle = convolved(new MaxPooling2D().apply(large), 16);
const small = convolved(new MaxPooling2D().apply(middle), 32);
const middleAgain = convolved(new Concatenate().apply([middle, new UpSampling2D().apply(small)]), 16);
const largeAgain = convolved(new Concatenate().apply([large, new UpSampling2D().apply(middleAgain)]), 8);
const outputs = new Conv2D({ filters: 1, kernelSize: 1, activation: 'sigmoid' }).apply(largeAgain);
const model = new Model({ inputs: picture, outputs, seed: 1 });

const corrupt: Corruption = (x, { seed, epochKeys }) =>
  x.add(random('normal', x.shape, { seed, keys: epochKeys }).mul(NOISE));
const optimizer = new Adam({ learningRate: 0.003 });
const { history } = await fit(model, { x: drawStripes(600, 1) }, { epochs: 8, corrupt, optimizer });
for (const [epoch, loss] of history.loss.entries()) console.log(`epoch ${epoch + 1} loss ${loss.toFixed(4)}`);

const { loss } = await evaluate(model, { x: drawStripes(200, 2) }, { corrupt });
console.log(`unseen ${loss.toFixed(4)}, where the noise's variance is ${(NOISE * NOISE).toFixed(4)}`);
console.log(`weights ${weightsSha256(model).slice(0, 16)}`);
