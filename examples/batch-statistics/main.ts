/**
 * A loss of statistics of the batch, as in VICReg: two noisy views of a clock's hand get codes that are alike, that
 * vary over the batch, and whose elements tell different things. Without the statistics all codes would become equal.
 */
import {
  Dense,
  fit,
  input,
  Model,
  type ModelLoss,
  meanSquaredError,
  predict,
  RandomStream,
  Sequential,
  type Tensor,
  tensor,
  weightsSha256,
} from '@weft/pool';

const SENSORS = 12;

/** Two views [count, SENSORS] of random directions: each sensor tells how near the hand is, with noise. */
function drawViews(count: number, seed: number): Record<'one' | 'other', Float32Array> {
  const random = new RandomStream(seed, 0);
  const views = { one: new Float32Array(count * SENSORS), other: new Float32Array(count * SENSORS) };
  for (let hand = 0; hand < count; hand++) {
    const direction = 2 * Math.PI * random.uniform();
    for (let sensor = 0; sensor < SENSORS; sensor++) {
      const nearness = Math.exp(4 * Math.cos(direction - (2 * Math.PI * sensor) / SENSORS) - 4);
      for (const view of [views.one, views.other]) view[hand * SENSORS + sensor] = nearness + 0.1 * random.normal();
    }
  }
  return views;
}

const layers = [new Dense({ units: 32, activation: 'tanh' }), new Dense({ units: 2, useBias: false })];
const encoder = new Sequential(layers, { inputShape: [SENSORS] });
const inputs = { one: input({ shape: [SENSORS] }), other: input({ shape: [SENSORS] }) };
const outputs = { one: encoder.apply(inputs.one), other: encoder.apply(inputs.other) };
const model = new Model({ inputs, outputs, seed: 1 });

function covariances(codes: Tensor): Tensor {
  const centred = codes.sub(codes.mean(0));
  return centred.matmul(centred, { transposeA: true }).div(codes.shape[0]);
}
const loss: ModelLoss = ({ outputs: { one, other } }) => {
  const wanted = tensor([1, 0, 0, 1], [2, 2]);
  const [ofOne, ofOther] = [one, other].map((codes) => covariances(codes).sub(wanted).square().sum());
  return meanSquaredError(one, other).mul(10).add(ofOne).add(ofOther);
};
const { history } = await fit(model, { x: drawViews(1000, 1) }, { epochs: 40, batchSize: 50, loss });
for (const [epoch, value] of history.loss.entries()) console.log(`epoch ${epoch + 1} loss ${value.toFixed(4)}`);

const { one, other } = await predict(model, drawViews(500, 2));
const [codes, others] = [tensor(one, [500, 2]), tensor(other, [500, 2])];
const values = [meanSquaredError(codes, others).mean(), covariances(codes)].flatMap((each) => [...each.toArray()]);
const [difference, first, both, , second] = values.map((value) => value.toFixed(3));
console.log(`unseen views differ by ${difference}; variances ${first} and ${second}, covariance ${both}`);
console.log(`weights ${weightsSha256(model).slice(0, 16)}`);
