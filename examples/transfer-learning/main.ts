/**
 * Transfer from one's own weights: a network learns to tell six figures apart from many pictures, and is saved. Its layers, loaded
 * and frozen, then serve a new task with few pictures: four figures that it has never seen. The same network without the
 * first task, trained on the few pictures alone, shows what was gained.
 */
import {
  Adam,
  accuracy,
  Conv2D,
  Dense,
  evaluate,
  Flatten,
  fit,
  loadWeights,
  MaxPooling2D,
  RandomStream,
  Sequential,
  saveModel,
  sparseCategoricalCrossentropy,
  weightsSha256,
} from '@weft/pool';

const SIDE = 16;
const WANTED = 0.9;

/** Strokes by letter: from (right, down) to (right, down), both from -1 to 1. */
const STROKES: Readonly<Record<string, readonly number[]>> = {
  ...{ l: [-1, -1, -1, 1], r: [1, -1, 1, 1], t: [-1, -1, 1, -1], b: [-1, 1, 1, 1] },
  ...{ '|': [0, -1, 0, 1], '-': [-1, 0, 1, 0], '\\': [-1, -1, 1, 1], '/': [-1, 1, 1, -1] },
};
/** Figures by their strokes, such as L, a cross, T, H, X and Z. */
const FIRST = ['lb', '|-', 't|', 'lr-', '\\/', 'tb/'];
const SECOND = ['rt', 'ltb', 'lr\\', 'b|'];

/** Pictures [count, SIDE, SIDE, 1] of figures of any size and place, with noise, and their numbers. */
function draw(figures: readonly string[], count: number, seed: number) {
  const random = new RandomStream(seed, 0);
  const x = Float32Array.from({ length: count * SIDE * SIDE }, () => 0.3 * random.normal());
  const y = Int32Array.from({ length: count }, (_, picture) => picture % figures.length);
  for (let picture = 0; picture < count; picture++) {
    const radius = 3 + 3 * random.uniform();
    const [column, row] = [0, 0].map(() => radius + (SIDE - 1 - 2 * radius) * random.uniform());
    for (const [fromX, fromY, toX, toY] of [...figures[y[picture]]].map((letter) => STROKES[letter])) {
      for (let part = 0; part <= 1; part += 1 / 16) {
        const across = Math.round(column + radius * (fromX + part * (toX - fromX)));
        const down = Math.round(row + radius * (fromY + part * (toY - fromY)));
        x[(picture * SIDE + down) * SIDE + across] = 1;
      }
    }
  }
  return { x, y };
}

/** Layers that see strokes, and behind them the head of a task. */
function network(classes: number) {
  const convolved = (filters: number) => new Conv2D({ filters, kernelSize: 3, padding: 'same', activation: 'relu' });
  const seeing = new Sequential(
    [
      convolved(16),
      convolved(16),
      new MaxPooling2D(),
      convolved(32),
      new MaxPooling2D(),
      new Flatten(),
      new Dense({ units: 48, activation: 'relu' }),
    ],
    { inputShape: [SIDE, SIDE, 1], name: 'seeing', seed: 1 },
  );
  const head = new Dense({ units: classes, activation: 'softmax' });
  return { seeing, model: new Sequential([seeing, head], { inputShape: [SIDE, SIDE, 1], seed: 2 }) };
}

const judged = { loss: sparseCategoricalCrossentropy, metrics: [accuracy] };
const first = network(FIRST.length);
const optimizer = () => new Adam({ learningRate: 0.003 });
const { history } = await fit(first.model, draw(FIRST, 3000, 1), {
  ...judged,
  epochs: 8,
  batchSize: 50,
  optimizer: optimizer(),
});
for (const [epoch, loss] of history.loss.entries()) console.log(`epoch ${epoch + 1} loss ${loss.toFixed(4)}`);
await saveModel('seeing.safetensors', first.seeing);

const [few, unseen] = [draw(SECOND, 60, 2), draw(SECOND, 400, 3)];
async function accuracyOf({ model }: ReturnType<typeof network>): Promise<number> {
  await fit(model, few, { ...judged, epochs: 60, batchSize: 20, optimizer: optimizer() });
  return (await evaluate(model, unseen, judged)).accuracy;
}
const transferred = network(SECOND.length);
await loadWeights('seeing.safetensors', transferred.seeing);
transferred.seeing.trainable = false;
const [withIt, without] = [await accuracyOf(transferred), await accuracyOf(network(SECOND.length))];
console.log(
  `accuracy ${withIt.toFixed(3)} with the first task, ${without.toFixed(3)} without it, wanted ${WANTED} and more than without`,
);
console.log(`weights ${weightsSha256(transferred.model).slice(0, 16)}`);
if (!(withIt >= WANTED && withIt > without)) throw new Error('The accuracy is too low.');
