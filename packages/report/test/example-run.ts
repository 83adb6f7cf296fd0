import type { FigureInputs, ModelRecord, RunRecord } from '../src/index.js';

/** Numbers in [0, 1) that are the same each time. */
export function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 8) / 2 ** 24;
  };
}

/** Images of soft blobs, [count, height, width, channels]. */
function blobs(count: number, height: number, width: number, channels: number, seed = 1): Float32Array {
  const next = sequence(seed);
  const images = new Float32Array(count * height * width * channels);
  for (let image = 0; image < count; image++) {
    const [centreY, centreX, size] = [next() * height, next() * width, 2 + (next() * height) / 4];
    for (let index = 0; index < height * width * channels; index++) {
      const [y, x] = [Math.floor(index / channels / width), Math.floor(index / channels) % width];
      const distance = Math.hypot(y - centreY, x - centreX) / size;
      images[image * height * width * channels + index] = Math.exp(-distance * distance);
    }
  }
  return images;
}

export interface ExampleOptions {
  epochs?: number;
  testCount?: number;
  synthetic?: boolean;
  classNames?: string[];
  height?: number;
  width?: number;
  channels?: number;
}

/** Invented inputs of all eight figures. */
export function exampleInputs({
  epochs = 4,
  testCount = 60,
  synthetic = false,
  classNames = ['T-shirt/top', 'Trouser', 'Bag'],
  height = 12,
  width = 12,
  channels = 1,
}: ExampleOptions = {}): Required<FigureInputs> {
  const next = sequence(7);
  const images = (count: number, seed: number) => blobs(count, height, width, channels, seed);
  const labels = (count: number) => Uint8Array.from({ length: count }, (_, index) => index % classNames.length);
  const loss = Array.from({ length: epochs }, (_, epoch) => 0.02 / (epoch + 1));
  const history = { loss, valLoss: loss.map((value) => value * 1.05) };
  const errors = () => Float64Array.from({ length: testCount }, () => 0.001 + 0.01 * next() ** 3);
  return {
    dataset: { name: synthetic ? 'synthetic' : 'fashion-mnist', synthetic, classNames, height, width, channels },
    samples: { images: images(12, 1), labels: labels(12) },
    cae: { history, originals: images(10, 2), reconstructions: images(10, 3), errors: errors() },
    cdae: { history, noisy: images(10, 4), clean: images(10, 2), denoised: images(10, 5), errors: errors() },
    latent: {
      scores: Float64Array.from({ length: testCount * 2 }, () => next() * 10 - 5),
      labels: labels(testCount),
      explainedVarianceRatio: [0.3, 0.2],
      nearestNeighbourPurity: 0.8,
    },
  };
}

export function exampleModel(meanError = 0.0036): ModelRecord {
  return {
    parameters: 74497,
    layers: [
      { name: 'conv2d', type: 'Conv2D', outputShape: [28, 28, 32], parameters: 320 },
      { name: 'conv2d_1', type: 'Conv2D', outputShape: [28, 28, 1], parameters: 289 },
    ],
    history: { loss: [0.02, 0.01, 0.005], valLoss: [0.021, 0.011, 0.0055], seconds: [6.1, 6.0, 6.2] },
    testError: {
      mean: meanError,
      median: meanError * 0.8,
      p95: meanError * 2,
      max: meanError * 9,
      standardDeviation: meanError * 0.7,
      skewness: 2.4,
    },
    psnr: { mean: 25.1 },
    ssim: { mean: 0.92 },
    weightsSha256: 'ab'.repeat(32),
    bestEpoch: 3,
    imagesPerSecond: 6012.3,
  };
}

/** A run's record as it would be read from run.json. */
export function exampleRecord(changes: Partial<RunRecord> = {}): RunRecord {
  return {
    formatVersion: 1,
    dataset: 'fashion-mnist',
    options: {
      model: 'all',
      dataset: 'auto',
      epochs: 3,
      batchSize: 256,
      validationSplit: 0.2,
      learningRate: 0.001,
      noiseFactor: 0.4,
      noisePerEpoch: false,
      seed: 42,
      threads: 2,
      limit: null,
      testLimit: null,
      quick: false,
      out: 'reports/example',
    },
    versions: { weft: '0.1.0', node: '20.19.0', v8: '11.3' },
    machine: { cores: 2, cpuModel: 'a processor' },
    numerics: { mode: 'exact', version: 1, kernels: 'wasm-simd' },
    data: {
      origin: 'datasets/fashion-mnist',
      synthetic: false,
      trainCount: 48000,
      validationCount: 12000,
      testCount: 10000,
      height: 28,
      width: 28,
      channels: 1,
      classNames: ['T-shirt/top', 'Trouser', 'Bag'],
      checksums: { 'train-images-idx3-ubyte.gz': '8d4f' },
    },
    models: { cae: exampleModel(), cdae: exampleModel(0.0122) },
    latent: { explainedVarianceRatio: [0.3, 0.15], nearestNeighbourPurity: 0.8, silhouette: 0.1 },
    seconds: { total: 300, data: 1, cae: 140, cdae: 150, analysis: 6, report: 3 },
    peakMemoryBytes: 412_000_000,
    startedAt: '2025-01-02T03:04:05Z',
    finishedAt: '2025-01-02T03:09:05Z',
    ...changes,
  };
}
