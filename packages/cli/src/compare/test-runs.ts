import { autoencoderOf } from '@weft/models';
import type { BaseModel } from '@weft/nn';
import { WorkerPool } from '@weft/pool';
import type { DatasetInfo } from '@weft/report';
import { denoises } from '../commands/trained-models.js';
import { intensities } from '../run/compare-images.js';
import { isModelKey } from '../run/model-keys.js';
import { DEFAULT_NOISE } from '../run/noise.js';
import { loadTestData, requireImages, type TestData } from '../run/test-data.js';
import { type TestResult, testModel } from '../run/test-model.js';
import type { Terminal } from '../terminal/terminal.js';
import type { OpenRun, RunModel } from './open-runs.js';

/** Noise and seed of a model whose file does not say them. */
const STANDARD = { noise: DEFAULT_NOISE, seed: 42 } as const;
/** So many images are kept to be drawn. */
const SHOWN = 10;

/** A model of a run, tested anew. */
export interface Entry {
  readonly run: OpenRun;
  readonly model: RunModel;
  /** `seed-1: CAE`; unique. */
  readonly name: string;
  /** The images that it was tested on. */
  readonly images: TestedImages;
  /** Kind and strength of the noise that its inputs had; undefined for none. */
  readonly noise: string | undefined;
  /** Decides the noise. */
  readonly seed: number;
  readonly result: TestResult;
}

/** Test images, without the images. */
export interface TestedImages {
  readonly dataset: DatasetInfo;
  readonly count: number;
  readonly sha256: string;
  /** The first ones, in [0, 1]. */
  readonly first: Float32Array;
}

/** What the test works with. */
export interface TestCall {
  readonly testLimit: number | undefined;
  readonly threads: number;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/**
 * Tests the models of runs anew, each on the images and with the noise of its run.
 *
 * @throws InputError if the data are not those of a run; the signal's reason if it was aborted
 */
export async function testRuns(runs: readonly OpenRun[], call: TestCall): Promise<Entry[]> {
  const { threads, terminal, signal } = call;
  const pool = await WorkerPool.create({ threads });
  const loaded = new Map<string, TestData>();
  const entries: Entry[] = [];
  try {
    for (const run of runs) {
      const testLimit = Math.min(run.record.data.testCount, call.testLimit ?? Number.POSITIVE_INFINITY);
      const key = `${run.dataset} ${testLimit}`;
      const data = loaded.get(key) ?? (await loadTestData({ dataset: run.dataset, testLimit }, terminal, signal));
      loaded.set(key, data);
      for (const model of run.models) {
        requireImages(run.path, { ...run.record.data, testSha256: model.saved.card.dataSha256?.test }, data);
        terminal.show(`Testing ${run.name}: ${model.title}`);
        entries.push(await testEntry(run, model, data, { pool, signal }));
      }
    }
    return entries;
  } finally {
    terminal.show(undefined);
    await pool.close();
  }
}

async function testEntry(
  run: OpenRun,
  model: RunModel,
  data: TestData,
  context: Parameters<typeof testModel>[2],
): Promise<Entry> {
  const { card } = model.saved;
  const noise = denoises(model.saved) ? (card.noise ?? STANDARD.noise) : undefined;
  const seed = card.seed ?? STANDARD.seed;
  const set = { images: data.test, noise, seed };
  return {
    run,
    model,
    name: `${run.name}: ${model.title}`,
    images: testedImages(data),
    noise,
    seed,
    result: await testModel(reconstructorOf(model), set, context),
  };
}

function reconstructorOf({ key, saved }: RunModel): BaseModel {
  return isModelKey(key) ? autoencoderOf(key, saved.model).reconstructor : saved.model;
}

function testedImages({ name, synthetic, classNames, test, testSha256 }: TestData): TestedImages {
  const { height, width, channels, count } = test;
  return {
    dataset: { name, synthetic, classNames, height, width, channels },
    count,
    sha256: testSha256,
    first: intensities(test.images.subarray(0, SHOWN * height * width * channels)),
  };
}
