/**
 * A training loop of one's own, on one core: a loss, its gradients, and new values for the weights. Examples are drawn
 * for each step, so that none is seen twice. `trainStep` does the same with any optimiser of the library.
 */
import {
  compute,
  Dense,
  grad,
  meanSquaredError,
  RandomStream,
  Sequential,
  type Tensor,
  tensor,
  weightsSha256,
} from '@weft/pool';

const STEPS = 1000;

const model = new Sequential([new Dense({ units: 32, activation: 'tanh' }), new Dense({ units: 1 })], {
  inputShape: [1],
  seed: 1,
});
const random = new RandomStream(1, 0);

/** Numbers from -1 to 1 and, to be learnt, the sines of three times as much: [count, 1] each. */
function draw(count: number): { x: Tensor; y: Tensor } {
  const numbers = Float32Array.from({ length: count }, () => 2 * random.uniform() - 1);
  const sines = numbers.map((number) => Math.sin(3 * number));
  return { x: tensor(numbers, [count, 1]), y: tensor(sines, [count, 1]) };
}

for (let step = 1; step <= STEPS; step++) {
  const { x, y } = draw(64);
  const loss = meanSquaredError(model.call(x), y).mean();
  const gradients = grad(
    loss,
    model.weights.map(({ weight }) => weight.tensor),
  );
  // Nothing has been computed so far. All is asked for at once, and what its parts share is computed once.
  const [[value], ...slopes] = compute([loss, ...gradients]);
  const rate = 0.2 * (1 - step / STEPS);
  for (const [which, { weight }] of model.weights.entries()) {
    weight.assign(weight.data.map((number, at) => number - rate * slopes[which][at]));
  }
  if (step === 1 || step % 100 === 0) console.log(`step ${step} loss ${value.toFixed(5)}`);
}

const { x, y } = draw(1000);
console.log(`mean squared error ${meanSquaredError(model.call(x), y).mean().item().toFixed(5)}`);
console.log(`weights ${weightsSha256(model).slice(0, 16)}`);
