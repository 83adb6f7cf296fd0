import { availableParallelism, cpus } from 'node:os';
import type { ClusterStatistics } from '@weft/cluster';
import { AUTOENCODERS, layersOf } from '@weft/models';
import { NUMERICS_VERSION, type WorkerPool } from '@weft/pool';
import { type Figure, type LatentRecord, type ModelRecord, RUN_RECORD_VERSION, type RunRecord } from '@weft/report';
import { WEFT_VERSION } from '../version.js';
import type { LatentAnalysis } from './analyse-latents.js';
import type { TestedModel } from './figures.js';
import type { RunData } from './run-data.js';
import { type Session, totalSeconds } from './sessions.js';
import { weightsSha256 } from './weights-sha256.js';

/** What one model's training and test have come to. */
export function modelRecord(
  { key, autoencoder: { model }, history, objective, score, test, elbo }: TestedModel,
  latents: LatentAnalysis | undefined,
): ModelRecord {
  const { title, longName, denoises } = AUTOENCODERS[key];
  const {
    history: { loss, val_loss: valLoss = [] },
    seconds,
    examplesPerSecond,
  } = history;
  const { noisy } = test;
  const images = examplesPerSecond.reduce((sum, rate, epoch) => sum + rate * seconds[epoch], 0);
  return {
    title,
    longName,
    denoises,
    objective,
    parameters: model.countWeights(),
    layers: layersOf(model).map((layer) => ({ ...layer, outputShape: [...layer.outputShape] })),
    history: {
      loss: [...loss],
      valLoss: [...valLoss],
      seconds: [...seconds],
      imagesPerSecond: [...examplesPerSecond],
    },
    testError: test.testError,
    psnr: test.psnr,
    ssim: test.ssim,
    ...(noisy && { noisyInput: { testError: noisy.testError, psnr: noisy.psnr, ssim: noisy.ssim } }),
    weightsSha256: weightsSha256(model),
    bestEpoch: lowest(valLoss.length > 0 ? valLoss : loss),
    imagesPerSecond: images / seconds.reduce((sum, value) => sum + value, 0),
    // Those of the CAE have stood beside the models from the beginning.
    ...(latents && key !== 'cae' && { latent: latentRecord(latents) }),
    ...(elbo && { elbo }),
    ...(score && { score: { ...score } }),
    steps: history.steps,
    microBatchSize: history.microBatchSize,
    convolutions: history.convolutions,
  };
}

/** The epoch of the lowest loss, from 1; 0 if no loss is finite. */
function lowest(losses: readonly number[]): number {
  const finite = losses.filter(Number.isFinite);
  return finite.length === 0 ? 0 : losses.indexOf(Math.min(...finite)) + 1;
}

/** What the latent analysis found, without the coordinates. */
function latentRecord(latents: LatentAnalysis): LatentRecord {
  const { explainedVarianceRatio, nearestNeighbourPurity, silhouette, sampleSize, neighbours } = latents;
  return {
    explainedVarianceRatio: [...explainedVarianceRatio],
    ...(nearestNeighbourPurity !== undefined && { nearestNeighbourPurity }),
    ...(silhouette !== undefined && { silhouette }),
    sampleSize,
    neighbours,
  };
}

/** What the workers of a cluster have done. */
function clusterRecord({ coordinator, workers, ...rounds }: ClusterStatistics): RunRecord['cluster'] {
  const computed = Object.entries(workers).map(([id, worker]) => [id, { ...worker }]);
  return { coordinator: { ...coordinator }, workers: Object.fromEntries(computed), ...rounds };
}

/** What is known of a run besides its models. */
export interface RunFacts {
  readonly options: RunRecord['options'];
  readonly data: Pick<RunData, 'name' | 'synthetic' | 'classNames' | 'checksums' | 'origin' | 'test'>;
  readonly counts: { readonly trainCount: number; readonly validationCount: number };
  readonly kernels: WorkerPool['kernels'];
  readonly vectorBits: WorkerPool['vectorBits'];
  /** What workers of other machines have done, if they have trained. */
  readonly cluster: ClusterStatistics | undefined;
  readonly models: RunRecord['models'];
  /** Of the CAE. */
  readonly latents: LatentAnalysis | undefined;
  readonly figures: readonly Figure[];
  /** One a process: more than one if the run was resumed. */
  readonly sessions: readonly Session[];
  readonly peakMemoryBytes: number;
}

/** What goes into run.json. */
export function runRecord(facts: RunFacts): RunRecord {
  const { data, kernels, vectorBits, latents } = facts;
  const { count, height, width, channels } = data.test;
  return {
    formatVersion: RUN_RECORD_VERSION,
    dataset: data.name,
    options: facts.options,
    versions: { weft: WEFT_VERSION, node: process.versions.node, v8: process.versions.v8 },
    machine: {
      cores: availableParallelism(),
      cpuModel: cpus()[0]?.model.trim() || 'unknown',
      platform: `${process.platform} ${process.arch}`,
    },
    numerics: {
      mode: facts.options.fastMath && kernels === 'wasm' ? 'fast-math' : 'exact',
      version: NUMERICS_VERSION,
      kernels: kernels === 'wasm' ? 'wasm-simd' : 'reference',
      vectorBits,
    },
    data: {
      origin: data.origin,
      synthetic: data.synthetic,
      ...facts.counts,
      testCount: count,
      height,
      width,
      channels,
      classNames: [...data.classNames],
      checksums: data.checksums,
    },
    ...(facts.cluster && { cluster: clusterRecord(facts.cluster) }),
    models: facts.models,
    ...(latents && { latent: latentRecord(latents) }),
    figures: facts.figures.map(({ name, title, caption, data }) => ({
      name,
      title,
      caption,
      ...(data && { data: true }),
    })),
    seconds: totalSeconds(facts.sessions),
    peakMemoryBytes: facts.peakMemoryBytes,
    resumed: facts.sessions.length - 1,
    sessions: facts.sessions.map(({ startedAt, seconds }) => ({ startedAt, seconds })),
    startedAt: facts.sessions[0].startedAt,
    finishedAt: new Date().toISOString(),
  };
}
