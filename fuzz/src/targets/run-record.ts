import type { RandomStream } from '@weft/core';
import {
  type ModelRecord,
  parseRunRecord,
  type RunRecord,
  RunRecordError,
  recordText,
  renderReport,
} from '@weft/report';
import { between, HOSTILE_TEXTS, happens, mutate, pick } from '../mutate.js';
import { mutateJson } from '../mutate-json.js';
import { type Drawn, mustHold, type Target } from '../target.js';

const anyText = (random: RandomStream) => (happens(random, 0.5) ? pick(random, HOSTILE_TEXTS) : 'a text');
const anyNumber = (random: RandomStream) => pick(random, [0, 1e-300, 1e-7, 0.0036, 0.5, 1, 25.1, 6012.3, 1e300]);
const anyMeasurement = (random: RandomStream) =>
  happens(random, 0.2) ? pick(random, [Number.NaN, Infinity, -Infinity]) : anyNumber(random);
const anyCount = (random: RandomStream) => pick(random, [0, 1, 2, 28, 10_000, 2 ** 31, Number.MAX_SAFE_INTEGER]);

function anyModel(random: RandomStream): ModelRecord {
  const losses = (length: number) => Array.from({ length }, () => anyMeasurement(random));
  const epochs = random.integer(4);
  const number = () => anyMeasurement(random);
  return {
    parameters: anyCount(random),
    layers: Array.from({ length: random.integer(3) }, () => ({
      name: anyText(random),
      type: anyText(random),
      outputShape: [anyCount(random), 1],
      parameters: anyCount(random),
    })),
    history: { loss: losses(epochs), valLoss: happens(random, 0.5) ? losses(epochs) : [], seconds: losses(epochs) },
    testError: {
      mean: number(),
      median: number(),
      p95: number(),
      max: number(),
      standardDeviation: number(),
      skewness: number(),
    },
    psnr: { mean: number() },
    ssim: { mean: number() },
    weightsSha256: anyText(random),
    bestEpoch: between(random, 0, 3),
    imagesPerSecond: number(),
  };
}

function anyRecord(random: RandomStream): RunRecord {
  const synthetic = happens(random, 0.5);
  return {
    formatVersion: 1,
    dataset: synthetic ? 'synthetic' : 'fashion-mnist',
    options: {
      model: pick(random, ['cae', 'cdae', 'all']),
      dataset: 'auto',
      epochs: anyCount(random),
      batchSize: anyCount(random),
      validationSplit: 0.2,
      learningRate: anyNumber(random),
      noiseFactor: anyNumber(random),
      noisePerEpoch: happens(random, 0.5),
      seed: anyCount(random),
      threads: anyCount(random),
      limit: happens(random, 0.5) ? null : anyCount(random),
      quick: happens(random, 0.5),
      out: anyText(random),
    },
    versions: { weft: anyText(random), node: anyText(random), v8: anyText(random) },
    machine: { cores: anyCount(random), cpuModel: anyText(random) },
    numerics: { mode: 'exact', version: 1, kernels: pick(random, ['wasm-simd', 'reference']) },
    data: {
      origin: anyText(random),
      synthetic,
      trainCount: anyCount(random),
      validationCount: anyCount(random),
      testCount: anyCount(random),
      height: anyCount(random),
      width: anyCount(random),
      channels: 1,
      classNames: [anyText(random), anyText(random)],
      // A key of this name is left out by the schema's library, lest it become a prototype.
      checksums: { [anyText(random).replace('__proto__', 'file')]: anyText(random) },
    },
    models: {
      ...(happens(random, 0.7) && { cae: anyModel(random) }),
      ...(happens(random, 0.7) && { cdae: anyModel(random) }),
    },
    ...(happens(random, 0.5) && {
      latent: {
        explainedVarianceRatio: [anyMeasurement(random), anyMeasurement(random)],
        nearestNeighbourPurity: anyMeasurement(random),
      },
    }),
    seconds: { total: anyNumber(random), data: anyNumber(random) },
    peakMemoryBytes: anyCount(random),
    startedAt: happens(random, 0.5) ? '2025-01-02T03:04:05Z' : anyText(random),
    finishedAt: anyText(random),
  };
}

export const runRecord: Target = {
  name: 'run-record',
  draw(random): Drawn {
    const record = anyRecord(random);
    const text = recordText(record);
    if (happens(random, 0.25)) return { bytes: Buffer.from(text), expected: record };
    if (happens(random, 0.2)) return { bytes: mutate(Buffer.from(text), random) };
    return { bytes: Buffer.from(mutateJson(JSON.parse(text), random)) };
  },
  read(bytes) {
    return parseRunRecord(Buffer.from(bytes).toString('utf8'));
  },
  use(record) {
    const page = renderReport(record as RunRecord, []);
    mustHold(!/<(script|img|iframe|svg)/i.test(page), "a text of the record is markup in the report's page");
    mustHold(page.endsWith('</html>\n'), 'the page of the report is not whole');
  },
  isLawful: (error) =>
    error instanceof RunRecordError && error.message.startsWith('run.json') && error.message.length < 20_000,
};
