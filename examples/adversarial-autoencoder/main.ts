/**
 * An adversarial autoencoder of points on a bent sheet. Each step changes two models by two losses: a judge learns to
 * tell codes from draws of N(0, 1), then the autoencoder to give points back and to deceive the judge.
 */
import {
  Adam,
  Dense,
  fit,
  input,
  Model,
  type ModelLoss,
  meanSquaredError,
  predict,
  RandomStream,
  Sequential,
  tensor,
  weightsSha256,
  zeros,
} from '@weft/pool';

const random = new RandomStream(1, 0);
const x = new Float32Array(3000);
for (let first = 0; first < x.length; first += 3) {
  const [angle, height] = [Math.PI * random.uniform(), 2 * random.uniform() - 1];
  x.set([Math.cos(angle), Math.sin(angle), height], first);
}

const layers = (units: number) => [new Dense({ units: 48, activation: 'tanh' }), new Dense({ units })];
const point = input({ shape: [3], name: 'point' });
const code = new Sequential(layers(2), { inputShape: [3] }).apply(point);
const again = new Sequential(layers(3), { inputShape: [2] }).apply(code);
const autoencoder = new Model({ inputs: point, outputs: { code, again }, name: 'autoencoder', seed: 1 });
const judge = new Sequential(layers(1), { inputShape: [2], name: 'judge', seed: 2 });

// The judge is to say 1 of draws and 0 of codes.
const judging: ModelLoss = ({ outputs: { code }, context }) => {
  const drawn = context.draw('code', 'normal', code.shape) ?? zeros(code.shape);
  const [ofDrawn, ofCode] = [judge.call(drawn, context), judge.call(code, context)];
  return ofDrawn.sub(1).square().add(ofCode.square()).mean();
};
const deceiving: ModelLoss = ({ inputs: { point }, outputs: { code, again }, context }) => {
  const deceived = judge.call(code, context).sub(1).square().mean();
  return meanSquaredError(again, point).mul(10).add(deceived);
};
const optimizer = new Adam({ learningRate: 0.003, beta1: 0.5 });
const updates = [
  { name: 'judge', loss: judging, weights: judge, optimizer },
  { name: 'autoencoder', loss: deceiving, weights: autoencoder, optimizer },
];
const { history } = await fit(autoencoder, { x }, { epochs: 60, batchSize: 50, updates });
for (const [epoch, loss] of history.loss.entries()) console.log(`epoch ${epoch + 1} loss ${loss.toFixed(4)}`);

const results = await predict(autoencoder, x);
const [error, codes] = [tensor(results.again).sub(tensor(x)), tensor(results.code)];
const [mean, deviation] = [codes.mean(), codes.square().mean().sqrt()];
console.log(`mean squared error ${error.square().mean().item().toFixed(5)}`);
console.log(`codes have mean ${mean.item().toFixed(2)} and deviation ${deviation.item().toFixed(2)}`);
console.log(`weights ${weightsSha256(autoencoder, judge).slice(0, 16)}`);
