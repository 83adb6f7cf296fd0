import { asExamples } from '@weft/data';
import { autoencoderOf } from '@weft/models';
import { predict, WorkerPool } from '@weft/pool';
import type { OpenRun, RunModel } from '../compare/open-runs.js';
import { InputError, UsageError } from '../exit.js';
import { intensities } from '../run/compare-images.js';
import { isModelKey, modelTitle } from '../run/model-keys.js';
import type { TestData } from '../run/test-data.js';

/** What stands for an image. */
export interface Features {
  readonly key: 'latents' | 'pixels';
  readonly name: string;
  /** Row-major, [count, size]. */
  readonly values: Float32Array;
  readonly size: number;
}

/** The model whose latents are taken. @throws UsageError if there are several, or none of that key */
export function chooseModel({ models, path }: OpenRun, asked: string | undefined): RunModel {
  const keys = models.map(({ key }) => key).join(', ');
  if (asked === undefined && models.length > 1) {
    throw new UsageError(`--model: ${path} holds several models. Give one of ${keys}.`);
  }
  const model = asked === undefined ? models[0] : models.find(({ key }) => key === asked);
  if (!model) throw new UsageError(`--model: got '${asked}', which ${path} does not hold. Give one of ${keys}.`);
  if (!isModelKey(model.key)) {
    throw new InputError(`${path}: the model ${modelTitle(model.key)} has no encoder that Weft knows of.`);
  }
  return model;
}

/** Latents and pixels of the test images. */
export async function featuresOf(
  { key, title, saved }: RunModel,
  { test }: TestData,
  { threads, signal }: { readonly threads: number; readonly signal: AbortSignal },
): Promise<Features[]> {
  if (!isModelKey(key)) return [];
  const { encoder } = autoencoderOf(key, saved.model);
  const pool = await WorkerPool.create({ threads });
  try {
    const latents = (await predict(encoder, asExamples(test), { pool, signal })) as Float32Array;
    if (!latents.every(Number.isFinite)) {
      throw new InputError(`${saved.path}: the latents are not finite, as after a training that diverged.`);
    }
    return [
      { key: 'latents', name: `latents of the ${title}`, values: latents, size: latents.length / test.count },
      { key: 'pixels', name: 'pixels', values: intensities(test.images), size: test.images.length / test.count },
    ];
  } finally {
    await pool.close();
  }
}

/**
 * How many of the examples are learned from: the first ones.
 *
 * @throws InputError if the images have no classes; UsageError if a part is too small
 */
export function splitByPosition({ test, classNames }: TestData, path: string, fraction: number): number {
  requireClasses(path, classNames, test.labels);
  const testCount = Math.round(test.count * fraction);
  const trainCount = test.count - testCount;
  const known = new Set(test.labels.subarray(0, trainCount)).size;
  if (testCount >= 1 && known >= 2) return trainCount;
  throw new UsageError(
    `--test-fraction: of ${test.count} examples ${trainCount}, of ${known} class${known === 1 ? '' : 'es'}, would be learned from and ${testCount} tested; expected two classes and one example at least. Give another --test-fraction or a larger --limit.`,
  );
}

/** @throws InputError if there are less than two classes to tell apart */
export function requireClasses(path: string, classNames: readonly string[], labels?: Uint8Array): void {
  const count = labels ? Math.min(classNames.length, new Set(labels).size) : classNames.length;
  if (count >= 2) return;
  throw new InputError(
    `${path}: the images of the run have ${count === 0 ? 'no classes' : 'one class'}, expected two or more: there is nothing to tell apart. Give a run whose data have classes.`,
  );
}
