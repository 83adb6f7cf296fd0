import {
  Adam,
  abs,
  add,
  auc,
  type BaseModel,
  BatchNormalization,
  Dense,
  Dropout,
  div,
  type Loss,
  logSumExp,
  type ModelLoss,
  matmul,
  max,
  mean,
  meanAbsoluteError,
  meanSquaredError,
  metricOf,
  mul,
  RandomStream,
  Sequential,
  SGD,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
} from '@weft/pool';
import { evaluate, fit, mapExamples, predict } from '@weft/train';
import { evaluateInMicroBatches, fitInMicroBatches, type Runtime } from '@weft/train/runtime';

/** Something that is computed on a runtime: its results are compared bit by bit. */
export type Case = (runtime: Runtime) => Promise<unknown>;

function uniform(length: number, seed: number): Float32Array {
  const stream = new RandomStream(seed, 0);
  return Float32Array.from({ length }, () => stream.uniform());
}

const weightsOf = (model: BaseModel) => model.weights.map(({ data }) => data.slice());

const COUNT = 29;
const data = { x: uniform(COUNT * 9, 1), y: uniform(COUNT * 3, 2) };

const unit = (x: Tensor) => div(x, sqrt(add(sum(square(x), 1, { keepDims: true }), 1e-6)));

export const LOSSES: Readonly<Record<string, Loss | ModelLoss>> = {
  'the mean': meanSquaredError,
  'the root of the mean': (prediction, target) => sqrt(mean(square(sub(prediction, target)))),
  'the maximum': (prediction, target) => max(abs(sub(prediction, target))),
  'the variance of the batch': (({ outputs: { out } }) =>
    mean(square(sub(out, mean(out, 0, { keepDims: true }))))) as ModelLoss,
  'products of pairs': (prediction, target) => {
    const logits = matmul(unit(prediction), unit(target), { transposeB: true });
    return sub(logSumExp(logits, 1), sum(mul(unit(prediction), unit(target)), 1));
  },
};

function normalised() {
  const layers = [
    new Dense({ units: 33, activation: 'tanh' }),
    new BatchNormalization(),
    new Dropout({ rate: 0.2 }),
    new Dense({ units: 40 }),
    new Dense({ units: 3, name: 'out' }),
  ];
  return new Sequential(layers, { inputShape: [9], seed: 5 });
}

/** A model of several phases, whose last batch is a single example, with validation. */
export const training =
  (loss: Loss | ModelLoss, microBatch: number | undefined): Case =>
  async (runtime) => {
    const model = normalised();
    const optimizer = new Adam({ learningRate: 0.02, globalClipNorm: 1 });
    const options = { epochs: 2, batchSize: 14, validationSplit: 0.25, loss, optimizer, runtime };
    const { history, optimizerState } = await fitInMicroBatches(model, data, options, microBatch);
    const evaluation = await evaluateInMicroBatches(model, data, { loss, batchSize: 10, runtime }, microBatch);
    return { weights: weightsOf(model), history, optimizerState, evaluation };
  };

/** Two models that are trained in turns, each by a loss that the other one takes part in. */
export const players: Case = async (runtime) => {
  const maker = new Sequential([new Dense({ units: 12, activation: 'tanh' }), new Dense({ units: 3 })], {
    inputShape: [9],
    seed: 1,
  });
  const critic = new Sequential([new Dense({ units: 6, activation: 'tanh' }), new Dense({ units: 1 })], {
    inputShape: [3],
    seed: 2,
  });
  const meanOf = (x: Tensor) => mean(critic.call(x) as Tensor);
  const [output] = maker.outputs;
  const criticLoss: ModelLoss = ({ outputs, targets }) =>
    add(sub(meanOf(outputs[output.name]), meanOf(targets[output.name])), square(meanOf(outputs[output.name])));
  const makerLoss: ModelLoss = ({ outputs }) => mul(meanOf(outputs[output.name]), -1);
  const updates = [
    { name: 'critic', loss: criticLoss, weights: critic, optimizer: new SGD({ learningRate: 0.1, momentum: 0.9 }) },
    { name: 'maker', loss: makerLoss, weights: maker, optimizer: new Adam() },
  ];
  const { history } = await fitInMicroBatches(maker, data, { epochs: 2, batchSize: 10, updates, runtime }, 3);
  return { history, maker: weightsOf(maker), critic: weightsOf(critic) };
};

/** Batches that come one after another, with a validation and a metric of all scores. */
export const streamed: Case = async (runtime) => {
  const model = new Sequential(
    [
      new Dense({ units: 20, activation: 'relu' }),
      new BatchNormalization(),
      new Dropout({ rate: 0.3 }),
      new Dense({ units: 1, activation: 'sigmoid' }),
    ],
    { inputShape: [9], seed: 2 },
  );
  const labels = uniform(COUNT, 3).map((value) => Number(value > 0.5));
  function* batches() {
    for (let begin = 0; begin < COUNT; begin += 8) {
      yield { x: data.x.slice(9 * begin, 9 * (begin + 8)), y: labels.slice(begin, begin + 8) };
    }
  }
  const options = { metrics: [auc], optimizer: new Adam({ useEma: true }), runtime };
  const validationData = { x: data.x, y: labels };
  const { history } = await fit(model, batches, { ...options, epochs: 3, validationData });
  const evaluation = await evaluate(model, batches(), { metrics: [auc], runtime });
  const predictions = await predict(model, batches(), { runtime });
  return { history, weights: weightsOf(model), evaluation, predictions };
};

/** Results of examples, by themselves and of examples that meet. */
export const results: Case = async (runtime) => {
  const model = normalised();
  const many = uniform(300 * 9, 4);
  return {
    predictions: await predict(model, many, { runtime }),
    evaluation: await evaluate(model, data, { metrics: [metricOf(meanAbsoluteError)], runtime }),
    meeting: await mapExamples((x) => sub(x, mean(x, 0, { keepDims: true })), many, [9], { batchSize: 40, runtime }),
    whole: await mapExamples((x) => matmul(matmul(x, x, { transposeB: true }), x), data.x, [9], {
      batchSize: 8,
      runtime,
    }),
  };
};

/** A model so large that micro-batches share their sums, or have a single one. */
export const large: Case = async (runtime) => {
  const [size, count] = [720, 40];
  const examples = { x: uniform(size * count, 1), y: uniform(size * count, 2) };
  const model = new Sequential([new Dense({ units: size })], { inputShape: [size], seed: 3 });
  const { history } = await fitInMicroBatches(model, examples, { epochs: 1, batchSize: count, runtime }, 1);
  return { history, weights: weightsOf(model) };
};

/** A training that a callback ends in the middle of an epoch, and goes on from there. */
export const stopped: Case = async (runtime) => {
  const model = normalised();
  const signal = new AbortController();
  const callbacks = [{ onEpochEnd: (epoch: number) => void (epoch === 1 && signal.abort()) }];
  const { history, steps } = await fit(model, data, {
    epochs: 4,
    batchSize: 7,
    callbacks,
    signal: signal.signal,
    runtime,
  });
  return { history, steps, weights: weightsOf(model) };
};

/** A training whose loss becomes infinite. */
export const lost: Case = async (runtime) => {
  const model = new Sequential([new Dense({ units: 3 })], { inputShape: [9], seed: 7 });
  const options = {
    epochs: 3,
    batchSize: 5,
    optimizer: new SGD({ learningRate: 1e12 }),
    validationSplit: 0.2,
    runtime,
  };
  const error = await fit(model, data, options).then(
    () => undefined,
    ({ message }: Error) => message,
  );
  return { error, weights: weightsOf(model) };
};
