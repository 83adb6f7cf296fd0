import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RUN_RECORD_VERSION, recordText } from '@weft/report';
import type { PerformInFolderOptions, TrainCall, TrialOptions } from '../src/index.js';

/** Options that a run has if it is not given others. */
const DEFAULTS: TrialOptions = {
  model: 'all',
  dataset: 'synthetic',
  epochs: 2,
  batchSize: 64,
  seed: 42,
  limit: null,
};

/** Completes options as the command does: threads decide no result. */
export function complete({ threads, ...options }: TrialOptions): TrialOptions {
  return { ...DEFAULTS, ...options };
}

/** Writes the folder of a run whose losses are a function of its options. */
export class FakeTraining {
  /** Names of the folders that were trained in, from their beginning or resumed. */
  readonly calls: { readonly name: string; readonly resume: boolean }[] = [];

  /** @param kill throws in the midst of the training of that number, from 0 */
  constructor(private readonly kill?: number) {}

  readonly train: PerformInFolderOptions['train'] = async ({ options, folder, resume, signal }: TrainCall) => {
    signal.throwIfAborted();
    const all = complete(options);
    if (resume !== existsSync(join(folder, 'options.json'))) throw new Error(`resume: ${resume}, which is wrong`);
    this.calls.push({ name: folder.split('/').at(-1) as string, resume });
    await mkdir(folder, { recursive: true });
    const run = { formatVersion: 1, dataset: 'synthetic', dataSha256: { train: 'a', test: 'b' } };
    await writeFile(join(folder, 'options.json'), JSON.stringify({ ...all, run }));
    if (this.calls.length - 1 === this.kill) throw new Error('killed');
    await writeFile(join(folder, 'run.json'), recordText(fakeRecord(all)));
  };
}

/** The record of a run. Its losses follow from seed and epochs alone; its times from nothing. */
function fakeRecord(options: TrialOptions) {
  const epochs = Number(options.epochs);
  const loss = Array.from({ length: epochs }, (_, epoch) => (Number(options.seed) + 1) / (epoch + 10));
  const statistics = { mean: loss[0], median: loss[0], p95: 1, max: 2, standardDeviation: 0.1, skewness: 0 };
  const model = {
    parameters: 10,
    layers: [],
    history: { loss, valLoss: loss.map((value) => value * 1.1), seconds: loss.map(() => Math.random()) },
    testError: statistics,
    psnr: { mean: 20 },
    ssim: { mean: 0.9 },
    weightsSha256: `sha-${JSON.stringify([options.seed, options.epochs])}`,
    bestEpoch: epochs,
    imagesPerSecond: Math.random(),
  };
  return {
    formatVersion: RUN_RECORD_VERSION,
    dataset: 'synthetic',
    options: {
      validationSplit: 0.2,
      learningRate: 0.001,
      noiseFactor: 0.4,
      noisePerEpoch: false,
      threads: 1,
      quick: false,
      ...options,
    },
    versions: { weft: '0', node: '0', v8: '0' },
    machine: { cores: 1, cpuModel: 'none' },
    numerics: { mode: 'exact', version: 1, kernels: 'wasm-simd' },
    data: {
      origin: 'drawn',
      synthetic: true,
      trainCount: 80,
      validationCount: 20,
      testCount: 10,
      height: 28,
      width: 28,
      channels: 1,
      classNames: ['a', 'b'],
      checksums: {},
    },
    models: { cae: model },
    figures: [],
    seconds: { total: Math.random() },
    peakMemoryBytes: 1,
    startedAt: new Date(0).toISOString(),
    finishedAt: new Date(0).toISOString(),
  };
}
