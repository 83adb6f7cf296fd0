import { fit, predict, WorkerPool } from '@weft/web';
import { type Engine, lossesOf, type StartEngine, timesOf } from '../engine.js';
import type { Job, Task } from '../job.js';
import { tensorsIn } from '../tensors.js';
import { weftEngine } from '../weft-engine.js';

/** What runs in the page. */
export type PageEngine = 'weft' | 'webgl' | 'wasm' | 'cpu';

/** What the process outside asks the page for: as `Request`, with results that can be sent. */
export interface PageCalls {
  start(engine: PageEngine, job: Job): Promise<string>;
  forward(): Promise<number[]>;
  losses(count: number): Promise<readonly number[]>;
  time(task: Task, milliseconds: number): Promise<readonly number[]>;
}

/** As much of TensorFlow.js as is used here. */
interface TensorFlow {
  readonly version: { readonly tfjs: string };
  readonly wasm?: { setWasmPaths(folder: string): void };
  readonly train: { adam(rate: number, beta1: number, beta2: number, epsilon: number): unknown };
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  tensor4d(data: Float32Array, shape: readonly number[]): unknown;
  tidy<T>(work: () => T): T;
}

interface LayersModel {
  compile(options: object): void;
  predict(images: unknown, options: object): { data(): Promise<Float32Array>; dispose(): void };
  trainOnBatch(images: unknown, targets: unknown): Promise<number>;
}

const browser = /Chrome\/[\d.]+/.exec(navigator.userAgent)?.[0].replace('/', ' ') ?? 'a browser';

const startWeft: StartEngine = (job, ...examples) => {
  const createPool = () => WorkerPool.create({ threads: job.threads, worker: '/worker.js' });
  return weftEngine({ fit, predict, createPool, place: `${browser} at 128 bits` }, job, ...examples);
};

/** TensorFlow.js on a backend. It trains on all but `wasm`, which has no gradient of a convolution's weights. */
const startTensorFlow =
  (backend: Exclude<PageEngine, 'weft'>): StartEngine =>
  async (_job, weights, { shape, data }) => {
    await loadScript('/tf.min.js');
    if (backend === 'wasm') await loadScript('/tf-backend-wasm.min.js');
    const { tf } = globalThis as unknown as { tf: TensorFlow };
    tf.wasm?.setWasmPaths('/');
    if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no backend ${backend} in ${browser}`);
    await tf.ready();
    const path = '/tfjs-model.js';
    const { build } = (await import(/* @vite-ignore */ path)) as { build(...values: unknown[]): LayersModel };
    const model = build(tf, weights, shape);
    const images = tf.tensor4d(data, shape);
    model.compile({ optimizer: tf.train.adam(0.001, 0.9, 0.999, 1e-7), loss: 'meanSquaredError' });
    return {
      version: `${tf.version.tfjs}, ${backend}, ${browser}`,
      async forward() {
        const output = tf.tidy(() => model.predict(images, { batchSize: shape[0] }));
        const values = await output.data();
        output.dispose();
        return values;
      },
      ...(backend !== 'wasm' && { step: () => model.trainOnBatch(images, images) }),
    };
  };

const ENGINES: Readonly<Record<PageEngine, StartEngine>> = {
  weft: startWeft,
  webgl: startTensorFlow('webgl'),
  wasm: startTensorFlow('wasm'),
  cpu: startTensorFlow('cpu'),
};

function loadScript(src: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement('script'), { src });
    script.onload = () => resolve();
    script.onerror = () => reject(new Error(`${src} cannot be loaded`));
    document.head.append(script);
  });
}

let engine: Engine;

const calls: PageCalls = {
  async start(name, job) {
    const bytes = await (await fetch('/job.f32')).arrayBuffer();
    const { weights, images, targets } = tensorsIn(bytes, job);
    engine = await ENGINES[name](job, weights, images, targets);
    return engine.version;
  },
  forward: async () => Array.from(await engine.forward()),
  losses: (count) => lossesOf(engine, count),
  time: (task, milliseconds) => timesOf(engine, task, milliseconds),
};

Object.assign(globalThis, { calls });
