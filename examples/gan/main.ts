/**
 * A generative adversarial network: a generator makes points of draws, and a judge learns to tell them from points on a
 * ring. Each step changes the judge, then the generator. The score knows neither of them: the energy distance of the two sets
 * of points, which is 0 only where distributions are equal.
 */
import {
  Adam,
  add,
  binaryCrossentropyWith,
  type CallContext,
  Dense,
  fit,
  full,
  type ModelLoss,
  mean,
  predict,
  RandomStream,
  Sequential,
  type Tensor,
  weightsSha256,
} from '@weft/pool';

const POINTS = 2000;
const DRAWS = 4;
const WANTED = 0.02;

function normal(count: number, seed: number): Float32Array {
  const random = new RandomStream(seed, 0);
  return Float32Array.from({ length: count }, () => random.normal());
}

/** Points [count, 2] near a circle of radius 1, in all directions alike. */
function ring(count: number, seed: number): Float32Array {
  const points = normal(count * 2, seed);
  const noise = normal(count, seed + 1);
  return points.map((value, at) => {
    const length = Math.hypot(points[at - (at % 2)], points[at - (at % 2) + 1]);
    return (value / length) * (1 + 0.1 * noise[Math.floor(at / 2)]);
  });
}

/** Twice the mean distance between two sets of points, less those within each set. */
function energyDistance(a: Float32Array, b: Float32Array): number {
  const between = (one: Float32Array, other: Float32Array) => {
    let sum = 0;
    for (let i = 0; i < one.length; i += 2) {
      for (let j = 0; j < other.length; j += 2) sum += Math.hypot(one[i] - other[j], one[i + 1] - other[j + 1]);
    }
    return sum / ((one.length / 2) * (other.length / 2));
  };
  return 2 * between(a, b) - between(a, a) - between(b, b);
}

const layers = (units: number) => [
  new Dense({ units: 64, activation: 'relu' }),
  new Dense({ units: 64, activation: 'relu' }),
  new Dense({ units }),
];
const generator = new Sequential(layers(2), { inputShape: [DRAWS], name: 'generator', seed: 1 });
const judge = new Sequential(layers(1), { inputShape: [2], name: 'judge', seed: 2 });

// The judge gives logits: it is to say 1 of points on the ring, and 0 of those that are made.
const crossentropy = binaryCrossentropyWith({ fromLogits: true });
const says = (answer: number, points: Readonly<Record<string, Tensor>>, context: CallContext) => {
  const logits = judge.call(Object.values(points)[0], context);
  return mean(crossentropy(logits, full(logits.shape, answer)));
};
const judging: ModelLoss = ({ outputs, targets, context }) => add(says(1, targets, context), says(0, outputs, context));
const deceiving: ModelLoss = ({ outputs, context }) => says(1, outputs, context);
const optimizer = new Adam({ learningRate: 0.001, beta1: 0.5 });
const updates = [
  { name: 'judge', loss: judging, weights: judge, optimizer },
  { name: 'generator', loss: deceiving, weights: generator, optimizer },
];

const data = { x: normal(POINTS * DRAWS, 3), y: ring(POINTS, 4) };
const unseen = ring(1000, 6);
const score = async () => energyDistance(await predict(generator, normal(1000 * DRAWS, 5)), unseen);
console.log(`energy distance ${(await score()).toFixed(4)} before`);
const { history } = await fit(generator, data, { epochs: 60, batchSize: 50, updates });
for (const [epoch, loss] of history.loss.entries()) console.log(`epoch ${epoch + 1} loss ${loss.toFixed(4)}`);

const distance = await score();
console.log(`energy distance ${distance.toFixed(4)} from unseen points, wanted ${WANTED}`);
console.log(`weights ${weightsSha256(generator, judge).slice(0, 16)}`);
if (!(distance <= WANTED)) throw new Error('The distance is too large.');
