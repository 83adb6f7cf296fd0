/**
 * A variational autoencoder of pictures of a spot: codes are drawn from normal distributions that an encoder gives. The
 * loss looks at both models: how unlike pictures come back, and how far from N(0, 1) the distributions are.
 */
import {
  Adam,
  binaryCrossentropy,
  Dense,
  fit,
  input,
  Model,
  type ModelLoss,
  predict,
  RandomStream,
  Sequential,
  weightsSha256,
} from '@weft/pool';

const SIDE = 10;
const PIXELS = SIDE * SIDE;

const random = new RandomStream(1, 0);
const x = new Float32Array(1000 * PIXELS);
for (let first = 0; first < x.length; first += PIXELS) {
  const [row, column] = [SIDE * random.uniform(), SIDE * random.uniform()];
  for (let pixel = 0; pixel < PIXELS; pixel++) {
    const [down, right] = [Math.floor(pixel / SIDE) - row, (pixel % SIDE) - column];
    x[first + pixel] = 1 / (1 + (down * down + right * right) ** 2 / 16);
  }
}

const picture = input({ shape: [PIXELS], name: 'picture' });
const hidden = new Dense({ units: 64, activation: 'relu' }).apply(picture);
const [mean, logVariance] = [new Dense({ units: 2 }).apply(hidden), new Dense({ units: 2 }).apply(hidden)];
const encoder = new Model({ inputs: picture, outputs: { mean, logVariance }, name: 'encoder', seed: 1 });
const decoder = new Sequential(
  [new Dense({ units: 64, activation: 'relu' }), new Dense({ units: PIXELS, activation: 'sigmoid' })],
  { inputShape: [2], name: 'decoder', seed: 2 },
);

const loss: ModelLoss = ({ inputs: { picture }, outputs: { mean, logVariance }, context }) => {
  // Nothing is drawn in a validation: there the code is the mean.
  const noise = context.draw('code', 'normal', mean.shape) ?? 0;
  const again = decoder.call(logVariance.div(2).exp().mul(noise).add(mean), context);
  const divergence = mean.square().add(logVariance.exp()).sub(logVariance).sub(1).sum(1).div(2);
  return binaryCrossentropy(again, picture).mul(PIXELS).add(divergence);
};
const updates = [{ loss, weights: [encoder, decoder], optimizer: new Adam({ learningRate: 0.003 }) }];
const { history } = await fit(encoder, { x }, { epochs: 30, batchSize: 50, updates });
for (const [epoch, value] of history.loss.entries()) console.log(`epoch ${epoch + 1} loss ${value.toFixed(3)}`);

const again = await predict(new Model({ inputs: picture, outputs: decoder.apply(mean) }), x);
const error = again.reduce((sum, value, at) => sum + (value - x[at]) ** 2, 0) / x.length;
console.log(`mean squared error ${error.toFixed(4)}`);
console.log(`weights ${weightsSha256(encoder, decoder).slice(0, 16)}`);
