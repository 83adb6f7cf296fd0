import { Adam, type BaseModel, type Loss, type Model, meanSquaredError, sparseCategoricalCrossentropy } from '@weft/nn';
import type { Callback, History } from '@weft/pool';
import type { Engine } from './engine.js';
import type { Job, Task } from './job.js';
import type { LoadedTensor } from './tensors.js';
import { weftModel } from './weft-model.js';

/** Batches of one epoch, and of one call of `predict`: what they cost to begin is shared by so many. */
const STEPS = 8;
const FORWARDS = 40;

/** Lets a training go on by an epoch at a time, so that its kernels stay warm between the turns of others. */
class Epochs implements Callback {
  private begin = () => {};
  private end = (_seconds: number) => {};
  private wanted = new Promise<void>((resolve) => {
    this.begin = resolve;
  });

  /** Seconds of the next epoch. */
  next(): Promise<number> {
    const done = new Promise<number>((resolve) => {
      this.end = resolve;
    });
    this.begin();
    return done;
  }

  async onEpochBegin(): Promise<void> {
    await this.wanted;
  }

  onEpochEnd(_epoch: number, { seconds }: { readonly seconds: number }): void {
    this.wanted = new Promise<void>((resolve) => {
      this.begin = resolve;
    });
    this.end(seconds);
  }
}

function repeated<T extends Uint8Array | Int32Array>(values: T, times: number): T {
  const all = new (values.constructor as new (length: number) => T)(times * values.length);
  for (let index = 0; index < times; index++) all.set(values, index * values.length);
  return all;
}

/** Weft in Node or in a page: both runtimes have the same face. */
export interface WeftRuntime<Pool> {
  fit(model: BaseModel, data: Examples, options: RunOptions<Pool> & TrainingOptions): Promise<History>;
  predict(model: Model, x: Examples['x'], options: RunOptions<Pool>): Promise<Float32Array>;
  /** Workers for one of the two: a training holds its own for ever. */
  createPool(): Promise<Pool>;
  /** Where it runs, for the version. */
  readonly place: string;
}

interface RunOptions<Pool> {
  readonly pool: Pool;
  readonly fastMath: boolean;
}

interface TrainingOptions {
  readonly epochs: number;
  readonly batchSize: number;
  readonly shuffle?: boolean;
  readonly loss: Loss;
  readonly optimizer: Adam;
  readonly callbacks?: readonly Callback[];
}

interface Examples {
  readonly x: { readonly data: Uint8Array; readonly scale: number };
  readonly y?: Int32Array;
}

/** Weft as an engine. */
export async function weftEngine<Pool>(
  { fit, predict, createPool, place }: WeftRuntime<Pool>,
  { network, fastMath }: Job,
  weights: ReadonlyMap<string, LoadedTensor>,
  { data, shape: [batch] }: LoadedTensor,
  targets?: LoadedTensor,
): Promise<Engine> {
  const bytes = Uint8Array.from(data, (value) => Math.round(value * 255));
  const labels = targets && Int32Array.from(targets.data);
  const examples = (times = 1) => ({
    x: { data: repeated(bytes, times), scale: 1 / 255 },
    ...(labels && { y: repeated(labels, times) }),
  });
  const loss = network.loss === 'crossentropy' ? sparseCategoricalCrossentropy : meanSquaredError;
  const build = () => {
    const model = weftModel(network);
    for (const { path, weight } of model.weights) weight.assign((weights.get(path) as LoadedTensor).data);
    return model;
  };
  const model = build();
  const optimizer = new Adam();
  const pool = await createPool();
  const { x: images } = examples(FORWARDS);
  let epochs: Epochs | undefined;
  let training: Promise<unknown> | undefined;

  async function step(): Promise<number> {
    if (!epochs) {
      epochs = new Epochs();
      const options = {
        epochs: Number.MAX_SAFE_INTEGER,
        batchSize: batch,
        pool: await createPool(),
        loss,
        optimizer,
        fastMath,
        callbacks: [epochs],
      };
      training = fit(build(), examples(STEPS), options);
    }
    // The training ends only by an error.
    return ((await Promise.race([epochs.next(), training as Promise<never>])) / STEPS) * 1000;
  }

  async function forward(): Promise<number> {
    const started = performance.now();
    await predict(model, images, { pool, fastMath });
    return (performance.now() - started) / FORWARDS;
  }

  return {
    version: `${fastMath ? 'fast math' : 'exact'}, ${place}`,
    forward: () => predict(model, examples().x, { pool, fastMath }),
    async losses(count) {
      const options = { epochs: count, batchSize: batch, shuffle: false, pool, loss, optimizer, fastMath };
      return (await fit(build(), examples(), options)).history.loss;
    },
    async time(task: Task, milliseconds) {
      const times: number[] = [];
      const batches = task === 'step' ? STEPS : FORWARDS;
      for (let total = 0; total < milliseconds; total += batches * times[times.length - 1]) {
        times.push(await (task === 'step' ? step() : forward()));
      }
      return times;
    },
  };
}
