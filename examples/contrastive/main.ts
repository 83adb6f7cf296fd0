/**
 * Contrastive learning, as in SimCLR: a network learns which two noisy views are of the same wave, out of all waves in
 * the batch. The examples meet in the loss: a matrix product compares each with every other.
 */
import {
  Dense,
  fit,
  input,
  Model,
  type ModelLoss,
  predict,
  RandomStream,
  Sequential,
  type Tensor,
  tensor,
  weightsSha256,
} from '@weft/pool';

const LENGTH = 32;

/** Two views of each of many random waves: a view begins anywhere, has a height of its own, and noise. */
function drawPairs(count: number, seed: number): Record<'left' | 'right', Float32Array> {
  const random = new RandomStream(seed, 0);
  const views = { left: new Float32Array(count * LENGTH), right: new Float32Array(count * LENGTH) };
  for (let first = 0; first < count * LENGTH; first += LENGTH) {
    const [slow, fast] = [0.2 + 0.4 * random.uniform(), 0.8 + 0.8 * random.uniform()];
    for (const view of [views.left, views.right]) {
      const [start, height] = [6 * random.uniform(), 0.5 + random.uniform()];
      for (let at = 0; at < LENGTH; at++) {
        const wave = Math.sin(slow * (at + start)) + Math.sin(fast * (at + start));
        view[first + at] = height * wave + 0.1 * random.normal();
      }
    }
  }
  return views;
}

const hidden = () => new Dense({ units: 64, activation: 'relu' });
const encoder = new Sequential([hidden(), hidden(), new Dense({ units: 16 })], { inputShape: [LENGTH] });
const inputs = { left: input({ shape: [LENGTH] }), right: input({ shape: [LENGTH] }) };
const outputs = { left: encoder.apply(inputs.left), right: encoder.apply(inputs.right) };
const model = new Model({ inputs, outputs, seed: 1 });

const unit = (codes: Tensor): Tensor => codes.div(codes.square().sum(1, { keepDims: true }).sqrt());
const cosines = (one: Tensor, other: Tensor): Tensor => unit(one).matmul(unit(other), { transposeB: true });

const loss: ModelLoss = ({ outputs: { left, right } }) => {
  const withOwn = unit(left).mul(unit(right)).sum(1);
  return cosines(left, right).div(0.1).logSumExp(1).sub(withOwn.div(0.1));
};
const { history } = await fit(model, { x: drawPairs(4000, 1) }, { epochs: 20, batchSize: 100, loss });
for (const [epoch, value] of history.loss.entries()) console.log(`epoch ${epoch + 1} loss ${value.toFixed(4)}`);

const { left, right } = await predict(model, drawPairs(100, 2));
const nearest = cosines(tensor(left, [100, 16]), tensor(right, [100, 16]))
  .argMax(1)
  .toArray();
console.log(`${nearest.filter((found, pair) => found === pair).length} of 100 unseen pairs are found`);
console.log(`weights ${weightsSha256(model).slice(0, 16)}`);
