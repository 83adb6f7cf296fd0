/**
 * A table with columns of numbers and of categories: how much a shop sells on a day. Each shop and each day of the week has a
 * vector, its embedding, that is learnt. What the sales follow is not told: shops have tastes, and prices count.
 */
import {
  Adam,
  Concatenate,
  CosineDecay,
  Dense,
  Embedding,
  evaluate,
  fit,
  input,
  Model,
  RandomStream,
  r2Score,
  weightsSha256,
} from '@weft/pool';

const [SHOPS, DAYS] = [40, 7];
const WANTED = 0.95;

// What is true of shops and days, and in no column.
const truth = new RandomStream(1, 0);
const sizes = Array.from({ length: SHOPS }, () => truth.normal());
const tastes = Array.from({ length: SHOPS }, () => truth.normal());
const busy = Array.from({ length: DAYS }, () => truth.normal());

/** Rows of a table, column by column. The sales have noise of deviation 0.2. */
function rows(count: number, seed: number) {
  const random = new RandomStream(seed, 0);
  const [shop, day] = [SHOPS, DAYS].map((most) =>
    Int32Array.from({ length: count }, () => Math.floor(most * random.uniform())),
  );
  const numbers = Float32Array.from({ length: count * 2 }, () => random.normal());
  const y = Float32Array.from({ length: count }, (_, row) => {
    const [price, warmth] = [numbers[2 * row], numbers[2 * row + 1]];
    const shopping = sizes[shop[row]] + busy[day[row]] - 0.5 * price * Math.abs(price);
    return shopping + tastes[shop[row]] * warmth + 0.2 * random.normal();
  });
  return { x: { shop, day, numbers }, y };
}

const shop = input({ shape: [], dtype: 'int32', name: 'shop' });
const day = input({ shape: [], dtype: 'int32', name: 'day' });
const numbers = input({ shape: [2], name: 'numbers' });
const vectors = [
  new Embedding({ inputDim: SHOPS, outputDim: 4, name: 'shops' }).apply(shop),
  new Embedding({ inputDim: DAYS, outputDim: 2, name: 'days' }).apply(day),
  numbers,
];
const hidden = new Dense({ units: 64, activation: 'relu' }).apply(new Concatenate().apply(vectors));
const again = new Dense({ units: 32, activation: 'relu' }).apply(hidden);
const model = new Model({ inputs: { shop, day, numbers }, outputs: new Dense({ units: 1 }).apply(again), seed: 1 });

const [count, epochs, batchSize] = [6000, 15, 60];
const learningRate = new CosineDecay({ initialLearningRate: 0.01, decaySteps: (epochs * count) / batchSize });
const optimizer = new Adam({ learningRate });
const { history } = await fit(model, rows(count, 2), { epochs, batchSize, optimizer });
for (const [epoch, loss] of history.loss.entries()) console.log(`epoch ${epoch + 1} loss ${loss.toFixed(4)}`);

const unseen = await evaluate(model, rows(1000, 3), { metrics: [r2Score] });
console.log(`R2 ${unseen.r2Score.toFixed(3)} on unseen rows, wanted ${WANTED}`);
console.log(`weights ${weightsSha256(model).slice(0, 16)}`);
if (!(unseen.r2Score >= WANTED)) throw new Error('R2 is too low.');
